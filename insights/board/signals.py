"""Signals one by one, for other programs: in the order in which they were received, or those of one theme, newest first.

A page ends at a place, and the next begins behind it, so nothing is passed over or met twice while more arrives.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, tuple_

from insights.store import Store
from insights.tables import FeedbackRow, SignalRow
from insights.themes.lineage import resolve

Place = tuple[datetime, int]
"""Where a page ended: a moment, and a signal's id among those of that moment."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A signal with the words that prove it: ``start`` and ``end`` are offsets into segment ``segment`` of its note.

    ``slots`` are (name, start, end) into the same segment.
    """

    id: int
    feedback_id: str
    segment: int
    kind: str
    text: str
    start: int
    end: int
    confidence: float
    severity: int
    attribution: str
    slots: tuple[tuple[str, int, int], ...]
    theme_id: int | None
    occurred_at: datetime
    received_at: datetime
    product: str
    channel: str


def received(store: Store, *, kind: str = "", after: Place | None = None, limit: int = 100) -> tuple[Heard, ...]:
    """Return signals by when their note was received, oldest first, behind a place. Raises StoreError."""
    wanted = _wanted(kind).order_by(FeedbackRow.received_at, SignalRow.id)
    if after is not None:
        wanted = wanted.where(
            FeedbackRow.received_at >= after[0], tuple_(FeedbackRow.received_at, SignalRow.id) > tuple_(*after)
        )
    return _read(store, wanted.limit(limit))


def of_theme(store: Store, theme_id: int, *, before: Place | None = None, limit: int = 100) -> tuple[Heard, ...]:
    """Return the signals of a theme, newest first, behind a place. An id that was merged leads on. Raises StoreError."""
    with store.connect() as connection:
        found = resolve(connection, theme_id) if 0 < theme_id < 2**31 else None
    wanted = _wanted("").where(SignalRow.theme_id == found)
    wanted = wanted.order_by(SignalRow.occurred_at.desc(), SignalRow.id.desc())
    if before is not None:
        wanted = wanted.where(
            SignalRow.occurred_at <= before[0], tuple_(SignalRow.occurred_at, SignalRow.id) < tuple_(*before)
        )
    return _read(store, wanted.limit(limit)) if found is not None else ()


def _wanted(kind: str) -> Select[Any]:
    wanted = select(SignalRow.__table__, FeedbackRow.received_at, FeedbackRow.channel).join(
        FeedbackRow, FeedbackRow.id == SignalRow.feedback_id
    )
    return wanted.where(SignalRow.kind == kind) if kind else wanted


def _read(store: Store, wanted: Select[Any]) -> tuple[Heard, ...]:
    with store.connect() as connection:
        rows = connection.execute(wanted).all()
    return tuple(
        Heard(
            id=row.id,
            feedback_id=row.feedback_id,
            segment=row.segment,
            kind=row.kind,
            text=row.text,
            start=row.start,
            end=row.end,
            confidence=row.confidence,
            severity=row.severity,
            attribution=row.attribution,
            slots=tuple((str(name), int(start), int(end)) for name, start, end in row.slots),
            theme_id=row.theme_id,
            occurred_at=row.occurred_at,
            received_at=row.received_at,
            product=row.product,
            channel=row.channel,
        )
        for row in rows
    )
