"""The notes of Finchwheel, an invented e-bike subscription: what `earshot demo` plays.

They carry days before import (``day`` -84 to -1) instead of dates, so that the twelve weeks always end today.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from typing import Any

SOURCE = "finchwheel"


def shipped_events(today: date) -> Iterator[dict[str, Any]]:
    """Yield the shipped notes as events of schema version 1, oldest first, as if imported on ``today``."""
    notes = files("pipelines").joinpath("finchwheel/notes.jsonl").read_text(encoding="utf-8")
    for line in notes.splitlines():
        event = json.loads(line)
        day = today + timedelta(days=event.pop("day"))
        moment = datetime.combine(day, time.fromisoformat(event.pop("time")), tzinfo=UTC)
        yield {"schema_version": 1, "source": SOURCE, "occurred_at": moment.isoformat(), **event}
