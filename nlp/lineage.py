"""Fresh communities against known themes: what should change, said as proposals, within a budget of visible change.

Nothing here moves a signal. ``propose`` says what would make the known themes more like the fresh communities;
``apply`` shows what a caller must do with a proposal, one after another, and is what the evaluation does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from nlp.assignment import Assigner
from nlp.discovery import Communities
from nlp.encoders import Vectors, unit
from nlp.granularity import Labels

BUDGET = 0.08
_MERGE_INSIDE = 0.7
_SPLIT_SHARE = 0.05
_SPLIT_FEWEST = 3
_STRAY_FEWEST = 1
_HOME = 0.5
_OWNED = 0.25
_NEW_FEWEST = 5
_PATIENCE = 3
_STAGE_FROM = 0.25
_SAFE_SHARE = 0.02
_SAFE_PURITY = 0.8


class Action(StrEnum):
    """What a proposal does. The values are stored and shown."""

    NEW = "new"
    GROW = "grow"
    MERGE = "merge"
    SPLIT = "split"
    FADE = "fade"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One change. Proposals of one call are applied in order.

    new    ``members`` (rows that wait) become a new theme.
    grow   ``members`` (rows that wait) join ``theme``.
    merge  ``theme`` redirects to ``target``; ``members`` are all its rows.
    split  ``members`` leave ``theme`` for ``target``, or for a new theme when that is None.
    fade   ``theme`` has been silent and may be retired; nobody moves.
    ``share_visible`` is the share of the rows that had a theme which this moves; ``purity`` (0..1) is how much of what
    moves the fresh communities hold together. ``safe``: small and clear enough to be accepted unseen.
    ``rest`` counts rows of a split that had to wait for a later week's budget.
    """

    action: Action
    theme: int | None
    target: int | None
    members: tuple[int, ...]
    share_visible: float
    purity: float
    safe: bool
    rest: int = 0


@dataclass(frozen=True, slots=True)
class IdentityState:
    """What one refresh hands to the next besides the labels: how many there were, and the resolutions they chose."""

    refreshes: int = 0
    resolutions: tuple[float, ...] = ()

    @property
    def provisional(self) -> bool:
        """The first three refreshes may move as much as they must: there is no history to keep yet."""
        return self.refreshes < 3

    def after(self, fresh: Communities) -> IdentityState:
        return IdentityState(self.refreshes + 1, (*self.resolutions, fresh.chosen)[-2:])


def allowance(rows: int, before: int, *, provisional: bool, ceiling: float = BUDGET) -> float:
    """Return the share of rows with a theme that a refresh of ``rows`` rows may move, ``before`` of which it knew.

    A refresh moves no more than it learnt, so that refreshing twice changes nothing and refreshing every hour not
    more than refreshing every week; once there is history to keep, never more than ``ceiling``.
    """
    learnt = max(0, rows - before) / max(1, rows)
    return learnt if provisional else min(ceiling, learnt)


def propose(
    known: Labels,
    vectors: Vectors,
    fresh: Communities,
    *,
    pinned: NDArray[np.bool_] | None = None,
    waited: NDArray[np.int64] | None = None,
    silent: Sequence[int] = (),
    budget: float = BUDGET,
    provisional: bool = False,
) -> tuple[Proposal, ...]:
    """Say what would bring the known themes nearer to the fresh communities.

    ``known``: int64[n] theme ids, -1 = waiting. ``pinned``: bool[n], rows a person has placed; no proposal moves
    them. ``waited``: int64[n], refreshes a waiting row has waited. ``silent``: themes not heard of for long.
    ``budget``: share of the rows with a theme that may move to another, unlimited when ``provisional``.
    Order: splits and merges (the larger the part that stays, the earlier), growth, new themes, fading.
    """
    fixed = np.zeros(len(known), dtype=np.bool_) if pinned is None else pinned
    patience = np.zeros(len(known), dtype=np.int64) if waited is None else waited
    labelled = int((known >= 0).sum())
    now = known.copy()
    moves = _moves(now, vectors, fresh.labels, fixed, labelled, labelled if provisional else int(budget * labelled))
    grown = _growth(now, vectors, fresh.labels, patience)
    born = _births(now, fresh.labels)
    return (*moves, *grown, *born, *_fading(now, silent))


