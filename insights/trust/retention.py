"""Keeping nothing longer than it was promised: notes, records set aside and told events go when they are too old."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from insights.store import Store
from insights.tables import DeadLetterRow, FeedbackRow, OutboxRow
from insights.trust import audit
from insights.trust.removal import remove_notes

AT_ONCE = 500
"""Rows in one transaction, so that the stream never waits long for it."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Days to keep things; 0 keeps them for ever. Notes count from when they were said, the others from their writing."""

    notes: int = 0
    dead_letters: int = 90
    events: int = 30


def purge(store: Store, keep: Keep, *, who: str, at: datetime) -> dict[str, int]:
    """Delete what is older than promised; return the rows by table. Raises StoreError."""
    steps: tuple[tuple[int, Callable[[Connection, datetime], Counter[str]]], ...] = (
        (keep.notes, _notes),
        (keep.dead_letters, _letters),
        (keep.events, _events),
    )
    removed: Counter[str] = Counter()
    for days, step in steps:
        while days:
            with store.begin() as connection:
                gone = step(connection, at - timedelta(days=days))
            removed += gone
            if not gone:
                break
    if removed:
        with store.begin() as connection:
            audit.add(connection, who, "retention", "store", None, dict(sorted(removed.items())), at)
    return dict(removed)


def _notes(connection: Connection, before: datetime) -> Counter[str]:
    old = select(FeedbackRow.id).where(FeedbackRow.occurred_at < before).order_by(FeedbackRow.occurred_at)
    return remove_notes(connection, list(connection.execute(old.limit(AT_ONCE)).scalars()))


def _letters(connection: Connection, before: datetime) -> Counter[str]:
    old = select(DeadLetterRow.id).where(DeadLetterRow.at < before).limit(AT_ONCE)
    gone = delete(DeadLetterRow).where(DeadLetterRow.id.in_(old.scalar_subquery()))
    return +Counter(dead_letter=connection.execute(gone).rowcount)


def _events(connection: Connection, before: datetime) -> Counter[str]:
    old = select(OutboxRow.sequence).where(OutboxRow.published_at < before).limit(AT_ONCE)
    gone = delete(OutboxRow).where(OutboxRow.sequence.in_(old.scalar_subquery()))
    return +Counter(outbox=connection.execute(gone).rowcount)
