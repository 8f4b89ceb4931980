"""What was heard, set against the themes we know: fresh communities give suggestions, in the words of the store."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from insights.themes.decisions import Decisions
from insights.themes.known import LiveTheme, SignalSet
from insights.themes.lineage import MACHINE
from insights.themes.proposals import Suggestion
from insights.themes.status import Status
from nlp.discovery import Communities
from nlp.lineage import Action, Proposal, propose
from nlp.naming import ThemeName, name_themes
from nlp.signals import SignalKind

RENAME_SHARE = 0.5
_HALF = 0.5
_FEWEST = 3
_UNBORN = 2**40
"""Ids from here on stand for themes that the store has yet to make."""

CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Comparison:
    """``suggestions`` in the order in which to take them; ``renames`` of themes that change by half.

    ``dissolving``: emerging themes that the fresh communities do not hold together.
    """

    suggestions: tuple[Suggestion, ...]
    renames: dict[int, ThemeName]
    dissolving: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """How freely themes may change: see ``nlp.lineage.propose``. ``growth_only``: nothing with a theme moves at all."""

    budget: float
    growth_only: bool = False


def compare(
    kind: str,
    found: SignalSet,
    known: Sequence[LiveTheme],
    fresh: Communities,
    limits: Limits,
    *,
    decided: Decisions,
    waited: NDArray[np.int64],
    silent: Collection[int] = (),
    overdue: Collection[int] = (),
) -> Comparison:
    """Say what should change so that the themes follow what was heard.

    Signals of emerging themes count as waiting: a community that holds half of one confirms it under its own id.
    What people ``decided`` is not proposed against.
    ``found`` has every signal of the kind, or a sample of each theme with ``growth_only``. ``waited``: int64[n].
    ``overdue`` emerging themes that are not confirmed now never will be.
    """
    emerging = _tentative(found, known)
    labels = np.where(np.isin(found.theme_ids, emerging), -1, found.theme_ids)
    held = found.pinned | (labels >= 0) if limits.growth_only else _held(found, decided)
    proposals = propose(
        labels,
        found.vectors,
        fresh,
        pinned=held,
        waited=waited,
        silent=sorted(silent),
        budget=limits.budget,
    )
    wanted = (_heeding(_suggestion(kind, found, proposal), decided) for proposal in proposals)
    suggestions = [part for suggestion in wanted if suggestion for part in _with_emerging(suggestion, found, emerging)]
    heard = {goal for one in suggestions if one.members for goal in (one.theme_id, one.target_id)}
    suggestions = [one for one in suggestions if one.action != Action.FADE or one.theme_id not in heard]
    named, renames = _named(kind, found, known, suggestions)
    spoken_for = {suggestion.theme_id for suggestion in suggestions}
    scattered = [
        theme
        for theme in emerging
        if theme not in spoken_for and (theme in overdue or not _holds(found.theme_ids == theme, fresh, labels))
    ]
    return Comparison(tuple(named), renames, tuple(scattered))


def endorsed(found: SignalSet, known: Sequence[LiveTheme]) -> tuple[int, ...]:
    """Return the emerging themes that people named or placed signals in: nothing is left to confirm."""
    placed = set(found.theme_ids[found.pinned].tolist())
    emerging = (theme for theme in known if theme.status is Status.EMERGING)
    return tuple(theme.id for theme in emerging if theme.named_by != MACHINE or theme.id in placed)


def _tentative(found: SignalSet, known: Sequence[LiveTheme]) -> list[int]:
    theirs = endorsed(found, known)
    return [theme.id for theme in known if theme.status is Status.EMERGING and theme.id not in theirs]


def _suggestion(kind: str, found: SignalSet, proposal: Proposal) -> Suggestion:
    rows = list(proposal.members)
    return Suggestion(
        kind=kind,
        action=proposal.action.value,
        theme_id=proposal.theme,
        target_id=proposal.target,
        members=tuple(found.ids[rows].tolist()),
        customers=len({found.customers[row] for row in rows}),
        share=proposal.share_visible,
        purity=proposal.purity,
        safe=proposal.safe,
    )


def _held(found: SignalSet, decided: Decisions) -> NDArray[np.bool_]:
    """Tell which rows may not move: pinned or placed by a person, or in a theme that a person merged.

    One row of a theme that a person keeps apart is enough to hold the theme: it is not merged away then.
    """
    held = found.pinned | np.isin(found.theme_ids, sorted(decided.whole))
    for row, (signal, theme) in enumerate(zip(found.ids.tolist(), found.theme_ids.tolist(), strict=True)):
        held[row] |= theme >= 0 and decided.placed.get(signal) == theme
    ids, first = np.unique(found.theme_ids, return_index=True)
    held[first[np.isin(ids, sorted(decided.kept_apart))]] = True
    return held


def _heeding(suggestion: Suggestion, decided: Decisions) -> Suggestion | None:
    """Leave out signals that a person took out of the very theme, or, for a new one, let wait."""
    goal = suggestion.theme_id if suggestion.action == Action.GROW else suggestion.target_id
    if suggestion.action in (Action.MERGE, Action.FADE):
        return suggestion
    members = tuple(
        signal
        for signal in suggestion.members
        if (
            goal not in decided.refused.get(signal, ())
            if goal is not None
            else decided.placed.get(signal, 0) is not None
        )
    )
    return replace(suggestion, members=members) if len(members) >= min(_FEWEST, len(suggestion.members)) else None


def _with_emerging(suggestion: Suggestion, found: SignalSet, emerging: Sequence[int]) -> list[Suggestion]:
    """Carry an emerging theme along when at least half of it is in a new theme, or in what joins a known one.

    The signals of one that is less than half inside stay where they are.
    """
    if suggestion.action not in (Action.NEW, Action.GROW):
        return [suggestion]
    inside = np.isin(found.ids, suggestion.members)
    waiting = tuple(found.ids[inside & (found.theme_ids < 0)].tolist())
    parts = {theme: int((found.theme_ids[inside] == theme).sum()) for theme in emerging}
    held = [theme for theme in emerging if parts[theme] >= _HALF * max(1, int((found.theme_ids == theme).sum()))]
    goal = suggestion.theme_id
    first = [replace(suggestion, members=waiting)] if waiting else []
    if suggestion.action == Action.NEW and held:
        goal = max(held, key=lambda theme: (parts[theme], -theme))
        held.remove(goal)
        first = [replace(suggestion, action=CONFIRM, theme_id=goal, members=waiting)]
    merged = [
        replace(
            suggestion,
            action=Action.MERGE.value,
            theme_id=theme,
            target_id=goal,
            members=tuple(found.ids[found.theme_ids == theme].tolist()),
        )
        for theme in held
    ]
    return first + merged


def _holds(members: NDArray[np.bool_], fresh: Communities, labels: NDArray[np.int64]) -> bool:
    """Tell whether one community still holds half of an emerging theme, and no known theme has its home there."""
    if not members.any():
        return False
    inside = fresh.labels[members]
    ids, sizes = np.unique(inside[inside >= 0], return_counts=True)
    if len(ids) == 0 or sizes.max() < _HALF * members.sum():
        return False
    community = fresh.labels == ids[sizes.argmax()]
    return bool((labels[community] >= 0).sum() < _HALF * community.sum())


def _named(
    kind: str, found: SignalSet, known: Sequence[LiveTheme], suggestions: Sequence[Suggestion]
) -> tuple[list[Suggestion], dict[int, ThemeName]]:
    """Name new themes, and known ones that change by half; all others keep their names, and nobody gets one twice."""
    after = found.theme_ids.copy()
    unborn: dict[int, int] = {}
    for at, suggestion in enumerate(suggestions):
        goal = suggestion.target_id
        if suggestion.action in (Action.GROW, CONFIRM):
            goal = suggestion.theme_id
        if goal is None and suggestion.members:
            goal = unborn[at] = _UNBORN + len(unborn)
        if goal is not None:
            after[np.isin(found.ids, suggestion.members)] = goal
    changed = set(unborn.values())
    for theme in known:
        before, now = found.theme_ids == theme.id, after == theme.id
        # Parents have no signals, and what is emptied is merged away: neither has words to be named by.
        if theme.named_by == MACHINE and now.any() and (before != now).sum() >= RENAME_SHARE * max(1, before.sum()):
            changed.add(theme.id)
    if not changed:
        return list(suggestions), {}
    labels = np.where(np.isin(after, sorted(changed)), after, -1)
    taken = [theme.name for theme in known if theme.id not in changed]
    names = name_themes(found.texts, labels, found.vectors, taken=taken, kind=SignalKind(kind))
    named = list(suggestions)
    for at, temporary in unborn.items():
        name = names[temporary]
        exemplar = int(found.ids[name.exemplar])
        named[at] = replace(named[at], name=name.name, terms=name.terms, exemplar_signal_id=exemplar)
    return named, {theme: name for theme, name in names.items() if theme < _UNBORN}
