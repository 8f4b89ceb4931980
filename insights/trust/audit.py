"""The audit log: who did what, when, before and after. Only ever added to, each row chained to the one before.

What stands here cannot be taken away again, not even for an erasure: write ids, counts and states, never the words of
a customer or the id of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text

from insights.store import Store
from insights.tables import AuditRow
from insights.trust.chain import START, Link, linked, verify

AUDIT_LOCK = 0x6561_7273_686F_7402
"""Advisory lock on PostgreSQL: who adds a row holds the end of the chain until the transaction ends."""

PAGE = 1_000
COLUMNS = (
    AuditRow.number, AuditRow.at, AuditRow.who, AuditRow.action, AuditRow.subject, AuditRow.before, AuditRow.after,
    AuditRow.previous, AuditRow.hash,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the log. ``subject`` is what was acted on, as ``table:id``."""

    number: int
    at: datetime
    who: str
    action: str
    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the chain found. ``head`` is the last hash: kept elsewhere, it shows missing rows later."""

    entries: int
    head: str
    broken_at: int | None


def add(
    connection: Connection,
    who: str,
    action: str,
    subject: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    at: datetime,
) -> int:
    """Add a row in the transaction of the change it tells of; return its number. Values must be such as JSON holds."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": AUDIT_LOCK})
    last = connection.execute(
        select(AuditRow.number, AuditRow.hash).order_by(AuditRow.number.desc()).limit(1)
    ).one_or_none()
    number, previous = (last.number, last.hash) if last else (0, START)
    row = {
        "at": at,
        "who": who,
        "action": action,
        "subject": subject,
        "before": None if before is None else dict(before),
        "after": None if after is None else dict(after),
    }
    link = linked(number + 1, row | {"at": _moment(at)}, previous)
    values = row | {"number": link.number, "previous": link.previous, "hash": link.hash}
    connection.execute(insert(AuditRow).values(values))
    return link.number


def entries(
    store: Store,
    *,
    subject: str = "",
    who: str = "",
    action: str = "",
    before_number: int | None = None,
    limit: int = 100,
) -> tuple[Entry, ...]:
    """Return rows of the log, newest first; ``before_number`` goes on after a page. Raises StoreError."""
    wanted = select(*COLUMNS).order_by(AuditRow.number.desc()).limit(limit)
    if subject:
        wanted = wanted.where(AuditRow.subject == subject)
    if who:
        wanted = wanted.where(AuditRow.who == who)
    if action:
        wanted = wanted.where(AuditRow.action == action)
    if before_number is not None:
        wanted = wanted.where(AuditRow.number < before_number)
    with store.connect() as connection:
        return tuple(
            Entry(row.number, row.at, row.who, row.action, row.subject, row.before, row.after, row.hash)
            for row in connection.execute(wanted)
        )


def check(store: Store, head: str = "") -> Verdict:
    """Walk the whole chain. ``head`` is a hash kept from an earlier check: it must still be in the chain.

    ``broken_at`` is the number of the first row that does not follow, or one past the end when ``head`` is missing.
    Raises StoreError.
    """
    last, seen, count = START, not head, 0
    with store.connect() as connection:
        while rows := connection.execute(
            select(*COLUMNS).where(AuditRow.number > count).order_by(AuditRow.number).limit(PAGE)
        ).all():
            links = [_link(row) for row in rows]
            if broken := verify(links, last, count):
                return Verdict(count, last, broken.number)
            last, count = links[-1].hash, links[-1].number
            seen = seen or any(link.hash == head for link in links)
    return Verdict(count, last, None if seen else count + 1)


def _link(row: Row[Any]) -> Link:
    content = {
        "at": _moment(row.at),
        "who": row.who,
        "action": row.action,
        "subject": row.subject,
        "before": row.before,
        "after": row.after,
    }
    return Link(row.number, content, row.previous, row.hash)


def _moment(at: datetime) -> str:
    """The same text before and after storing, in whatever zone it was given."""
    return at.astimezone(UTC).isoformat()
