"""A refresh: what was heard since, set against the themes we know; proposals accepted, named and recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import numpy as np

from insights import curation, facts
from insights.curation import Decision
from insights.store import Store
from insights.themes import LiveTheme, SignalSet, live_themes, signals_of
from nlp.discovery import discover
from nlp.encoders import open_encoder
from nlp.lineage import Action, IdentityState, Proposal, apply, propose
from nlp.naming import ThemeName, name_themes
from nlp.settings import LanguageSettings
from nlp.signal_vectors import SignalEncoder
from nlp.signals import SignalKind

KINDS = (SignalKind.PAIN, SignalKind.SUGGESTION, SignalKind.JOB, SignalKind.PRAISE)
"""Kinds that gather into themes. Compensation and hand-offs are counted beside the themes they occur with."""

FEWEST_SIGNALS = 12
RENAME_SHARE = 0.5
_TEMPORARY = 2**40
"""Ids from here on stand for themes that the store has yet to make."""


@dataclass(frozen=True, slots=True)
class Change:
    """One accepted proposal: ``theme_id`` is the theme it is about, ``moved`` the signals it moved."""

    kind: str
    action: Action
    theme_id: int
    name: str
    moved: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a refresh did. ``waiting`` counts signals that no theme is near enough for."""

    changes: tuple[Change, ...]
    themes: int
    signals: int
    waiting: int


def refresh(
    store: Store,
    settings: LanguageSettings,
    *,
    progress: Callable[[int], None] = lambda _: None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Report:
    """Look for new, grown, merged, split and faded themes of every kind, and accept what is found.

    What people decided outranks the machine: pinned signals stay, people's names stay. Raises StoreError.
    """
    encoder_id = SignalEncoder(open_encoder(settings.encoder, settings.model_dir)).encoder_id
    changes: list[Change] = []
    signals = waiting = 0
    for done, kind in enumerate(KINDS):
        found = signals_of(store, kind.value, encoder_id)
        signals += len(found.ids)
        if len(found.ids) >= FEWEST_SIGNALS:
            changes += _refresh_kind(store, settings, kind, found, clock())
            found = signals_of(store, kind.value, encoder_id)
        waiting += int((found.theme_ids < 0).sum())
        progress(done + 1)
    return Report(tuple(changes), len(live_themes(store)), signals, waiting)


def _refresh_kind(
    store: Store, settings: LanguageSettings, kind: SignalKind, found: SignalSet, at: datetime
) -> list[Change]:
    known = live_themes(store, kind.value)
    key = f"identity:{kind.value}"
    state = _recalled(store, key)
    fresh = discover(found.vectors, seed=settings.theme_seed, past_resolutions=state.resolutions)
    proposals = propose(
        found.theme_ids,
        found.vectors,
        fresh,
        pinned=found.pinned,
        budget=settings.theme_change_budget,
        provisional=state.provisional,
    )
    names = _names(found, known, proposals)
    changes = _accept(store, kind, found, proposals, names, {theme.id: theme for theme in known}, at)
    facts.keep(store, key, asdict(state.after(fresh)))
    return changes


def _recalled(store: Store, key: str) -> IdentityState:
    kept = facts.recall(store, key)
    return IdentityState(kept["refreshes"], tuple(kept["resolutions"])) if kept else IdentityState()


def _names(found: SignalSet, known: Sequence[LiveTheme], proposals: Sequence[Proposal]) -> dict[int, ThemeName]:
    """Name new themes, and known ones that changed by half; all others keep their names and may not be named twice."""
    after, _ = apply(found.theme_ids, proposals, _TEMPORARY)
    changed = {int(theme) for theme in np.unique(after) if theme >= _TEMPORARY}
    for theme in known:
        before, now = found.theme_ids == theme.id, after == theme.id
        if theme.named_by == curation.MACHINE and (before != now).sum() >= RENAME_SHARE * max(1, before.sum()):
            changed.add(theme.id)
    labels = np.where(np.isin(after, sorted(changed)), after, -1)
    taken = [theme.name for theme in known if theme.id not in changed]
    return name_themes(found.texts, labels, found.vectors, taken=taken)


def _accept(
    store: Store,
    kind: SignalKind,
    found: SignalSet,
    proposals: Sequence[Proposal],
    names: dict[int, ThemeName],
    known: dict[int, LiveTheme],
    at: datetime,
) -> list[Change]:
    """Carry proposals out in the store, in order. Themes the machine made on the way get their ids as they come."""
    decision = Decision(curation.MACHINE, "refresh", at)
    changes: list[Change] = []
    temporary = _TEMPORARY
    for proposal in proposals:
        members = [int(found.ids[row]) for row in proposal.members]
        if proposal.action is Action.FADE:
            continue
        if proposal.action is Action.NEW or (proposal.action is Action.SPLIT and proposal.target is None):
            name = names[temporary]
            temporary += 1
            exemplar = int(found.ids[name.exemplar])
            if proposal.theme is None:
                step = curation.create(
                    store, kind.value, name.name, members, decision, terms=name.terms, exemplar=exemplar
                )
                theme_id = step.theme_id
            else:
                step = curation.split(
                    store, proposal.theme, members, decision, name=name.name, terms=name.terms, exemplar=exemplar
                )
                theme_id = step.other_theme_id or step.theme_id
            changes.append(Change(kind.value, proposal.action, theme_id, name.name, step.moved))
            continue
        if proposal.theme is None:
            continue
        told = known[proposal.theme].name
        if proposal.action is Action.GROW:
            grown = curation.grow(store, proposal.theme, members, decision)
            moved = grown.moved if grown else 0
        elif proposal.action is Action.MERGE and proposal.target is not None:
            moved = curation.merge(store, proposal.theme, proposal.target, decision).moved
        else:
            moved = curation.split(store, proposal.theme, members, decision, into=proposal.target).moved
        changes.append(Change(kind.value, proposal.action, proposal.theme, told, moved))
    for theme_id, name in names.items():
        if theme_id in known:
            curation.rename(
                store, theme_id, name.name, decision, terms=name.terms, exemplar=int(found.ids[name.exemplar])
            )
    return changes
