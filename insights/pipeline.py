"""The pipeline page: is everything that was said being heard?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from insights.store import Store


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
class SetAside:
    """One dead letter, without its bytes (they may be personal)."""

    id: int
    reason: str
    detail: str
    origin: str
    size: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PipelineStatus:
    """``per_minute`` counts notes stored in each of the last 30 minutes, oldest first."""

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


def status(store: Store, now: datetime) -> PipelineStatus:
    raise NotImplementedError


def set_aside(store: Store, *, reason: str = "", limit: int = 50, before_id: int | None = None) -> tuple[SetAside, ...]:
    """Return dead letters, newest first, by keyset."""
    raise NotImplementedError
