"""From the outbox to the topic: what people and refreshes wrote, told to other systems at least once, each with its id."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from time import sleep

from ingest.publisher import Publisher
from ingest.wire import Decoder
from insights.delivery.dead_letters import AGAIN
from insights.delivery.outbox import OutboxEvent, drop, mark_published, waiting
from insights.delivery.written import TYPE
from insights.store import Store
from pipelines.carrier import Carrier, IntakeSource
from pipelines.process import Processor
from pipelines.run import drain
from pipelines.written import Courier, WrittenSource

BATCH = 500
IDLE_SECONDS = 1.0


def relay_waiting(
    store: Store, publisher: Publisher, *, once: bool = False, stop: Callable[[], bool] = lambda: False
) -> int:
    """Publish waiting events in order, then wait for more unless ``once``; return how many were published.

    Notes written on the desk go to the notes' own topic, and are sent again until they are stored.
    An event is marked only after the broker confirmed it: a crash in between sends it again with the same id.
    """
    published = 0
    courier = Courier(store, publisher)
    carrier = Carrier(store, publisher)
    while not stop():
        courier.look()
        carried = carrier.look()
        published += carried
        events = waiting(store, BATCH, besides=TYPE)
        by_topic: dict[str, list[OutboxEvent]] = {}
        for event in events:
            by_topic.setdefault(f"earshot.{event.aggregatetype}", []).append(event)
        for topic, group in by_topic.items():
            ids = [event.id for event in group]
            if topic == f"earshot.{AGAIN}":
                published += publisher.send([_as_it_came(event) for event in group])
                # Raw bytes of records: they are not kept longer than it takes to send them.
                drop(store, ids)
                continue
            published += publisher.send([_message(event) for event in group], topic)
            mark_published(store, ids, datetime.now(UTC))
        if not events and not carried:
            if once:
                break
            sleep(IDLE_SECONDS)
    return published


def take_in_written(
    store: Store,
    processor: Processor,
    decoder: Decoder,
    *,
    once: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> int:
    """Analyse and store notes written on the desk and events taken in, without any broker; return how many were taken in. Raises StoreError."""
    taken = 0
    while not stop():
        for source in (WrittenSource(store, decoder), IntakeSource(store, decoder)):
            taken += drain(source, processor, stop=stop).seen
        if once:
            break
        sleep(IDLE_SECONDS)
    return taken


def _as_it_came(event: OutboxEvent) -> tuple[str, bytes, tuple[tuple[str, bytes], ...]]:
    """A record that was set aside, with the bytes and headers it first came in, for the notes' own topic."""
    headers = tuple((str(name), str(value).encode("latin-1")) for name, value in event.payload["headers"])
    return event.aggregateid, base64.b64decode(event.payload["value"]), headers


def _message(event: OutboxEvent) -> tuple[str, bytes, tuple[tuple[str, bytes], ...]]:
    """Debezium's outbox shape: key = aggregate id, header ``id`` for deduplication, header ``type``."""
    headers = (("id", event.id.encode()), ("type", event.type.encode()))
    return event.aggregateid, json.dumps(event.payload, ensure_ascii=False).encode(), headers
