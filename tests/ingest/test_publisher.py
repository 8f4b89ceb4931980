"""What the publisher says is out must be on the topic, and what is not must be said."""

from __future__ import annotations

import time

import pytest
from kafka import KafkaConsumer, TopicPartition

from ingest.feedback import feedback_id
from ingest.kafka_client import BrokerUnreachable, ensure_topic
from ingest.publisher import NotPublished, Publisher
from ingest.settings import IngestSettings
from ingest.wire import encode
from tests.ingest.poison import GOOD
from tests.kafka_brokers import Broker, settings_for


def on_topic(settings: IngestSettings, how_many: int) -> list[tuple[bytes, bytes, list[tuple[str, bytes]]]]:
    consumer = KafkaConsumer(bootstrap_servers=settings.kafka_bootstrap, auto_offset_reset="earliest")
    try:
        consumer.assign([TopicPartition(settings.kafka_topic, at) for at in range(settings.kafka_partitions)])
        found: list[tuple[bytes, bytes, list[tuple[str, bytes]]]] = []
        for _ in range(50):
            for records in consumer.poll(timeout_ms=300).values():
                found += [(record.key, record.value, list(record.headers)) for record in records]
            if len(found) >= how_many:
                break
        return found
    finally:
        consumer.close()


def test_events_are_keyed_by_record_and_headers_travel(broker: Broker) -> None:
    settings = settings_for(broker)
    with Publisher(settings) as publisher:
        assert publisher.publish([GOOD]) == 1
        assert publisher.send([("k", b"v", (("why", b"because"),))]) == 1
    assert sorted(on_topic(settings, 2)) == sorted(
        [(feedback_id("desk", "n-1").encode(), encode(GOOD), []), (b"k", b"v", [("why", b"because")])]
    )


def test_another_topic_is_made_when_it_is_missing(broker: Broker) -> None:
    """The relay writes to topics that nobody has made; Apache Kafka runs here as in most companies, making none by itself."""
    settings = settings_for(broker)
    with Publisher(settings) as publisher:
        assert publisher.send([("theme-1", b"{}", (("id", b"1"),))], f"{settings.kafka_topic}.theme") == 1
    other = settings_for(broker, kafka_topic=f"{settings.kafka_topic}.theme")
    assert on_topic(other, 1) == [(b"theme-1", b"{}", [("id", b"1")])]


def test_an_event_larger_than_the_broker_takes_is_named(broker: Broker) -> None:
    with Publisher(settings_for(broker)) as publisher, pytest.raises(NotPublished, match="larger"):
        publisher.send([("k", b"x" * 5_000_000, ())])


@pytest.mark.parametrize("address", ["127.0.0.1:1", "no such host:9092", "127.0.0.1", "", "127.0.0.1:1,127.0.0.1:2"])
def test_a_broker_that_is_not_there_is_named_at_once_with_the_mend(address: str) -> None:
    started = time.monotonic()
    with pytest.raises(BrokerUnreachable, match=rf"answers at {address} .*EARSHOT_KAFKA_BOOTSTRAP.*earshot demo"):
        ensure_topic(IngestSettings(kafka_bootstrap=address))
    assert time.monotonic() - started < 5


def test_the_topic_is_made_once_and_keeps_its_identity(broker: Broker) -> None:
    settings = settings_for(broker, kafka_partitions=3)
    first, again = ensure_topic(settings), ensure_topic(settings)
    assert first == again
    assert first.topic == settings.kafka_topic
    assert first.cluster
