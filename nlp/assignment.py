"""A new signal joins the theme it is nearest to, or waits: nothing else is ever moved by an arrival."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from nlp.encoders import Vectors, unit
from nlp.granularity import Labels

WAITING = -1
_PROTOTYPES = 8_192
_VOTERS = 10
_FEWEST_VOTERS = 3
_AGREED = 0.8
_RADIUS_QUANTILE = 0.3
_BLOCK = 512


class Assigner:
    """Assigns vectors to the themes of ``vectors`` (float32[m, d]) by a vote of the ten nearest, weighted by cosine squared.

    ``theme_ids`` is int64[m]; rows of -1 are left out. A vector waits when its nearest neighbour is farther than the
    calibrated ``radius``, or when less than 80% of the vote agrees. Up to 8,192 rows vote themselves; above, each theme is
    stood for by prototypes (means of its parts), in number as the root of its size, so that the cost per vector is bounded.
    """

    def __init__(self, vectors: Vectors, theme_ids: Labels, *, seed: int = 0) -> None:
        known = theme_ids >= 0
        self._dimensions = vectors.shape[1]
        vectors, theme_ids = vectors[known], theme_ids[known]
        self._mean = (
            vectors.mean(axis=0, keepdims=True) if len(vectors) else np.zeros((1, vectors.shape[1]), np.float32)
        )
        rows = unit(vectors - self._mean)
        rng = np.random.default_rng(seed)
        self._voters, self._themes, lengths, own = _prototypes(rows, theme_ids, rng)
        self.radius = _radius(rows, self._voters, lengths, own, rng)
        # Where a theme is stood for by four prototypes, ten voters could never agree on it.
        themes = len(np.unique(self._themes))
        standing_in = len(self._voters) < len(rows)
        self._count = min(max(_FEWEST_VOTERS, len(self._voters) // themes) if standing_in else _VOTERS, _VOTERS)

    def assign(self, vectors: Vectors) -> tuple[Labels, NDArray[np.float32]]:
        """Return theme ids int64[n] (-1 = wait) and the cosine to the nearest voter, float32[n].

        Raises ValueError when the vectors are of another encoder's length.
        """
        winners, shares, nearest = self.votes(vectors)
        joins = (shares >= _AGREED) & (nearest >= self.radius)
        return np.where(joins, winners, WAITING), nearest

    def votes(self, vectors: Vectors) -> tuple[Labels, NDArray[np.float32], NDArray[np.float32]]:
        """Return for each vector the theme that wins the vote, its share of it, and the cosine of the nearest voter."""
        if vectors.shape[1:] != (self._dimensions,):
            raise ValueError(
                f"vectors have {vectors.shape[1:]} dimensions, the themes' {self._dimensions}: use one encoder"
            )
        winners = np.full(len(vectors), WAITING, dtype=np.int64)
        shares = np.zeros(len(vectors), dtype=np.float32)
        nearest = np.zeros(len(vectors), dtype=np.float32)
        # A text without words has no direction: nothing is near to it.
        spoken = np.flatnonzero(np.abs(vectors).sum(axis=1) > 0)
        count = min(self._count, len(self._voters))
        for start in range(0, len(spoken) if count else 0, _BLOCK):
            here = spoken[start : start + _BLOCK]
            cosines = unit(vectors[here] - self._mean) @ self._voters.T
            top = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
            winners[here], shares[here], nearest[here] = _vote(
                self._themes[top], np.take_along_axis(cosines, top, axis=1)
            )
        return winners, shares, nearest


def _vote(themes: Labels, cosines: NDArray[np.float32]) -> tuple[Labels, NDArray[np.float32], NDArray[np.float32]]:
    """Return for each row the winning theme, its share of the votes, and the cosine of the nearest voter.

    Equal votes go to the theme of the nearest voter, then to the lower id, so that no order of rows matters.
    """
    weights = np.maximum(cosines, 0) ** 2
    same = themes[:, :, None] == themes[:, None, :]
    votes = (weights[:, None, :] * same).sum(axis=2)
    closest = np.where(same, cosines[:, None, :], -2).max(axis=2)
    best = np.lexsort((-themes, closest, votes), axis=1)[:, -1]
    here = np.arange(len(themes))
    shares = votes[here, best] / np.maximum(weights.sum(axis=1), 1e-9)
    return themes[here, best], shares.astype(np.float32), cosines.max(axis=1)


def _prototypes(
    rows: Vectors, themes: Labels, rng: np.random.Generator
) -> tuple[Vectors, Labels, NDArray[np.float32], NDArray[np.int64]]:
    """Return the voters, the theme of each, the length of the sum that each is the direction of, and each row's own voter."""
    if len(rows) <= _PROTOTYPES:
        return rows, themes, np.ones(len(rows), np.float32), np.arange(len(rows))
    ids, number, sizes = np.unique(themes, return_inverse=True, return_counts=True)
    roots = np.sqrt(sizes)
    allowed = np.maximum(1, np.minimum(sizes, np.floor(roots * _PROTOTYPES / roots.sum()))).astype(np.int64)
    order = np.argsort(number, kind="stable")
    ends = np.concatenate([[0], np.cumsum(sizes)])
    own = np.empty(len(rows), dtype=np.int64)
    sums: list[Vectors] = []
    before = 0
    for theme, parts in enumerate(allowed):
        here = order[ends[theme] : ends[theme + 1]]
        members = rows[here]
        middles = members[rng.choice(len(members), size=parts, replace=False)]
        part = (members @ middles.T).argmax(axis=1)
        gather = csr_array((np.ones(len(here), np.float32), (part, np.arange(len(here)))), shape=(parts, len(here)))
        sums.append(np.asarray(gather @ members))
        own[here] = before + part
        before += int(parts)
    summed = np.concatenate(sums)
    return unit(summed), np.repeat(ids, allowed), np.linalg.norm(summed, axis=1), own


def _radius(
    rows: Vectors, voters: Vectors, lengths: NDArray[np.float32], own: NDArray[np.int64], rng: np.random.Generator
) -> float:
    """The cosine that 70% of the known rows have to their nearest voter, had they not been part of any voter."""
    if len(rows) < 2:
        return 1.0
    sample = np.arange(len(rows)) if len(rows) <= 2_000 else rng.choice(len(rows), size=2_000, replace=False)
    cosines = rows[sample] @ voters.T
    here, theirs = np.arange(len(sample)), own[sample]
    with_it, length = cosines[here, theirs], lengths[theirs]
    left = np.sqrt(np.maximum(length**2 - 2 * with_it * length + 1, 0))
    cosines[here, theirs] = np.where(left > 1e-3, (with_it * length - 1) / np.maximum(left, 1e-3), -1)
    cosines[cosines > 1 - 1e-6] = -1
    return float(np.quantile(cosines.max(axis=1), _RADIUS_QUANTILE))
