"""How fine should themes be? Chosen from the vectors alone: how well communities separate, and how well they come back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from nlp.encoders import Vectors
from nlp.louvain import Labels as Labels
from nlp.louvain import partitions
from nlp.measures import ari
from nlp.neighbours import Neighbours, among, graph, nearer, nearest

RESOLUTIONS = tuple(float(2.0 ** (step / 2)) for step in range(-8, 14))
STABLE_FROM = 200
FEWEST, MOST = 0.3, 2.6
"""Bounds on the number of themes, as multiples of the root of the number of rows. Labelled sets of requests lie between 0.4
and 2.2. Notes from several sources separate best into two heaps, which nobody would call themes; near-duplicates
separate best into hundreds of crumbs."""
_FEW_THEMES = 120
"""Few rows may hold that many small themes whatever their root says."""
_SUBSAMPLES = 4
_SUBSAMPLE = 0.8
_WIDER = 1.6
_ENOUGH = 0.7
_FLAT = 0.05


@dataclass(frozen=True, slots=True)
class Granularity:
    """The resolution chosen, its communities (int64[n], 0..), and the curves that decided, one value per resolution."""

    resolution: float
    labels: Labels
    separation: float
    tried: tuple[float, ...]
    silhouettes: tuple[float, ...]
    stabilities: tuple[float, ...]


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


def steps(resolution: float) -> list[float]:
    """A resolution, and the finer ones through which ``partitions`` comes to it."""
    return [
        resolution * 2 ** (step / 2) for step in range(max(1, round(2 * np.log2(RESOLUTIONS[-1] / resolution)) + 1))
    ]


def listed(n: int) -> int:
    """How many neighbours of each of n rows ``choose`` looks at: parts of the rows need lists that reach farther."""
    return min(n - 1, int(_WIDER * neighbourhood(n)))


def choose(vectors: Vectors, *, seed: int, near: Neighbours | None = None) -> Granularity:
    """Choose the resolution for these rows (a few thousand at most, four at least).

    ``near``: their ``listed`` nearest among themselves, where they are known already.
    """
    n = len(vectors)
    k = neighbourhood(n)
    near = nearest(vectors, listed(n)) if near is None else near
    weights = graph(nearer(near, k))
    found = partitions(weights, RESOLUTIONS, fewest=FEWEST * n**0.5)
    most = max(2.0, MOST * n**0.5, min(n / 6, _FEW_THEMES))
    counts = {resolution: int(found[resolution].max()) + 1 for resolution in sorted(found)}
    fitting = [resolution for resolution, count in counts.items() if FEWEST * n**0.5 <= count <= most]
    # Where none fits, as among very few or very like rows, the nearest to fitting is taken.
    tried = fitting or [min(counts, key=lambda resolution: abs(np.log(counts[resolution] / n**0.5)))]
    separations = np.array([silhouette(vectors, found[resolution]) for resolution in tried])
    best = int(separations.argmax())
    stabilities: tuple[float, ...] = ()
    if n >= STABLE_FROM and separations[best] < _FLAT:
        # Nothing stands apart, as among clauses of long complaints: then as many themes as a reader can use.
        best = int(np.argmin([abs(np.log(counts[resolution] / n**0.5)) for resolution in tried]))
    elif n >= STABLE_FROM and best > 0:
        stabilities = _stabilities(near, tried, found, seed)
        good = separations >= separations[best] - (1 - _ENOUGH) * abs(separations[best])
        # Near-duplicates separate ever finer themes, so what comes back best may only be coarser.
        good[best + 1 :] = False
        best = int(np.argmax(np.where(good, _smooth(stabilities), -1)))
    chosen = tried[best]
    return Granularity(
        chosen,
        found[chosen],
        float(separations[best]),
        tuple(tried),
        tuple(float(value) for value in separations),
        stabilities,
    )


def _stabilities(
    near: Neighbours, tried: Sequence[float], found: Mapping[float, Labels], seed: int
) -> tuple[float, ...]:
    """Mean agreement (ARI) of each partition with partitions of the graphs of random 80% subsamples."""
    rng = np.random.default_rng(seed)
    n = len(near.rows)
    total = np.zeros(len(tried))
    for _ in range(_SUBSAMPLES):
        rows = np.sort(rng.choice(n, size=int(_SUBSAMPLE * n), replace=False))
        part = graph(among(near, rows, neighbourhood(len(rows))))
        again = partitions(part, {RESOLUTIONS[-1], *tried})
        for place, resolution in enumerate(tried):
            total[place] += ari(found[resolution][rows], again[resolution])
    return tuple(float(value) for value in total / _SUBSAMPLES)


def _smooth(values: Sequence[float]) -> NDArray[np.float64]:
    padded = np.pad(np.asarray(values), 2, mode="edge")
    return np.convolve(padded, np.ones(5) / 5, mode="valid")
