"""A Kafka source read step by step in the test's own process, where its parts can be looked at and broken."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from kafka import KafkaAdminClient, TopicPartition

from ingest.kafka_source import KafkaSource
from ingest.pseudonyms import Pseudonyms
from ingest.settings import IngestSettings
from ingest.sources import Batch
from ingest.wire import MAX_BYTES, Decoder
from insights.delivery.incidents import tell
from insights.delivery.offsets import Offsets
from insights.store import Store
from tests.faults.fleet import wait_for

KEY = Pseudonyms(b"a key of the tests")


def source_of(settings: IngestSettings, store: Store, max_bytes: int = MAX_BYTES) -> KafkaSource:
    """A source as a worker opens it, whose decoder may be given too small a limit."""
    return KafkaSource(settings, Decoder(KEY, max_bytes=max_bytes), Offsets(store), tell=partial(tell, store))


def delete_records(settings: IngestSettings, partition: int, before: int) -> None:
    """What retention does, or a person who wants to be rid of records: the log begins at an offset from now on."""
    client = KafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    try:
        client.delete_records({TopicPartition(settings.kafka_topic, partition): before})
    finally:
        client.close()


def records_come(stream: Iterator[Batch]) -> None:
    """Read until records come."""
    wait_for(lambda: len(next(stream)) > 0, 45, "records to come")


def read_on(stream: Iterator[Batch], seconds: float) -> None:
    """Read on; that nothing was raised within so many seconds fails the test."""

    def read() -> bool:
        next(stream)
        return False

    wait_for(read, seconds, "the stream to raise")
