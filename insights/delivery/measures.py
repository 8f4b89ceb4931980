"""What the stream amounts to in numbers, for whoever watches it from outside. Counts and times only, nobody's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from insights.delivery import incidents, pipeline
from insights.store import Store
from insights.tables import OutboxRow


@dataclass(frozen=True, slots=True)
class Lag:
    """How far the store is behind the log in one partition: records, and seconds since it last moved while some wait."""

    topic: str
    partition: int
    records: int
    seconds: float
    next_offset: int


@dataclass(frozen=True, slots=True)
class Measures:
    notes: int
    signals: int
    unassigned: int
    dead_letters: tuple[tuple[str, int], ...]
    lags: tuple[Lag, ...]
    outbox_waiting: int
    incidents: tuple[tuple[str, int], ...]
    last_stored_at: datetime | None


def measures(store: Store, now: datetime) -> Measures:
    """Return the numbers of this moment. Raises StoreError."""
    status = pipeline.status(store, now)
    with store.connect() as connection:
        waiting = connection.execute(select(func.count()).where(OutboxRow.published_at.is_(None))).scalar_one()
    kinds = [one.kind.value for one in incidents.unsettled(store)]
    lags = [
        Lag(
            part.topic,
            part.partition,
            part.lag or 0,
            max(0.0, (now - part.updated_at).total_seconds()) if part.lag else 0.0,
            part.next_offset,
        )
        for part in status.partitions
    ]
    return Measures(
        notes=status.notes,
        signals=status.signals,
        unassigned=status.unassigned,
        dead_letters=status.set_aside_by_reason,
        lags=tuple(lags),
        outbox_waiting=waiting,
        incidents=tuple((kind, kinds.count(kind)) for kind in incidents.IncidentKind),
        last_stored_at=status.last_stored_at,
    )
