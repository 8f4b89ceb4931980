"""Nearest neighbours by cosine, and the graph whose communities are themes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from nlp.encoders import Vectors, unit

EXACT_UP_TO = 20_000
_BLOCK = 1024
_CELL = 400
_PROBES = 16


@dataclass(frozen=True, slots=True)
class Neighbours:
    """For each of n rows its k nearest other rows, best first: ``rows`` int32[n, k], ``cosines`` float32[n, k]."""

    rows: NDArray[np.int32]
    cosines: NDArray[np.float32]


def centred(vectors: Vectors) -> Vectors:
    """Take out what all texts share (their mean) and scale to unit length again."""
    # In place, for a million rows fill a gigabyte.
    moved: Vectors = np.asarray(vectors - vectors.mean(axis=0, dtype=np.float64).astype(np.float32), dtype=np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->i", moved, moved))
    moved /= np.where(lengths > 0, lengths, 1)[:, None]
    return moved


def nearest(vectors: Vectors, k: int, *, seed: int = 0) -> Neighbours:
    """Find the k nearest other rows of each row (k < n): exactly up to 20,000 rows, through cells above.

    Cells: rows are gathered round about n/400 rows drawn at random; a row is compared with the rows of the 16 cells
    nearest to its own. The cost is n times 6,400 rather than n squared, and the result depends on the seed alone.
    """
    n = len(vectors)
    if not 0 < k < n:
        raise ValueError(f"k must be between 1 and {n - 1} for {n} rows, not {k}")
    rows = np.empty((n, k), dtype=np.int32)
    cosines = np.empty((n, k), dtype=np.float32)
    if n <= EXACT_UP_TO:
        everyone = np.arange(n)
        for start in range(0, n, _BLOCK):
            here = everyone[start : start + _BLOCK]
            rows[here], cosines[here] = _best(vectors, here, everyone, k)
        return Neighbours(rows, cosines)
    middles = _middles(vectors, np.random.default_rng(seed))
    cell = np.concatenate([(block @ middles.T).argmax(axis=1) for block in np.array_split(vectors, n // _BLOCK + 1)])
    order = np.argsort(cell, kind="stable")
    ends = np.searchsorted(cell[order], np.arange(len(middles) + 1))
    near = np.argsort(-(middles @ middles.T), axis=1, kind="stable")
    for own in range(len(middles)):
        here = order[ends[own] : ends[own + 1]]
        chosen: list[NDArray[np.intp]] = []
        size = 0
        for rank, other in enumerate(near[own]):
            if rank >= _PROBES and size > k:
                break
            chosen.append(order[ends[other] : ends[other + 1]])
            size += len(chosen[-1])
        candidates = np.concatenate(chosen)
        for start in range(0, len(here), _BLOCK):
            part = here[start : start + _BLOCK]
            rows[part], cosines[part] = _best(vectors, part, candidates, k)
    return Neighbours(rows, cosines)


def among(found: Neighbours, rows: NDArray[np.intp], k: int) -> Neighbours:
    """Return the k nearest of each of ``rows`` among ``rows``, as far as the lists reach, renumbered 0.. .

    A list with fewer than k of them left is filled with the row itself, at a cosine of 0: give lists longer than k.
    """
    place = np.full(len(found.rows), -1, dtype=np.int32)
    place[rows] = np.arange(len(rows), dtype=np.int32)
    lists = place[found.rows[rows]]
    order = np.argsort(lists < 0, axis=1, kind="stable")[:, :k]
    kept, cosines = np.take_along_axis(lists, order, axis=1), np.take_along_axis(found.cosines[rows], order, axis=1)
    itself = np.arange(len(rows), dtype=np.int32)[:, None]
    return Neighbours(np.where(kept < 0, itself, kept), np.where(kept < 0, 0, cosines))


def nearer(found: Neighbours, k: int) -> Neighbours:
    """Return the k nearest of longer lists."""
    return Neighbours(found.rows[:, :k], found.cosines[:, :k])


def graph(found: Neighbours) -> csr_array:
    """Join rows that are in each other's lists, either way. Weight = cosine times the share of common neighbours.

    The share is Jaccard's, over the lists with the row itself in them. Returns a symmetric float32 matrix (n, n).
    """
    n, k = found.rows.shape
    members = np.concatenate([np.arange(n, dtype=np.int32)[:, None], found.rows], axis=1)
    lists = csr_array((np.ones(members.size, np.float32), members.ravel(), np.arange(n + 1) * (k + 1)), shape=(n, n))
    # A row that fills its own list would count more often than it stands there.
    lists.sum_duplicates()
    lists.data[:] = 1
    holders = csr_array(lists.T)
    weights = np.empty((n, k), dtype=np.float32)
    for start in range(0, n, _BLOCK):
        here = np.arange(start, min(start + _BLOCK, n))
        both = csr_array(lists[start : start + _BLOCK] @ holders)
        common = np.asarray(both[np.repeat(here - start, k), found.rows[here].ravel()]).reshape(len(here), k)
        weights[here] = common / (2 * (k + 1) - common)
    # A weight of zero would drop out of the matrix and leave its row without this neighbour.
    weights *= np.maximum(found.cosines, 1e-6)
    directed = csr_array((weights.ravel(), (np.repeat(np.arange(n), k), found.rows.ravel())), shape=(n, n))
    return csr_array(directed.maximum(directed.T))


def _best(
    vectors: Vectors, here: NDArray[np.intp], candidates: NDArray[np.intp], k: int
) -> tuple[NDArray[np.intp], Vectors]:
    cosines = vectors[here] @ vectors[candidates].T
    themselves = np.flatnonzero(np.isin(candidates, here))
    places = np.argsort(here)
    cosines[places[np.searchsorted(here, candidates[themselves], sorter=places)], themselves] = -2
    top = np.argpartition(cosines, -k, axis=1)[:, -k:]
    values = np.take_along_axis(cosines, top, axis=1)
    order = np.lexsort((candidates[top], -values), axis=1)
    return candidates[np.take_along_axis(top, order, axis=1)], np.take_along_axis(values, order, axis=1)


def _middles(vectors: Vectors, rng: np.random.Generator) -> Vectors:
    """Draw rows as middles and move each to the mean of its share of a sample, twice."""
    sample = vectors[np.sort(rng.choice(len(vectors), size=min(len(vectors), 50_000), replace=False))]
    middles = sample[rng.choice(len(sample), size=max(2, len(vectors) // _CELL), replace=False)]
    for _ in range(2):
        own = np.concatenate([(block @ middles.T).argmax(axis=1) for block in np.array_split(sample, 50)])
        gather = csr_array((np.ones(len(sample)), (own, np.arange(len(sample)))), shape=(len(middles), len(sample)))
        moved = unit(gather @ sample)
        middles = np.where(np.abs(moved).sum(axis=1, keepdims=True) > 0, moved, middles).astype(np.float32)
    return middles
