"""The pipeline page: is everything that was said being heard?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import Connection, case, func, select, text

from insights.counting.packing import NOTES
from insights.delivery import dead_letters
from insights.delivery.dead_letters import SetAside
from insights.store import Store
from insights.tables import ConsumerOffsetRow, CountBlockRow, FeedbackRow
from insights.themes.lineage import last_step

__all__ = ["PartitionStatus", "PipelineStatus", "SetAside", "set_aside", "status"]

MINUTES = 30


@dataclass(frozen=True, slots=True)
class PartitionStatus:
    """Where the store stands in one partition. ``end_offset`` is what the worker last saw; lag is the difference."""

    topic: str
    partition: int
    next_offset: int
    end_offset: int | None
    updated_at: datetime

    @property
    def lag(self) -> int | None:
        return None if self.end_offset is None else max(0, self.end_offset - self.next_offset)


@dataclass(frozen=True, slots=True)
class PipelineStatus:
    """``signals`` counts those that are evidence and gather into themes, ``unassigned`` those of them without one.

    ``per_minute`` counts notes stored in each of the last 30 minutes, oldest first.

    ``themes_version`` grows with every step on themes; with the other numbers it tells whether the board would look
    different.
    """

    notes: int
    signals: int
    unassigned: int
    unread: int
    last_stored_at: datetime | None
    last_occurred_at: datetime | None
    per_minute: tuple[int, ...]
    partitions: tuple[PartitionStatus, ...]
    set_aside: int
    set_aside_by_reason: tuple[tuple[str, int], ...]
    themes_version: int = 0


def status(store: Store, now: datetime) -> PipelineStatus:
    """Return where the pipeline stands. Raises StoreError."""
    with store.connect() as connection:
        stored, said = select(func.max(FeedbackRow.received_at)), select(func.max(FeedbackRow.occurred_at))
        letters = dead_letters.counted(connection)
        records = _records(connection)
        return PipelineStatus(
            notes=records.get(NOTES, 0),
            signals=sum(number for place, number in records.items() if place != NOTES),
            unassigned=sum(number for place, number in records.items() if place < NOTES),
            unread=connection.execute(select(func.count()).select_from(FeedbackRow).where(text("unread"))).scalar_one(),
            last_stored_at=connection.execute(stored).scalar_one(),
            last_occurred_at=connection.execute(said).scalar_one(),
            per_minute=_per_minute(connection, now),
            partitions=_partitions(connection),
            set_aside=sum(count for _, count in letters),
            set_aside_by_reason=letters,
            themes_version=last_step(connection),
        )


def set_aside(store: Store, *, reason: str = "", limit: int = 50, before_id: int | None = None) -> tuple[SetAside, ...]:
    """Return dead letters, newest first; ``before_id`` goes on after a page. Raises StoreError."""
    return dead_letters.listed(store, reason=reason, limit=limit, before_id=before_id)


def _records(connection: Connection) -> dict[int, int]:
    """How many records are counted at each place; the board asks every two seconds, so nothing is counted anew."""
    wanted = select(CountBlockRow.place, func.sum(CountBlockRow.records)).group_by(CountBlockRow.place)
    return {place: int(number) for place, number in connection.execute(wanted)}


def _per_minute(connection: Connection, now: datetime) -> tuple[int, ...]:
    edges = [now - timedelta(minutes=back) for back in range(MINUTES, -1, -1)]
    sums = [
        func.count(case(((FeedbackRow.received_at > start) & (FeedbackRow.received_at <= end), 1)))
        for start, end in pairwise(edges)
    ]
    wanted = select(*sums).where(FeedbackRow.received_at > edges[0], FeedbackRow.received_at <= now)
    return tuple(int(count) for count in connection.execute(wanted).one())


def _partitions(connection: Connection) -> tuple[PartitionStatus, ...]:
    row = ConsumerOffsetRow
    wanted = select(row.topic, row.partition, row.next_offset, row.end_offset, row.updated_at)
    wanted = wanted.order_by(row.topic, row.partition, row.updated_at.desc(), row.topic_id)
    newest: dict[tuple[str, int], PartitionStatus] = {}
    for found in connection.execute(wanted):
        newest.setdefault((found.topic, found.partition), PartitionStatus(*found))
    return tuple(newest.values())
