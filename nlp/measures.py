"""Measures of agreement between themes found and subjects known. None depends on the order of rows or on names of labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from nlp.granularity import Labels


def numbered(labels: Sequence[str] | NDArray[np.str_] | Labels) -> Labels:
    """Map labels to 0.. ."""
    return np.asarray(np.unique(np.asarray(labels), return_inverse=True)[1], dtype=np.int64)


def contingency(truth: Labels, found: Labels) -> NDArray[np.int64]:
    """Count rows for each pair (found, truth)."""
    a, b = numbered(found), numbered(truth)
    table = np.zeros((int(a.max(initial=-1)) + 1, int(b.max(initial=-1)) + 1), dtype=np.int64)
    np.add.at(table, (a, b), 1)
    return table


def accuracy(truth: Labels, found: Labels) -> float:
    """Share of rows right under the best one-to-one match of themes to subjects (Hungarian); 0..1."""
    table = contingency(truth, found)
    pairs = linear_sum_assignment(table, maximize=True)
    return float(table[pairs].sum() / max(1, len(truth)))


def ari(truth: Labels, found: Labels) -> float:
    """Adjusted Rand index, at most 1; rows of -1 are one more cluster."""
    return float(adjusted_rand_score(truth, found))


def nmi(truth: Labels, found: Labels) -> float:
    """Normalised mutual information (arithmetic mean), 0..1."""
    return float(normalized_mutual_info_score(truth, found))


def alone(found: Labels) -> Labels:
    """Give each unassigned row (-1) a cluster of its own."""
    free = np.flatnonzero(found < 0)
    labels = found.copy()
    labels[free] = found.max(initial=-1) + 1 + np.arange(len(free))
    return labels
