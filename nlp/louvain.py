"""Communities of a graph at many resolutions, each found among the communities of the finer one (Blondel et al., 2008).

The moves are scikit-network's compiled ones. Its own class builds a dozen sparse matrices for every search, which
costs many times the search itself on the small folded graphs that most of the work here is about.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sknetwork.clustering.louvain_core import optimize_core

Labels = NDArray[np.int64]

_GAIN = 1e-3
"""The modularity that a round must gain for another to follow, as in scikit-network."""


@dataclass(frozen=True, slots=True)
class _Folded:
    """A symmetric graph whose nodes stand for one or more rows; all its weights sum to 1, and so do its masses."""

    weights: csr_array
    masses: NDArray[np.float32]

    def joined(self, resolution: float) -> NDArray[np.int32]:
        """Move every node to the neighbour's community that gains most, until little is gained; int32[nodes], 0.. ."""
        indices, indptr = self.weights.indices, self.weights.indptr
        found, _ = optimize_core(
            np.arange(len(self.masses), dtype=indices.dtype),
            indices,
            indptr,
            self.weights.data,
            self.masses,
            self.masses,
            self.masses.copy(),
            self.masses.copy(),
            np.zeros_like(self.masses),
            self.weights.diagonal(),
            resolution,
            _GAIN,
        )
        labels = np.asarray(found)
        _, first = np.unique(labels, return_inverse=True)
        return first.astype(np.int32)

    def folded(self, labels: NDArray[np.int32]) -> _Folded:
        """Make each community one node; weights inside a community become its own."""
        count = int(labels.max()) + 1
        rows = np.repeat(labels, np.diff(self.weights.indptr))
        pairs = (self.weights.data, (rows, labels[self.weights.indices]))
        masses = np.bincount(labels, weights=self.masses, minlength=count).astype(np.float32)
        return _Folded(csr_array(pairs, shape=(count, count)), masses)


def partitions(weights: csr_array, resolutions: Collection[float], *, fewest: float = 0) -> dict[float, Labels]:
    """Communities of a symmetric graph at each resolution, int64[n], 0.., from the finest to the coarsest.

    Joining communities instead of rows costs a small part of starting anew, and the partitions nest. Ends at the first
    partition with fewer communities than ``fewest``.
    """
    found: dict[float, Labels] = {}
    labels: NDArray[np.int32] = np.arange(weights.shape[0], dtype=np.int32)
    graph = _whole(weights)
    for resolution in sorted(resolutions, reverse=True):
        while True:
            joined = graph.joined(resolution)
            count = int(joined.max()) + 1
            if count == len(joined):
                break
            labels = joined[labels]
            graph = graph.folded(joined)
        found[resolution] = labels.astype(np.int64)
        if count < fewest:
            break
    return found


def _whole(weights: csr_array) -> _Folded:
    total = float(weights.data.sum(dtype=np.float64))
    scaled = csr_array(
        ((weights.data / total).astype(np.float32), weights.indices, weights.indptr), shape=weights.shape
    )
    masses = np.asarray(scaled.sum(axis=1, dtype=np.float64), dtype=np.float32)
    return _Folded(scaled, masses)