def apply(known: Labels, proposals: Sequence[Proposal], next_id: int) -> tuple[Labels, dict[int, int]]:
    """Carry proposals out, in order. Returns the new theme ids (int64[n]) and the redirects of merged themes.

    New themes get ids from ``next_id`` on, in the order of the proposals.
    """
    labels = known.copy()
    redirects: dict[int, int] = {}
    for proposal in proposals:
        if proposal.action is Action.FADE:
            continue
        goal = proposal.theme if proposal.action is Action.GROW else proposal.target
        if goal is None:
            goal, next_id = next_id, next_id + 1
        if proposal.action is Action.MERGE and proposal.theme is not None:
            redirects[proposal.theme] = goal
        labels[list(proposal.members)] = goal
    return labels, redirects


@dataclass(frozen=True, slots=True)
class _Move:
    source: int
    community: int
    rows: NDArray[np.int64]
    stays: int
    target: int | None
    whole: bool

    @property
    def stray(self) -> bool:
        """A few rows that go over to a theme that is already there."""
        return self.target is not None and not self.whole and len(self.rows) <= _SPLIT_FEWEST


def _moves(
    now: Labels, vectors: Vectors, fresh: Labels, fixed: NDArray[np.bool_], labelled: int, allowance: int
) -> list[Proposal]:
    """Splits and merges within the allowance. Marks the rows that go to new themes in ``now`` with ids below -1."""
    allowed = allowance
    proposals: list[Proposal] = []
    births = 0
    gone: set[int] = set()
    for move in _candidates(now, fresh, fixed):
        if move.source in gone or (move.target is not None and move.target in gone):
            continue
        rows = move.rows[now[move.rows] == move.source]
        if move.whole:
            rows = np.flatnonzero(now == move.source)
        rest = 0
        if len(rows) > allowance:
            if move.whole or len(rows) <= allowed / 2 or allowance < max(1, _STAGE_FROM * allowed):
                continue
            # A part larger than a whole week's budget would wait for ever: its heart goes first, the rest later.
            mean = unit(vectors[fresh == move.community].mean(axis=0, keepdims=True))[0]
            nearest = np.argsort(-(vectors[rows] @ mean), kind="stable")[:allowance]
            rest = len(rows) - allowance
            rows = np.sort(rows[nearest])
        if len(rows) == 0:
            continue
        purity = float((fresh[rows] == move.community).mean())
        share = len(rows) / labelled
        if move.whole:
            gone.add(move.source)
        goal = move.target
        if goal is None:
            births += 1
            goal = -1 - births
        now[rows] = goal
        allowance -= len(rows)
        proposals.append(
            Proposal(
                Action.MERGE if move.whole else Action.SPLIT,
                move.source,
                move.target,
                tuple(int(row) for row in rows),
                share,
                purity,
                share <= _SAFE_SHARE and purity >= _SAFE_PURITY,
                rest,
            )
        )
    return proposals


