"""Builders of what the store takes in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from ingest.feedback import Feedback, Segment, Speaker
from nlp.analyzer import Analysis
from nlp.signals import Attribution, Signal, SignalKind, Slot

NOW = datetime(2026, 9, 30, 12, tzinfo=UTC)
ENCODER = "test-4"


def feedback(external_id: str, text: str = "The app does not open the bike.", **fields: Any) -> Feedback:
    """One note by a customer, an hour ago unless told otherwise."""
    values: dict[str, Any] = {"source": "desk", "occurred_at": NOW - timedelta(hours=1)} | fields
    return Feedback(external_id=external_id, segments=(Segment(Speaker.CUSTOMER, text),), **values)


def signal(text: str, kind: SignalKind = SignalKind.PAIN, start: int = 0, **fields: Any) -> Signal:
    """A signal whose words stand at ``start`` of segment 0."""
    values: dict[str, Any] = {
        "confidence": 0.9,
        "rule": "test",
        "severity": 3 if kind is SignalKind.PAIN else 0,
        "slots": (Slot("what", start, start + 3),),
        "attribution": Attribution.CUSTOMER,
    } | fields
    return Signal(kind=kind, segment=0, start=start, end=start + len(text), text=text, **values)


def analysis(
    found: Feedback,
    signals: Sequence[Signal] | None = None,
    vectors: Sequence[Sequence[float]] | None = None,
    **fields: Any,
) -> Analysis:
    """An analysis with one pain over the whole text unless told otherwise."""
    chosen = (signal(found.segments[0].text),) if signals is None else tuple(signals)
    rows = np.asarray(vectors if vectors is not None else [[1.0, 0.0, 0.0, 0.0]] * len(chosen), dtype=np.float32)
    values: dict[str, Any] = {"encoder_id": ENCODER, "language": "en", "unread": False} | fields
    return Analysis(
        feedback=found, signals=chosen, vectors=rows.reshape(len(chosen), rows.shape[-1] if chosen else 4), **values
    )
