"""What the stream brought lately: the newest waiting signals, and whether anything came at all."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from insights.store import Store
from insights.tables import FeedbackRow, SignalRow


def latest_arrival(store: Store) -> datetime | None:
    """Return when the latest note was received; None before the first. Raises StoreError."""
    with store.connect() as connection:
        return connection.execute(select(func.max(FeedbackRow.received_at))).scalar_one()


def arrived_since(store: Store, kind: str, moment: datetime) -> frozenset[int]:
    """Return the waiting signals of a kind whose notes were received after a moment. Raises StoreError."""
    wanted = (
        select(SignalRow.id)
        .join(FeedbackRow, FeedbackRow.id == SignalRow.feedback_id)
        .where(FeedbackRow.received_at > moment, SignalRow.kind == kind, SignalRow.theme_id.is_(None))
    )
    with store.connect() as connection:
        return frozenset(connection.execute(wanted).scalars())
