"""The ledger: what was asked of whom, what was answered, promised, kept. Only ever added to, each entry chained.

A later answer never replaces an earlier one, it stands behind it. What the entries add up to is told by `insights.listening.cases`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text

from insights.columns import table
from insights.delivery import outbox
from insights.store import Store
from insights.tables import LedgerRow
from insights.trust.chain import START, Link, linked, verify

LEDGER_LOCK = 0x6561_7273_686F_7403
"""Advisory lock on PostgreSQL: who adds an entry holds the end of the chain until the transaction ends."""

LEDGER = table(LedgerRow)
PAGE = 1_000


class Event(StrEnum):
    """What an entry records. The values are stored; never rename one."""

    ASKED = "asked"
    PASSED = "passed on"
    ANSWERED = "answered"
    SHIPPED = "shipped"
    CLOSED = "closed"
    MERGED = "merged"
    PARTED = "parted"
    EVIDENCE = "evidence"
    DECIDED = "decided in review"


class AnswerKind(StrEnum):
    """The four answers a team can give. The values are stored; never rename one."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    NEED_EVIDENCE = "need evidence"
    TRIED_BEFORE = "tried before"


class Value(StrEnum):
    """Whom an accepted change serves: it gives to customers, takes from them, or neither."""

    GIVING = "giving"
    TAKING = "taking"
    NEITHER = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. ``due``: the day an answer is due, or a promise, or a second look; ``about``: the entry it follows.

    ``number`` and ``hash`` are given when it is added.
    """

    event: Event
    theme_id: int
    team_id: int | None
    who: str
    at: datetime
    answer: str = ""
    reason: str = ""
    due: date | None = None
    change: str = ""
    value: str = ""
    about: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Tampered:
    """The first entry that does not follow from the one before: changed, or one is missing in front of it."""

    number: int
    event: str
    theme_id: int
    who: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the chain found. ``head`` is the last good hash: kept elsewhere, it shows entries cut off later."""

    entries: int
    head: str
    tampered: Tampered | None
    head_missing: bool = False

    @property
    def whole(self) -> bool:
        return self.tampered is None and not self.head_missing


@contextmanager
def writing(store: Store) -> Iterator[Connection]:
    """Open the transaction of entries: one at a time. Raises StoreError."""
    with store.begin() as connection:
        hold(connection)
        yield connection


def hold(connection: Connection) -> None:
    """Hold the end of the chain until the transaction ends. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LEDGER_LOCK})


def add(connection: Connection, entry: Entry) -> int:
    """Add an entry and tell others of it, in the transaction of what it records; return its number."""
    hold(connection)
    last = connection.execute(
        select(LEDGER.c.number, LEDGER.c.hash).order_by(LEDGER.c.number.desc()).limit(1)
    ).one_or_none()
    number, previous = (last.number, last.hash) if last else (0, START)
    row = {
        "at": entry.at,
        "event": entry.event.value,
        "theme_id": entry.theme_id,
        "team_id": entry.team_id,
        "who": entry.who,
        "answer": entry.answer,
        "reason": entry.reason,
        "due": entry.due,
        "change": entry.change,
        "value": entry.value,
        "about": entry.about,
        "facts": dict(entry.facts),
    }
    link = linked(number + 1, _plain(row), previous)
    connection.execute(insert(LEDGER).values(row | {"number": link.number, "previous": previous, "hash": link.hash}))
    payload = {"number": link.number, "hash": link.hash} | dict(_plain(row))
    outbox.add(connection, "ledger", str(entry.theme_id), f"ledger.{entry.event.value}", payload, entry.at)
    return link.number


def entries(
    connection: Connection, *, themes: Sequence[int] | None = None, numbers: Sequence[int] | None = None, after: int = 0
) -> list[Entry]:
    """Return entries in order: all, those about some themes, those of some numbers, or those after a number."""
    wanted = select(LEDGER).where(LEDGER.c.number > after).order_by(LEDGER.c.number)
    if themes is not None:
        wanted = wanted.where(LEDGER.c.theme_id.in_(list(themes)))
    if numbers is not None:
        wanted = wanted.where(LEDGER.c.number.in_(list(numbers)))
    return [_entry(row) for row in connection.execute(wanted)]


def of_theme(store: Store, theme_id: int) -> tuple[Entry, ...]:
    """Return everything that was recorded about a theme, oldest first. Raises StoreError."""
    with store.connect() as connection:
        return tuple(entries(connection, themes=[theme_id]))


def check(store: Store, head: str = "") -> Verdict:
    """Walk the whole chain. ``head`` is a hash kept from an earlier check: it must still be in it. Raises StoreError."""
    last, seen, count = START, not head, 0
    with store.connect() as connection:
        while rows := connection.execute(
            select(LEDGER).where(LEDGER.c.number > count).order_by(LEDGER.c.number).limit(PAGE)
        ).all():
            links = [Link(row.number, _plain(row._asdict()), row.previous, row.hash) for row in rows]
            if broken := verify(links, last, count):
                row = next(row for row in rows if row.number == broken.number)
                return Verdict(count, last, Tampered(row.number, row.event, row.theme_id, row.who))
            last, count = links[-1].hash, links[-1].number
            seen = seen or any(link.hash == head for link in links)
    return Verdict(count, last, None, head_missing=not seen)


_CONTENT = (
    "at", "event", "theme_id", "team_id", "who", "answer", "reason", "due", "change", "value", "about", "facts",
)  # fmt: skip


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """The content of an entry as JSON holds it: the same before and after storing, in whatever zone it was given."""
    content = {name: row[name] for name in _CONTENT}
    content["at"] = row["at"].astimezone(UTC).isoformat()
    content["due"] = None if row["due"] is None else row["due"].isoformat()
    return content


def _entry(row: Row[Any]) -> Entry:
    values = {name: getattr(row, name) for name in _CONTENT if name != "event"}
    return Entry(event=Event(row.event), **values, number=row.number, hash=row.hash)
