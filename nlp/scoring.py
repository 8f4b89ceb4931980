"""Feature rows and weights to probabilities: the arithmetic that training and hearing share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.heads import HeadsModel

_DENSE_SCALE = 1.0


def tfidf(hashed: sparse.csr_matrix, idf: NDArray[np.float32]) -> sparse.csr_matrix:
    """Return the rows weighted by rarity and brought to unit length."""
    weighted = hashed.copy()
    weighted.data = weighted.data * idf[weighted.indices]
    squares = np.add.reduceat(np.append(weighted.data**2, 0.0), weighted.indptr[:-1]) if weighted.nnz else np.zeros(0)
    lengths = np.diff(weighted.indptr)
    norms = np.where(lengths > 0, np.sqrt(np.maximum(squares if len(squares) else 0.0, 1e-12)), 1.0)
    weighted.data = (weighted.data / np.repeat(norms, lengths)).astype(np.float32)
    return weighted


def blocks(hashed: sparse.csr_matrix, dense: NDArray[np.float32]) -> sparse.csr_matrix:
    """Return both blocks side by side, as the regressions take them."""
    return sparse.hstack([hashed, sparse.csr_matrix(dense * _DENSE_SCALE)], format="csr")


def probabilities(scores: NDArray[np.float64], scale: float, shift: float) -> NDArray[np.float64]:
    """Return calibrated probabilities of raw scores."""
    return np.asarray(1.0 / (1.0 + np.exp(-(scale * scores + shift))))


def head_probabilities(model: HeadsModel, hashed: sparse.csr_matrix, dense: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return one row per unit, one calibrated probability per head."""
    scores = np.asarray(tfidf(hashed, model.idf) @ model.hashed) + dense @ (model.dense * _DENSE_SCALE) + model.bias
    return np.asarray(1.0 / (1.0 + np.exp(-(model.scale * scores + model.shift))))
