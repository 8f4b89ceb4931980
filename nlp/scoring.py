"""Feature rows and weights to probabilities: the arithmetic that training and hearing share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.features import VECTOR, Floats, Rows
from nlp.heads import HeadsModel

HASHED_SCALE = 2.0


def tfidf(hashed: sparse.csr_matrix, idf: Floats) -> sparse.csr_matrix:
    """Return the rows weighted by rarity, each of length HASHED_SCALE."""
    weighted = hashed.copy()
    weighted.data = weighted.data * idf[weighted.indices]
    norms = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    factors = HASHED_SCALE / np.maximum(norms, 1e-9)
    weighted.data = (weighted.data * np.repeat(factors, np.diff(weighted.indptr))).astype(np.float32)
    return weighted


def pooled(rows: Rows) -> Rows:
    """Return the features of whole sentences: what any of a sentence's units shows."""
    count = int(rows.sentence[-1]) + 1 if len(rows.sentence) else 0
    units = len(rows.sentence)
    gather = sparse.csr_matrix((np.ones(units, np.float32), (rows.sentence, np.arange(units))), shape=(count, units))
    hashed = sparse.csr_matrix(gather @ rows.hashed)
    np.minimum(hashed.data, 1.0, out=hashed.data)
    dense = np.asarray(gather @ rows.dense)
    vectors = dense[:, :VECTOR]
    dense[:, :VECTOR] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    np.minimum(dense[:, VECTOR:], 0.5, out=dense[:, VECTOR:])
    return Rows(hashed, dense, np.arange(count))


def design(rows: Rows, idf: Floats) -> sparse.csr_matrix:
    """Return both blocks side by side, as the regressions take them."""
    return sparse.csr_matrix(sparse.hstack([tfidf(rows.hashed, idf), sparse.csr_matrix(rows.dense)]))


def probabilities(scores: NDArray[np.float64], scale: float, shift: float) -> NDArray[np.float64]:
    """Return calibrated probabilities of raw scores."""
    return np.asarray(1.0 / (1.0 + np.exp(-(scale * scores + shift))))


def head_probabilities(model: HeadsModel, rows: Rows) -> NDArray[np.float64]:
    """Return one row per unit, one calibrated probability per head: the unit's and its sentence's scores, averaged."""
    if not len(rows.sentence):
        return np.zeros((0, len(model.bias)))
    whole = pooled(rows)
    own = np.asarray(tfidf(rows.hashed, model.idf) @ model.hashed) + _exact(rows.dense, model.dense) + model.bias
    around = (
        np.asarray(tfidf(whole.hashed, model.idf) @ model.around_hashed)
        + _exact(whole.dense, model.around_dense)
        + model.around_bias
    )
    scores = (own + around[rows.sentence]) / 2
    return np.asarray(1.0 / (1.0 + np.exp(-(model.scale * scores + model.shift))))


def _exact(rows: Floats, weights: Floats) -> NDArray[np.float64]:
    """Multiply in doubles: a product of floats differs in its last digits with the number of rows, and a confidence must not."""
    return rows.astype(np.float64) @ weights.astype(np.float64)
