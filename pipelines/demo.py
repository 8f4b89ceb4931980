"""The demonstration: a broker, the shipped notes, the whole way to the board, and live notes while one looks."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from ingest.feedback import feedback_id
from ingest.publisher import Publisher
from ingest.settings import IngestSettings
from insights.delivery.feedback import known_ids
from insights.store import Store
from pipelines.shipped import SOURCE, shipped_events

LIVE_NOTES = 75
LIVE_SECONDS = 6.0
BROKEN = (
    b'{"source": "finchwheel", "external_id": "FW-broken-1", "segments": [',
    b"\xff\xfe not text",
    b'["a list is no note"]',
)
"""Three records such as real exports hold, so that the Pipeline page has something set aside to show."""

Event = dict[str, Any]


def split_live(events: Sequence[Event]) -> tuple[list[Event], list[Event]]:
    """Return (history, live): every seventeenth note is held back, to arrive while the board is open."""
    live = [event for at, event in enumerate(events) if at % 17 == 16][:LIVE_NOTES]
    held = {event["external_id"] for event in live}
    return [event for event in events if event["external_id"] not in held], live


def missing(store: Store, events: Sequence[Event]) -> list[Event]:
    """Return the events that are not stored yet: an embedded broker forgets, the store does not."""
    known = known_ids(store, [feedback_id(SOURCE, event["external_id"]) for event in events])
    return [event for event in events if feedback_id(SOURCE, event["external_id"]) not in known]


def shipped_today() -> list[Event]:
    return list(shipped_events(datetime.now(UTC).date()))


def publish_history(settings: IngestSettings, store: Store, history: Sequence[Event]) -> int:
    """Publish what is not stored yet and return the number of records now on the topic."""
    waiting = missing(store, history)
    if not waiting:
        return 0
    with Publisher(settings) as publisher:
        sent = publisher.publish(waiting)
        if len(waiting) == len(history):
            sent += publisher.send([(f"broken-{at}", body, ()) for at, body in enumerate(BROKEN)])
    return sent


@contextmanager
def live_notes(
    settings: IngestSettings, events: Sequence[Event], seconds: float = LIVE_SECONDS
) -> Iterator[Callable[[], int]]:
    """Publish one note every few seconds from a thread, dated now; yields a function that tells how many went out."""
    stop = threading.Event()
    sent = 0

    def publish() -> None:
        nonlocal sent
        with Publisher(settings) as publisher:
            for event in events:
                if stop.wait(seconds):
                    return
                publisher.publish([event | {"occurred_at": datetime.now(UTC).isoformat()}])
                sent += 1

    thread = threading.Thread(target=publish, name="earshot-live-notes", daemon=True)
    thread.start()
    try:
        yield lambda: sent
    finally:
        stop.set()
        thread.join(timeout=5)
