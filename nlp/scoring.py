"""Features and weights to probabilities: the arithmetic that training and hearing share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.features import SPEAKERS, VECTOR, Floats, Rows
from nlp.heads import HEADS, HeadsModel
from nlp.network import LABELS
from nlp.reading import Reading

HASHED_SCALE = 2.0
SILENT = -6.0
"""The log-odds of what nothing was read of."""
EVIDENCE = 2 * len(HEADS) + 3 * len(LABELS) + len(SPEAKERS)
Doubles = NDArray[np.float64]


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
    speaker = np.zeros(count, np.int64)
    speaker[rows.sentence] = rows.speaker
    return Rows(hashed, dense, np.arange(count), speaker)


def design(rows: Rows, idf: Floats) -> sparse.csr_matrix:
    """Return both blocks side by side, as the regressions take them."""
    return sparse.csr_matrix(sparse.hstack([tfidf(rows.hashed, idf), sparse.csr_matrix(rows.dense)]))


def probabilities(scores: Doubles, scale: float, shift: float) -> Doubles:
    """Return calibrated probabilities of raw scores."""
    return np.asarray(1.0 / (1.0 + np.exp(-(scale * scores + shift))))


def unit_odds(read: Reading, words: Doubles, around: Doubles, units: int) -> Doubles:
    """Return what the networks say of each unit, (units, 3, 8): its highest word, the mean of its words, its sentence."""
    out = np.full((units, 3, len(LABELS)), SILENT)
    if len(read.word):
        opens = np.flatnonzero(np.diff(read.unit, prepend=-1))
        present = read.unit[opens]
        inside = words[:, : len(LABELS)]
        out[present, 0] = np.maximum.reduceat(inside, opens, axis=0)
        out[present, 1] = np.add.reduceat(inside, opens, axis=0) / np.diff(np.append(opens, len(inside)))[:, None]
        out[present, 2] = around[opens]
    return out


def evidence(own: Doubles, around: Doubles, odds: Doubles, speaker: NDArray[np.int64]) -> Doubles:
    """Return all that is said of each unit, (units, EVIDENCE): the regressions' scores for every head, of the clause and of its
    sentence, the networks' odds for every label, and who speaks. What speaks for a pain may speak against a praise.
    """
    return np.hstack([own, around, odds.reshape(len(odds), -1), np.eye(len(SPEAKERS))[speaker]])


def head_probabilities(model: HeadsModel, rows: Rows, odds: Doubles) -> Doubles:
    """Return one row per unit, one calibrated probability per head; ``odds`` as of ``unit_odds``."""
    if not len(rows.sentence):
        return np.zeros((0, len(model.bias)))
    whole = pooled(rows)
    own = np.asarray(tfidf(rows.hashed, model.idf) @ model.hashed) + _exact(rows.dense, model.dense) + model.bias
    around = (
        np.asarray(tfidf(whole.hashed, model.idf) @ model.around_hashed)
        + _exact(whole.dense, model.around_dense)
        + model.around_bias
    )
    said = evidence(own, around[rows.sentence], odds, rows.speaker)
    scores = _exact(said, model.combine) + model.combine_bias
    return np.asarray(1.0 / (1.0 + np.exp(-scores)))


def _exact(rows: NDArray[Any], weights: Floats) -> Doubles:
    """Multiply in doubles: a product of floats differs in its last digits with the number of rows, and a confidence must not."""
    return rows.astype(np.float64) @ weights.astype(np.float64)
