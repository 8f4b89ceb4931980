"""Records set aside: look at them, take their bytes, send them in again, purge them; every deed is in the audit log."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from insights.delivery import outbox
from insights.store import Store
from insights.tables import DeadLetterRow
from insights.trust import audit
from insights.trust.people import Person, Role, allowed

AGAIN = "replay"
"""The aggregate type under which the relay finds records to be sent in again; its events go once they are sent."""
MAY = (Role.PRODUCT_OWNER, Role.TEAM_OWNER)
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class SetAside:
    """One dead letter, without its bytes (they may be personal)."""

    id: int
    reason: str
    detail: str
    origin: str
    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One dead letter with its bytes as they came, for sending it in again."""

    id: int
    reason: str
    payload: bytes
    headers: tuple[tuple[str, bytes], ...]


def listed(store: Store, *, reason: str = "", limit: int = 50, before_id: int | None = None) -> tuple[SetAside, ...]:
    """Return dead letters that were not sent in again, newest first; ``before_id`` goes on after a page."""
    wanted = select(
        DeadLetterRow.id,
        DeadLetterRow.reason,
        DeadLetterRow.detail,
        DeadLetterRow.place,
        DeadLetterRow.partition,
        DeadLetterRow.offset,
        func.length(DeadLetterRow.payload).label("size"),
        DeadLetterRow.at,
    ).where(DeadLetterRow.replayed_at.is_(None))
    if reason:
        wanted = wanted.where(DeadLetterRow.reason == reason)
    if before_id is not None:
        wanted = wanted.where(DeadLetterRow.id < before_id)
    with store.connect() as connection:
        rows = connection.execute(wanted.order_by(DeadLetterRow.id.desc()).limit(limit)).all()
    return tuple(
        SetAside(row.id, row.reason, row.detail, _origin(row.place, row.partition, row.offset), row.size, row.at)
        for row in rows
    )


def counts(store: Store) -> tuple[tuple[str, int], ...]:
    """Return how many dead letters wait, by reason, most first. Raises StoreError."""
    with store.connect() as connection:
        return counted(connection)


def counted(connection: Connection) -> tuple[tuple[str, int], ...]:
    """The same inside a transaction that asks more."""
    wanted = select(DeadLetterRow.reason, func.count()).where(DeadLetterRow.replayed_at.is_(None))
    rows = connection.execute(wanted.group_by(DeadLetterRow.reason))
    return tuple(sorted(((str(reason), int(count)) for reason, count in rows), key=lambda pair: (-pair[1], pair[0])))


def payload(store: Store, dead_letter_id: int) -> DeadLetter | None:
    """Return one dead letter with its bytes and headers, or None when there is none of that id."""
    wanted = select(DeadLetterRow.id, DeadLetterRow.reason, DeadLetterRow.payload, DeadLetterRow.headers).where(
        DeadLetterRow.id == dead_letter_id
    )
    with store.connect() as connection:
        row = connection.execute(wanted).one_or_none()
    if row is None:
        return None
    headers = tuple((str(name), str(value).encode("latin-1")) for name, value in row.headers)
    return DeadLetter(row.id, row.reason, row.payload, headers)


def send_again(store: Store, ids: Sequence[int], *, by: Person, at: datetime) -> int:
    """Send records in again, by way of the outbox and the relay, as the bytes they came in; return how many.

    A record that still cannot be read is set aside anew. One that was sent already is left alone. Raises NotAllowed.
    """
    with store.begin() as connection:
        who = allowed(connection, by.id, *MAY).name
        sent = _mark(connection, ids, at)
        for row in sent:
            value = base64.b64encode(row.payload).decode()
            outbox.add(
                connection,
                AGAIN,
                f"{row.place}:{row.id}",
                "dead_letter.sent",
                {"value": value, "headers": row.headers},
                at,
            )
            audit.add(
                connection, who, "dead letter sent again", f"dead_letter:{row.id}", {"reason": row.reason}, None, at
            )
        return len(sent)


def mark_taken_in(store: Store, ids: Sequence[int], *, by: Person, at: datetime) -> int:
    """Note that these were read after all, without the broker; return how many were still waiting. Raises NotAllowed."""
    with store.begin() as connection:
        who = allowed(connection, by.id, *MAY).name
        taken = _mark(connection, ids, at)
        for row in taken:
            audit.add(
                connection, who, "dead letter taken in", f"dead_letter:{row.id}", {"reason": row.reason}, None, at
            )
        return len(taken)


def waiting_ids(store: Store, *, reason: str = "", limit: int = 10_000) -> tuple[int, ...]:
    """Return the ids of dead letters that wait, oldest first. Raises StoreError."""
    wanted = select(DeadLetterRow.id).where(DeadLetterRow.replayed_at.is_(None)).order_by(DeadLetterRow.id)
    if reason:
        wanted = wanted.where(DeadLetterRow.reason == reason)
    with store.connect() as connection:
        return tuple(connection.execute(wanted.limit(limit)).scalars())


def export(store: Store, ids: Sequence[int], *, by: Person, at: datetime) -> tuple[Mapping[str, Any], ...]:
    """Return records as plain values, their bytes in base64: personal data, so for admins, and audited. Raises NotAllowed."""
    with store.begin() as connection:
        who = allowed(connection, by.id, Role.ADMIN).name
        rows = _rows(connection, ids)
        audit.add(connection, who, "dead letters exported", "dead_letter", None, {"count": len(rows)}, at)
    return tuple(
        {
            "id": row.id,
            "reason": row.reason,
            "detail": row.detail,
            "origin": _origin(row.place, row.partition, row.offset),
            "at": row.at.isoformat(),
            "headers": row.headers,
            "payload_base64": base64.b64encode(row.payload).decode(),
        }
        for row in rows
    )


def purge(store: Store, ids: Sequence[int], *, by: Person, at: datetime) -> int:
    """Delete records for good; return how many there were. Raises NotAllowed unless ``by`` is an admin."""
    gone = 0
    with store.begin() as connection:
        who = allowed(connection, by.id, Role.ADMIN).name
        for some in _in_parts(ids):
            gone += connection.execute(delete(DeadLetterRow).where(DeadLetterRow.id.in_(some))).rowcount
        audit.add(connection, who, "dead letters purged", "dead_letter", {"count": gone}, None, at)
    return gone


def _mark(connection: Connection, ids: Sequence[int], at: datetime) -> list[Row[Any]]:
    """Mark those that still wait as sent in again; return them with their bytes."""
    rows = [row for row in _rows(connection, ids) if row.replayed_at is None]
    for some in _in_parts([row.id for row in rows]):
        connection.execute(update(DeadLetterRow).where(DeadLetterRow.id.in_(some)).values(replayed_at=at))
    return rows


def _rows(connection: Connection, ids: Sequence[int]) -> list[Row[Any]]:
    row = DeadLetterRow
    columns = (
        row.id,
        row.reason,
        row.detail,
        row.payload,
        row.headers,
        row.place,
        row.partition,
        row.offset,
        row.at,
        row.replayed_at,
    )
    return [
        found
        for some in _in_parts(ids)
        for found in connection.execute(select(*columns).where(row.id.in_(some)).order_by(row.id).with_for_update())
    ]


def _in_parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def _origin(place: str, partition: int, offset: int) -> str:
    if offset < 0:
        return place
    return f"{place}:{offset}" if partition < 0 else f"{place}[{partition}]@{offset}"
