"""Measures of agreement between themes found and subjects known. None depends on the order of rows or on names of labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import normalized_mutual_info_score

from nlp.louvain import Labels


def numbered(labels: Sequence[str] | NDArray[np.str_] | Labels) -> Labels:
    """Map labels to 0.. ."""
    return np.asarray(np.unique(np.asarray(labels), return_inverse=True)[1], dtype=np.int64)


def contingency(truth: Labels, found: Labels) -> NDArray[np.int64]:
    """Count rows for each pair (found, truth)."""
    a, b = numbered(found), numbered(truth)
    shape = (int(a.max(initial=-1)) + 1, int(b.max(initial=-1)) + 1)
    pairs: NDArray[np.int64] = np.bincount(a * shape[1] + b, minlength=shape[0] * shape[1])
    return pairs.reshape(shape)


def accuracy(truth: Labels, found: Labels) -> float:
    """Share of rows right under the best one-to-one match of themes to subjects (Hungarian); 0..1."""
    table = contingency(truth, found)
    pairs = linear_sum_assignment(table, maximize=True)
    return float(table[pairs].sum() / max(1, len(truth)))


def ari(truth: Labels, found: Labels) -> float:
    """Adjusted Rand index (Hubert and Arabie, 1985), at most 1; rows of -1 are one more cluster."""
    table = contingency(truth, found).astype(np.float64)
    n = len(truth)
    together, rows, columns = (float((part * (part - 1)).sum()) for part in (table, table.sum(1), table.sum(0)))
    expected = rows * columns / max(1, n * (n - 1))
    most = (rows + columns) / 2
    return 1.0 if most == expected else (together - expected) / (most - expected)


def nmi(truth: Labels, found: Labels) -> float:
    """Normalised mutual information (arithmetic mean), 0..1."""
    return float(normalized_mutual_info_score(truth, found))


def alone(found: Labels) -> Labels:
    """Give each unassigned row (-1) a cluster of its own."""
    free = np.flatnonzero(found < 0)
    labels = found.copy()
    labels[free] = found.max(initial=-1) + 1 + np.arange(len(free))
    return labels
