"""What others should hear of: written with the change itself, published later, at least once, each with its id."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from insights.store import Store
from insights.tables import OutboxRow


@dataclass(frozen=True, slots=True)
class OutboxEvent:
    """One event in Debezium's outbox shape: topic by ``aggregatetype``, key ``aggregateid``, ``id`` to tell repeats."""

    id: str
    aggregatetype: str
    aggregateid: str
    type: str
    payload: Mapping[str, Any]
    created_at: datetime


def add(
    connection: Connection,
    aggregatetype: str,
    aggregateid: str,
    event: str,
    payload: Mapping[str, Any],
    at: datetime,
) -> None:
    """Put an event into the outbox, in the transaction of the change it tells of."""
    row = {
        "id": str(uuid.uuid4()),
        "aggregatetype": aggregatetype,
        "aggregateid": aggregateid,
        "type": event,
        "payload": dict(payload),
        "created_at": at,
    }
    connection.execute(insert(OutboxRow).values(row))


def waiting(store: Store, limit: int = 100, *, besides: str = "") -> tuple[OutboxEvent, ...]:
    """Return events not yet published, oldest first, ``limit`` at most, those of one type left out. Raises StoreError."""
    columns = (
        OutboxRow.id,
        OutboxRow.aggregatetype,
        OutboxRow.aggregateid,
        OutboxRow.type,
        OutboxRow.payload,
        OutboxRow.created_at,
    )
    wanted = select(*columns).where(OutboxRow.published_at.is_(None), OutboxRow.aggregatetype != besides)
    wanted = wanted.order_by(OutboxRow.sequence).limit(limit)
    with store.connect() as connection:
        return tuple(OutboxEvent(*row) for row in connection.execute(wanted))


def mark_published(store: Store, ids: Sequence[str], at: datetime) -> int:
    """Note that these events are out; return how many were still waiting. Raises StoreError."""
    done = update(OutboxRow).where(OutboxRow.id.in_(ids), OutboxRow.published_at.is_(None)).values(published_at=at)
    with store.begin() as connection:
        return connection.execute(done).rowcount


def drop(store: Store, ids: Sequence[str]) -> int:
    """Delete events that are out and hold what must not be kept; return how many. Raises StoreError."""
    with store.begin() as connection:
        return connection.execute(delete(OutboxRow).where(OutboxRow.id.in_(ids))).rowcount