def _candidates(now: Labels, fresh: Labels, fixed: NDArray[np.bool_]) -> list[_Move]:
    """Every split and merge that the fresh communities call for, in the order in which to try them."""
    ids, own = np.unique(now[now >= 0], return_inverse=True)
    if len(ids) == 0 or fresh.max(initial=-1) < 0:
        return []
    rows = np.flatnonzero(now >= 0)
    both = fresh[rows] >= 0
    table = np.zeros((len(ids), int(fresh.max()) + 1), dtype=np.int64)
    np.add.at(table, (own[both], fresh[rows][both]), 1)
    sizes = np.bincount(own)
    home = table.argmax(axis=1)
    at_home = table[np.arange(len(ids)), home]
    held = np.zeros(len(ids), dtype=np.bool_)
    held[own[fixed[rows]]] = True
    settled = at_home >= _HOME * sizes
    moves: list[_Move] = []
    for community in range(table.shape[1]):
        living = np.flatnonzero((home == community) & settled)
        owner = max(living, key=lambda t: (table[t, community], -ids[t]), default=None)
        for theme in np.flatnonzero(table[:, community]):
            part = int(table[theme, community])
            target = None if owner is None else int(ids[owner])
            fewest = _STRAY_FEWEST if target is not None else max(_SPLIT_FEWEST, _SPLIT_SHARE * sizes[theme])
            if home[theme] == community or part < fewest:
                continue
            leaving = rows[(own == theme) & (fresh[rows] == community) & ~fixed[rows]]
            if len(leaving) >= fewest:
                moves.append(_Move(int(ids[theme]), community, leaving, int(sizes[theme]) - part, target, False))
        inside = [t for t in living if table[t, community] >= _MERGE_INSIDE * sizes[t]]
        if len(inside) > 1:
            # A theme with a pinned note can only be the one that stays: its note may not move.
            stays = max(inside, key=lambda t: (held[t], sizes[t], -ids[t]))
            for theme in inside:
                if theme != stays and not held[theme]:
                    members = rows[own == theme]
                    moves.append(_Move(int(ids[theme]), community, members, int(sizes[stays]), int(ids[stays]), True))
    # The part that stays says how many pairs of rows a move sets right for each row moved. Strays come last: there are
    # many, and each sets little right.
    return sorted(moves, key=lambda move: (move.stray, -move.stays, move.source, move.community))


def _growth(now: Labels, vectors: Vectors, fresh: Labels, waited: Labels) -> list[Proposal]:
    """Waiting rows join the theme that owns their community; after some refreshes, the theme nearest to them."""
    waiting = np.flatnonzero(now == -1)
    if len(waiting) == 0 or not (now >= 0).any():
        return []
    owners = _owners(now, fresh)
    assigner = Assigner(vectors, now)
    winners, _, nearest = assigner.votes(vectors[waiting])
    joining: dict[int, list[int]] = {}
    for row, winner, near in zip(waiting.tolist(), winners.tolist(), nearest, strict=True):
        owner = owners.get(int(fresh[row]))
        if owner is not None:
            joining.setdefault(owner, []).append(row)
        elif winner >= 0 and waited[row] >= _PATIENCE and near >= assigner.radius:
            # A community that is nobody's may become a theme of its own: its rows are given time.
            joining.setdefault(winner, []).append(row)
    proposals: list[Proposal] = []
    for theme in sorted(joining):
        now[joining[theme]] = theme
        proposals.append(Proposal(Action.GROW, theme, None, tuple(joining[theme]), 0.0, 1.0, True))
    return proposals


def _owners(now: Labels, fresh: Labels) -> dict[int, int]:
    """The theme that holds at least half of a community's known rows, where at least a quarter of it is known."""
    owners: dict[int, int] = {}
    for community in range(int(fresh.max(initial=-1)) + 1):
        themes = now[fresh == community]
        ids, sizes = np.unique(themes[themes >= 0], return_counts=True)
        if len(ids) and sizes.sum() >= _OWNED * len(themes) and sizes.max() >= _HOME * sizes.sum():
            owners[community] = int(ids[sizes.argmax()])
    return owners


def _births(now: Labels, fresh: Labels) -> list[Proposal]:
    """Communities in which at least five rows, and half of all, wait become themes; at the very start three rows do."""
    fewest = _NEW_FEWEST if (now >= 0).any() else 1
    proposals: list[Proposal] = []
    for community in range(int(fresh.max(initial=-1)) + 1):
        inside = np.flatnonzero(fresh == community)
        rows = inside[now[inside] == -1]
        if len(rows) >= max(fewest, _HOME * len(inside)):
            proposals.append(Proposal(Action.NEW, None, None, tuple(int(row) for row in rows), 0.0, 1.0, True))
    return proposals


def _fading(now: Labels, silent: Sequence[int]) -> list[Proposal]:
    living = set(np.unique(now).tolist())
    return [Proposal(Action.FADE, theme, None, (), 0.0, 1.0, True) for theme in sorted(silent) if theme in living]
