"""The recorded life of themes: every step with who, when, why, and each signal it moved.

A step, its lineage, its members and its outbox event are one transaction. On PostgreSQL steps are taken one at a
time and no batch is written meanwhile (an advisory lock); SQLite has one writer anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, text, update
from sqlalchemy.orm import aliased

from insights.delivery import outbox
from insights.delivery.writer import CURATION_LOCK
from insights.listening import following
from insights.store import Store, StoreError
from insights.tables import LineageMemberRow, LineageRow, SignalRow, ThemeRow
from insights.themes.status import STANDING, Status
from insights.trust import audit

MACHINE = "machine"
AT_ONCE = 500


class Event(StrEnum):
    """What happened to a theme. The values are stored and shown; never rename one."""

    CREATED = "created"
    EMERGED = "emerged"
    CONFIRMED = "confirmed"
    GROWN = "grown"
    MERGED = "merged"
    SPLIT = "split"
    RENAMED = "renamed"
    ARRANGED = "arranged"
    FADED = "faded"
    RETURNED = "returned"
    RETIRED = "retired"
    UNDONE = "undone"


class CurationError(StoreError):
    """The step makes no sense as themes stand now; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided on a step (``machine``, or a person), when, and why."""

    who: str
    why: str
    at: datetime

    @property
    def by_machine(self) -> bool:
        return self.who == MACHINE


@dataclass(frozen=True, slots=True)
class Step:
    """A step taken: its lineage id (undo takes it), the theme, the other theme if there is one, signals moved."""

    lineage_id: int
    event: Event
    theme_id: int
    other_theme_id: int | None
    moved: int


Moves = Mapping[int, tuple[int | None, int | None]]
"""Signal id to (theme it left, theme it joined); None is waiting."""


@contextmanager
def curating(store: Store) -> Iterator[Connection]:
    """Open the transaction of one step. Raises StoreError."""
    with store.begin() as connection:
        if store.dialect == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CURATION_LOCK})
        yield connection


def theme_row(connection: Connection, theme_id: int) -> Row[Any]:
    """Return a theme's row. Raises CurationError when no theme ever had the id."""
    row = connection.execute(select(ThemeRow.__table__).where(ThemeRow.id == theme_id)).one_or_none()
    if row is None:
        raise CurationError(f"no theme ever had the id {theme_id}")
    return row


def resolve(connection: Connection, theme_id: int) -> int | None:
    """Follow redirects to the end; None when no theme ever had the id."""
    end: int | None = None
    ahead: int | None = theme_id
    while ahead is not None:
        row = connection.execute(select(ThemeRow.id, ThemeRow.merged_into).where(ThemeRow.id == ahead)).one_or_none()
        if row is None:
            return None
        end, ahead = row.id, row.merged_into
    return end


def live_theme(connection: Connection, theme_id: int) -> Row[Any]:
    """Return the standing theme an id leads to. Raises CurationError when it was retired."""
    row = theme_row(connection, resolve(connection, theme_id) or theme_id)
    if row.status not in STANDING:
        raise CurationError(f"theme {row.id} ({row.name!r}) is {row.status}; undo that step first")
    return row


def movable(
    connection: Connection, signals: Iterable[int], *, inside: int | None, kind: str = "", pinned_too: bool = False
) -> list[int]:
    """Return those of the signals that are in theme ``inside`` (None: waiting) and that nobody has pinned, by id."""
    wanted = sorted(set(signals))
    found: list[int] = []
    for start in range(0, len(wanted), AT_ONCE):
        query = select(SignalRow.id).where(SignalRow.id.in_(wanted[start : start + AT_ONCE]))
        query = query.where(SignalRow.theme_id.is_(None) if inside is None else SignalRow.theme_id == inside)
        if not pinned_too:
            query = query.where(SignalRow.pinned.is_(False))
        if kind:
            query = query.where(SignalRow.kind == kind)
        found.extend(connection.execute(query.order_by(SignalRow.id)).scalars())
    return found


