"""Records set aside: look at them, take their bytes, and note that they were sent in again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from insights.store import Store
from insights.tables import DeadLetterRow


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


def mark_replayed(store: Store, ids: Sequence[int], at: datetime) -> int:
    """Note that these were sent in again; return how many were still waiting. Raises StoreError."""
    done = update(DeadLetterRow).where(DeadLetterRow.id.in_(ids), DeadLetterRow.replayed_at.is_(None))
    with store.begin() as connection:
        return connection.execute(done.values(replayed_at=at)).rowcount


def _origin(place: str, partition: int, offset: int) -> str:
    if offset < 0:
        return place
    return f"{place}:{offset}" if partition < 0 else f"{place}[{partition}]@{offset}"
