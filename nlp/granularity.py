"""How fine should themes be? Chosen from the vectors alone: how well communities separate, and how well they come back."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, csr_matrix
from sklearn.metrics import adjusted_rand_score
from sknetwork.clustering import Leiden, Louvain

from nlp.encoders import Vectors
from nlp.neighbours import graph, nearest

Labels = NDArray[np.int64]

RESOLUTIONS = tuple(float(2.0 ** (step / 2)) for step in range(-8, 14))
STABLE_FROM = 1200
FEWEST, MOST = 0.3, 2.6
"""Bounds on the number of themes, as multiples of the root of the number of rows. Labelled sets of requests lie between 0.4
and 2.2. Notes from several sources separate best into two heaps, which nobody would call themes; near-duplicates
separate best into hundreds of crumbs."""
_FEW_THEMES = 120
"""Few rows may hold that many small themes whatever their root says."""
_SUBSAMPLES = 4
_SUBSAMPLE = 0.8
_ENOUGH = 0.7


@dataclass(frozen=True, slots=True)
class Granularity:
    """The resolution chosen, its communities (int64[n], 0..), and the curves that decided, one value per resolution."""

    resolution: float
    labels: Labels
    separation: float
    tried: tuple[float, ...]
    silhouettes: tuple[float, ...]
    stabilities: tuple[float, ...]


def communities(weights: csr_array, resolution: float, seed: int, *, rough: bool = False) -> Labels:
    """Leiden communities of a symmetric graph, as int64[n]; the same for the same seed. ``rough``: Louvain, in half the time."""
    method = Louvain if rough else Leiden
    with warnings.catch_warnings():
        # scikit-network still hands SciPy's older matrix class about.
        warnings.simplefilter("ignore", DeprecationWarning)
        found = method(resolution=resolution, random_state=seed, return_probs=False, return_aggregate=False)
        return np.asarray(found.fit_predict(csr_matrix(weights)), dtype=np.int64)


def neighbourhood(n: int) -> int:
    """Neighbours per row: a fortieth of the rows, between 6 and 20. With few rows, more would bridge small themes."""
    return max(1, min(max(6, n // 40), 20, n - 1))


def silhouette(vectors: Vectors, labels: Labels) -> float:
    """Mean cosine silhouette of unit vectors, exact, in O(rows x communities). Members of singletons count 0.

    Rousseeuw's b uses the mean distance to each other community, which for cosines is 1 minus the product with its
    mean: no distance between two rows is ever needed.
    """
    count = int(labels.max()) + 1
    if count < 2:
        return 0.0
    sizes = np.bincount(labels, minlength=count)
    gather = csr_array((np.ones(len(labels), np.float32), (labels, np.arange(len(labels)))), shape=(count, len(labels)))
    sums = np.asarray(gather @ vectors)
    total = 0.0
    for start in range(0, len(labels), 4096):
        own = labels[start : start + 4096]
        here = np.arange(len(own))
        products = vectors[start : start + 4096] @ sums.T
        inside = 1 - (products[here, own] - 1) / np.maximum(sizes[own] - 1, 1)
        apart = 1 - products / sizes
        apart[here, own] = np.inf
        outside = apart.min(axis=1)
        values = (outside - inside) / np.maximum(np.maximum(inside, outside), 1e-9)
        total += float(np.where(sizes[own] > 1, values, 0.0).sum())
    return total / len(labels)


def choose(vectors: Vectors, weights: csr_array, *, seed: int) -> Granularity:
    """Choose the resolution for these rows (a few thousand at most) and their graph."""
    tried: list[float] = []
    found: list[Labels] = []
    separations: list[float] = []
    for resolution in RESOLUTIONS:
        labels = communities(weights, resolution, seed, rough=True)
        count = int(labels.max()) + 1
        if tried and count > max(2, MOST * len(vectors) ** 0.5, min(len(vectors) / 6, _FEW_THEMES)):
            break
        if count < FEWEST * len(vectors) ** 0.5 and resolution < RESOLUTIONS[-1]:
            continue
        tried.append(resolution)
        found.append(labels)
        separations.append(silhouette(vectors, labels))
    best = int(np.argmax(separations))
    stabilities: tuple[float, ...] = ()
    chosen = tried[best]
    if len(vectors) >= STABLE_FROM:
        stabilities = _stabilities(vectors, tried, found, seed)
        good = np.array(separations) >= separations[best] - (1 - _ENOUGH) * abs(separations[best])
        stable = int(np.argmax(np.where(good, _smooth(stabilities), -1)))
        chosen = float(np.sqrt(tried[best] * tried[stable]))
    labels = communities(weights, chosen, seed)
    return Granularity(chosen, labels, silhouette(vectors, labels), tuple(tried), tuple(separations), stabilities)


def _stabilities(vectors: Vectors, tried: Sequence[float], found: Sequence[Labels], seed: int) -> tuple[float, ...]:
    """Mean agreement (ARI) of each partition with partitions of random 80% subsamples."""
    rng = np.random.default_rng(seed)
    n = len(vectors)
    total = np.zeros(len(tried))
    for _ in range(_SUBSAMPLES):
        rows = np.sort(rng.choice(n, size=int(_SUBSAMPLE * n), replace=False))
        part = graph(nearest(vectors[rows], neighbourhood(len(rows))))
        for place, resolution in enumerate(tried):
            total[place] += adjusted_rand_score(found[place][rows], communities(part, resolution, seed, rough=True))
    return tuple(float(value) for value in total / _SUBSAMPLES)


def _smooth(values: Sequence[float]) -> NDArray[np.float64]:
    padded = np.pad(np.asarray(values), 2, mode="edge")
    return np.convolve(padded, np.ones(5) / 5, mode="valid")