def signals_in(connection: Connection, theme_id: int, *, pinned: bool | None = None) -> list[int]:
    """Return the ids of all signals in a theme, or only of the pinned ones."""
    query = select(SignalRow.id).where(SignalRow.theme_id == theme_id)
    if pinned is not None:
        query = query.where(SignalRow.pinned.is_(pinned))
    return list(connection.execute(query.order_by(SignalRow.id)).scalars())


def move(connection: Connection, signals: Sequence[int], to: int | None) -> None:
    """Put signals into a theme, or let them wait (None)."""
    for start in range(0, len(signals), AT_ONCE):
        some = SignalRow.id.in_(signals[start : start + AT_ONCE])
        connection.execute(update(SignalRow).where(some).values(theme_id=to))


def new_theme(connection: Connection, *, status: Status = Status.LIVE, **fields: Any) -> int:
    """Insert a theme and return its id."""
    statement = insert(ThemeRow).values(status=status.value, merged_into=None, **fields).returning(ThemeRow.id)
    return connection.execute(statement).scalar_one()


def children_of(connection: Connection, theme_id: int) -> list[int]:
    """Return the ids of the standing themes under a parent."""
    wanted = select(ThemeRow.id).where(ThemeRow.parent_id == theme_id, ThemeRow.status.in_(STANDING))
    return list(connection.execute(wanted.order_by(ThemeRow.id)).scalars())


def deeper_than_two(connection: Connection) -> int | None:
    """Return a theme that has both a parent and children, if there is one."""
    child = aliased(ThemeRow)
    wanted = select(ThemeRow.id).join(child, child.parent_id == ThemeRow.id).where(ThemeRow.parent_id.is_not(None))
    return connection.execute(wanted.order_by(ThemeRow.id).limit(1)).scalar_one_or_none()


def change_theme(connection: Connection, theme_id: int, **fields: Any) -> None:
    connection.execute(update(ThemeRow).where(ThemeRow.id == theme_id).values(**fields))


def record(
    connection: Connection,
    event: Event,
    theme_id: int,
    decision: Decision,
    *,
    other: int | None = None,
    moves: Moves | None = None,
    before: Mapping[str, Any] | None = None,
) -> Step:
    """Write down a step, the signals it moved, and the event others hear of it."""
    moved = moves or {}
    row = {
        "at": decision.at,
        "event": event.value,
        "theme_id": theme_id,
        "other_theme_id": other,
        "moved": len(moved),
        "who": decision.who,
        "why": decision.why,
        "before": dict(before or {}),
    }
    lineage_id = connection.execute(insert(LineageRow).values(row).returning(LineageRow.id)).scalar_one()
    if moved:
        members = [
            {"lineage_id": lineage_id, "signal_id": signal, "from_theme": left, "to_theme": joined}
            for signal, (left, joined) in sorted(moved.items())
        ]
        connection.execute(insert(LineageMemberRow), members)
    payload = {
        "lineage": lineage_id,
        "theme": theme_id,
        "name": theme_row(connection, theme_id).name,
        "other_theme": other,
        "moved": len(moved),
        "who": decision.who,
        "why": decision.why,
    }
    outbox.add(connection, "theme", str(theme_id), f"theme.{event.value}", payload, decision.at)
    if not decision.by_machine:
        after = {"lineage": lineage_id, "other_theme": other, "moved": len(moved), "why": decision.why}
        audit.add(connection, decision.who, f"theme.{event.value}", f"theme:{theme_id}", None, after, decision.at)
    try:
        taken = following.Taken(lineage_id, theme_id, other, decision.who, decision.why, decision.at)
        following.follow(connection, event.value, taken, undid=(before or {}).get("undid"))
    except following.ReasonMissing as error:
        raise CurationError(str(error)) from None
    return Step(lineage_id, event, theme_id, other, len(moved))


def last_step(connection: Connection) -> int:
    """Return the id of the newest step; 0 before the first."""
    return connection.execute(select(func.coalesce(func.max(LineageRow.id), 0))).scalar_one()
