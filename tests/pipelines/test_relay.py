"""Protects: what happens to themes reaches other systems at least once, in order, each event with its id."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from kafka import KafkaConsumer

from ingest.publisher import NotPublished, Publisher
from insights.delivery.outbox import waiting
from insights.store import Store
from insights.themes import curation
from insights.themes.curation import Decision
from pipelines.relay import relay_waiting
from tests.kafka_brokers import Broker, settings_for
from tests.pipelines.subjects import NOW, hear

PERSON = Decision("Mira", "they say the same", NOW)


@pytest.fixture
def events(store: Store) -> list[str]:
    """Two themes made and merged: three events wait. Returns their ids."""
    signals = hear(store, [0, 0, 0, 1, 1, 1], tag="relay")
    first = curation.create(store, "pain", "Lock does not open", signals[:3], PERSON).theme_id
    second = curation.create(store, "pain", "Refund never came", signals[3:], PERSON).theme_id
    curation.merge(store, second, first, PERSON)
    return [event.id for event in waiting(store)]


class DyingPublisher:
    """A real publisher whose process "dies" after the broker confirmed the events, before anyone could note it."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def send(self, messages: Iterable[Any], topic: str = "") -> int:
        self._publisher.send(messages, topic)
        raise NotPublished("gone")


def test_events_arrive_once_more_rather_than_never(broker: Broker, store: Store, events: list[str]) -> None:
    settings = settings_for(broker)
    with Publisher(settings) as publisher:
        with pytest.raises(NotPublished):
            relay_waiting(store, DyingPublisher(publisher), once=True)  # type: ignore[arg-type]
        assert [event.id for event in waiting(store)] == events
        assert relay_waiting(store, publisher, once=True) == len(events)
        assert relay_waiting(store, publisher, once=True) == 0
    consumer = KafkaConsumer(
        "earshot.theme",
        bootstrap_servers=broker.bootstrap,
        auto_offset_reset="earliest",
        group_id=None,
        consumer_timeout_ms=4_000,
    )
    heard = [record for record in consumer if dict(record.headers)["id"].decode() in events]
    consumer.close()
    ids = [dict(record.headers)["id"].decode() for record in heard]
    assert set(ids) == set(events)
    assert len(ids) == 2 * len(events)
    types = {dict(record.headers)["type"].decode() for record in heard}
    assert {"theme.created", "theme.merged"} <= types
    assert all(isinstance(json.loads(record.value), dict) for record in heard)
