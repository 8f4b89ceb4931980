"""Notes for tests, made in one place."""

from __future__ import annotations

from datetime import UTC, datetime

from ingest.feedback import Feedback, Segment, Speaker


def note(external_id: str, text: str, *, version: int = 0) -> Feedback:
    return Feedback(
        source="test",
        external_id=external_id,
        occurred_at=datetime(2026, 11, 2, 9, tzinfo=UTC),
        segments=(Segment(Speaker.CUSTOMER, text),),
        version=version,
    )
