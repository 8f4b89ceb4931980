"""Candidate themes: communities on the nearest-neighbour graph, at a granularity chosen without labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from nlp.encoders import Vectors, unit
from nlp.granularity import Granularity, Labels, choose, listed, neighbourhood, silhouette, steps
from nlp.louvain import partitions
from nlp.measures import ari
from nlp.neighbours import EXACT_UP_TO, among, centred, graph, nearer, nearest

UNASSIGNED = -1
CHOOSE_ON = 4_000
_SAMPLES = 2
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Communities:
    """Candidate themes of n rows.

    ``labels``: int64[n], 0.. by falling size, -1 = unassigned. ``parents``: the group of each label; a label that
    stands alone has none. ``resolution`` is the graph resolution used, ``chosen`` what these rows alone would have
    chosen, ``separation`` the mean silhouette (-1..1) of the choice: below 0.1 the data hardly says how fine themes
    should be.
    """

    labels: Labels
    parents: dict[int, int]
    resolution: float
    chosen: float
    separation: float

    @property
    def count(self) -> int:
        return int(self.labels.max(initial=-1)) + 1


def discover(
    vectors: Vectors,
    *,
    seed: int = 0,
    weights: NDArray[np.float64] | None = None,
    past_resolutions: Sequence[float] = (),
) -> Communities:
    """Group rows that say the same thing. Deterministic for a seed.

    ``weights`` (float64[n]) says how much each row counts when a community is too small to be a theme; without
    it every row counts 1. ``past_resolutions`` steadies the choice from one refresh to the next: the geometric mean
    of this choice and the last two is taken. Identical rows are one while themes are sought. Rows of zeros stay unassigned.
    """
    n = len(vectors)
    labels = np.full(n, UNASSIGNED, dtype=np.int64)
    spoken = np.flatnonzero(vectors.any(axis=1))
    if len(spoken) == 0:
        return Communities(labels, {}, 1.0, 1.0, 0.0)
    first, place = _distinct(vectors[spoken] if len(spoken) < n else vectors)
    distinct = vectors[spoken[first]] if len(first) < n else vectors
    found, resolution, chosen, separation = _partition(distinct, seed, past_resolutions)
    counts = np.ones(len(spoken)) if weights is None else weights[spoken]
    labels[spoken] = _by_size(found[place], counts, fewest=2 if len(spoken) < 100 else _FEWEST)
    return Communities(labels, _groups(vectors, labels), resolution, chosen, separation)


def _distinct(vectors: Vectors) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first row of each kind in order of arrival, int64[m], and the number of each row's kind, int64[n].

    Rows are told apart by a 64-bit sum over their bits, which needs neither sorting of rows nor a copy of them.
    """
    factors = np.random.default_rng(0).integers(2**63, size=vectors.shape[1], dtype=np.uint64) * np.uint64(
        2
    ) + np.uint64(1)
    keys = np.empty(len(vectors), dtype=np.uint64)
    for start in range(0, len(vectors), 4096):
        bits = (vectors[start : start + 4096].astype(np.float32) + np.float32(0)).view(np.uint32)
        keys[start : start + 4096] = (bits * factors).sum(axis=1, dtype=np.uint64)
    _, first, kind = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first)
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order))
    return first[order].astype(np.int64), number[kind]


def _partition(vectors: Vectors, seed: int, past: Sequence[float]) -> tuple[Labels, float, float, float]:
    n = len(vectors)
    if n < 4:
        return np.zeros(n, dtype=np.int64), 1.0, 1.0, 0.0
    middle = centred(vectors)
    if n <= CHOOSE_ON:
        choice = choose(middle, seed=seed)
        chosen, labels = choice.resolution, choice.labels
        whole = None
    else:
        rng = np.random.default_rng(seed)
        samples = [np.sort(rng.choice(n, size=CHOOSE_ON, replace=False)) for _ in range(_SAMPLES)]
        if n <= EXACT_UP_TO:
            # One search for all: a sample of the rows finds its neighbours in lists that reach as much farther.
            reach = listed(CHOOSE_ON)
            near = nearest(middle, min(n - 1, -(-reach * n // CHOOSE_ON)))
            choices = [choose(middle[rows], seed=seed, near=among(near, rows, reach)) for rows in samples]
            whole = graph(nearer(near, neighbourhood(n)))
        else:
            choices = [choose(middle[rows], seed=seed) for rows in samples]
            whole = graph(nearest(middle, neighbourhood(n), seed=seed))
        chosen, labels = _like_samples(whole, samples, choices)
        choice = choices[0]
    resolution = float(np.exp(np.mean(np.log([*past[-2:], chosen]))))
    if past:
        whole = graph(nearest(middle, neighbourhood(n))) if whole is None else whole
        labels = partitions(whole, steps(resolution))[resolution]
    return labels, resolution, chosen, choice.separation


def _like_samples(
    whole: csr_array, samples: Sequence[NDArray[np.int64]], choices: Sequence[Granularity]
) -> tuple[float, Labels]:
    """Find the resolution at which the whole graph agrees best with what was chosen on samples of it.

    The same resolution means finer communities on a larger graph, and separation grows with near-duplicates; a
    sample of fixed size has neither trouble. Two samples, so that chance decides less.
    """
    middle = float(np.exp(np.mean([np.log(choice.resolution) for choice in choices])))
    found = partitions(whole, [middle * 2 ** (step / 2) for step in range(-10, 9)])
    agreed = {
        resolution: np.mean([ari(choice.labels, labels[rows]) for rows, choice in zip(samples, choices, strict=True)])
        for resolution, labels in found.items()
    }
    best = max(agreed, key=lambda resolution: (agreed[resolution], -resolution))
    return best, found[best]


def _by_size(labels: Labels, counts: NDArray[np.float64], *, fewest: int) -> Labels:
    """Number communities by falling weight, ties by first row; those lighter than ``fewest`` become unassigned."""
    weight = np.bincount(labels, weights=counts)
    first = np.full(len(weight), len(labels))
    np.minimum.at(first, labels, np.arange(len(labels)))
    order = np.lexsort((first, -weight))
    number = np.empty(len(weight), dtype=np.int64)
    number[order] = np.arange(len(weight))
    number[weight < fewest] = UNASSIGNED
    return number[labels]


def _groups(vectors: Vectors, labels: Labels) -> dict[int, int]:
    """Group like themes under parents: the same search, on the themes' means."""
    count = int(labels.max(initial=-1)) + 1
    if count < 8:
        return {}
    kept = labels >= 0
    gather = csr_array(
        (np.ones(int(kept.sum()), np.float32), (labels[kept], np.flatnonzero(kept))), shape=(count, len(labels))
    )
    means = centred(unit(np.asarray(gather @ vectors)))
    near = graph(nearest(means, min(count - 1, max(3, count // 12))))
    best, groups = -1.0, np.zeros(count, dtype=np.int64)
    for found in partitions(near, (0.5, 0.7, 1.0, 1.4, 2.0, 2.8)).values():
        score = silhouette(means, found)
        if score > best:
            best, groups = score, found
    sizes = np.bincount(groups)
    return {label: int(group) for label, group in enumerate(groups) if sizes[group] > 1}
