"""What people change about themes: each step by somebody who may, with a reason, told beforehand in numbers.

The right to do so is read from the store at the moment of the step, so a role that was taken away ends at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from insights.counting.evidence import is_evidence
from insights.counting.wording import folded
from insights.store import Store
from insights.tables import LineageRow, SignalRow, ThemeRow
from insights.themes import curation
from insights.themes.curation import CurationError, Decision, Step
from insights.themes.lineage import Event
from insights.themes.status import STANDING
from insights.trust import people
from insights.trust.people import Person, Role

STEWARDS = (Role.PRODUCT_OWNER, Role.TEAM_OWNER, Role.ADMIN)
LOOKED_THROUGH = 20_000
"""Signals of a theme among which words for a split are sought, the newest."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A theme another may be merged into, or stand under."""

    id: int
    name: str
    parent: bool


@dataclass(frozen=True, slots=True)
class LastStep:
    """The newest step on a theme that is not taken back."""

    id: int
    event: str
    who: str
    at: datetime
    moved: int


def rename(store: Store, theme_id: int, name: str, *, by: Person, why: str, at: datetime) -> Step | None:
    """Give a theme another name. Raises NotAllowed, CurationError, StoreError."""
    return curation.rename(store, theme_id, name, _decision(store, by, why, at))


def merge(store: Store, theme_id: int, into: int, *, by: Person, why: str, at: datetime) -> Step:
    """Merge a theme into another. Raises NotAllowed, CurationError, StoreError."""
    return curation.merge(store, theme_id, into, _decision(store, by, why, at))


def split(store: Store, theme_id: int, words: str, name: str, *, by: Person, why: str, at: datetime) -> Step:
    """Make a theme of those signals that say some words. Raises NotAllowed, CurationError, StoreError."""
    decision = _decision(store, by, why, at)
    return curation.split(store, theme_id, saying(store, theme_id, words), decision, name=name)


def put_under(store: Store, theme_id: int, parent: int | None, *, by: Person, why: str, at: datetime) -> Step | None:
    """Put a theme under a parent, or under nobody; None when it stands there. Raises NotAllowed, CurationError."""
    steps = curation.arrange(store, {theme_id: parent}, _decision(store, by, why, at))
    return steps[0] if steps else None


def retire(store: Store, theme_id: int, *, by: Person, why: str, at: datetime) -> Step:
    """Take a theme off the board. Raises NotAllowed, CurationError, StoreError."""
    return curation.retire(store, theme_id, _decision(store, by, why, at))


def undo(store: Store, step: int, *, by: Person, why: str, at: datetime) -> Step:
    """Take a step back. Raises NotAllowed, CurationError, StoreError."""
    return curation.undo(store, step, _decision(store, by, why, at))


def saying(store: Store, theme_id: int, words: str) -> Sequence[int]:
    """Return the signals of a theme that say all of some words; no words find nothing. Raises StoreError."""
    wanted = folded(words).split()
    if not wanted:
        return ()
    said = select(SignalRow.id, SignalRow.text).where(SignalRow.theme_id == theme_id, is_evidence())
    said = said.order_by(SignalRow.occurred_at.desc()).limit(LOOKED_THROUGH)
    with store.connect() as connection:
        return tuple(row.id for row in connection.execute(said) if _says(folded(row.text).split(), wanted))


def others(store: Store, kind: str, theme_id: int) -> tuple[Standing, ...]:
    """Return the other standing themes of a kind, by name. Raises StoreError."""
    wanted = select(ThemeRow.id, ThemeRow.name, ThemeRow.parent_id)
    wanted = wanted.where(ThemeRow.kind == kind, ThemeRow.status.in_(STANDING)).order_by(ThemeRow.name, ThemeRow.id)
    with store.connect() as connection:
        rows = connection.execute(wanted).all()
    parents = {row.parent_id for row in rows}
    return tuple(Standing(row.id, row.name, row.id in parents) for row in rows if row.id != theme_id)


def last_step(store: Store, theme_id: int) -> LastStep | None:
    """Return the step that undoing would take back; None when there is none. Raises StoreError."""
    wanted = (
        select(LineageRow.id, LineageRow.event, LineageRow.who, LineageRow.at, LineageRow.moved)
        .where(
            or_(LineageRow.theme_id == theme_id, LineageRow.other_theme_id == theme_id),
            LineageRow.undone_by.is_(None),
            LineageRow.event.not_in([Event.UNDONE.value, Event.CREATED.value, Event.EMERGED.value]),
        )
        .order_by(LineageRow.id.desc())
        .limit(1)
    )
    with store.connect() as connection:
        row = connection.execute(wanted).one_or_none()
    return None if row is None else LastStep(*row)


def _decision(store: Store, by: Person, why: str, at: datetime) -> Decision:
    person = people.require(store, by.id, *STEWARDS)
    reason = " ".join(why.split())
    if not reason:
        raise CurationError("say why in a few words: others will ask")
    return Decision(person.name, reason, at)


def _says(said: Sequence[str], wanted: Sequence[str]) -> bool:
    same: Callable[[str, str], bool] = lambda word, asked: word == asked or (len(asked) >= 4 and word.startswith(asked))  # noqa: E731
    return all(any(same(word, asked) for word in said) for asked in wanted)
