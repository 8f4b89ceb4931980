"""D10: a client that hangs, or hands out nothing though records wait, is replaced; the third time the worker ends."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from kafka import KafkaConsumer

from ingest import kafka_watchdog
from ingest.kafka_source import KafkaSource
from ingest.kafka_watchdog import Stuck
from ingest.settings import IngestSettings
from ingest.sources import Batch
from ingest.wire import Decoder
from tests.faults.fleet import allowed, wait_for
from tests.faults.load import publish
from tests.faults.places import Manned, Opened, on_both
from tests.faults.reading import KEY, read_on, records_come
from tests.faults.standing import notes
from tests.ingest.test_kafka_source import MemoryStore
from tests.kafka_brokers import Broker, settings_for

pytestmark = pytest.mark.fault


@pytest.fixture
def reading(broker: Broker) -> Iterator[tuple[KafkaSource, IngestSettings, Iterator[Batch]]]:
    """A source over a topic of one partition, whose first thirty notes were read."""
    settings = settings_for(broker, kafka_partitions=1)
    publish(settings, 30, poison=0, twice=0)
    source = KafkaSource(settings, Decoder(KEY), MemoryStore())
    stream = source.batches()
    records_come(stream)
    yield source, settings, stream
    source.close()


@pytest.mark.parametrize("how", ["never comes back", "comes back empty"])
def test_d10_a_client_that_hangs_or_hands_out_nothing_is_left_and_built_anew(
    reading: tuple[KafkaSource, IngestSettings, Iterator[Batch]], how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail without the deadline: the test hung until it was killed.

    Seen to fail without `_check_that_it_moves`: it waited for ever.
    """
    monkeypatch.setattr(kafka_watchdog, "HUNG_SECONDS", allowed(1.0))
    monkeypatch.setattr(kafka_watchdog, "STALLED_SECONDS", allowed(6.0))  # longer than a client needs to join the group
    source, settings, stream = reading
    before = source._consumer
    seconds = 600 if how == "never comes back" else 0.1
    before.poll = lambda **_: time.sleep(seconds) or {}  # like a client that waits for something that never comes
    publish(settings, 5, start=100, poison=0, twice=0)
    started = time.monotonic()
    records_come(stream)
    assert time.monotonic() - started <= allowed(60)
    assert source._consumer is not before
    assert source.clients == 2


def test_d10_a_client_that_hangs_a_third_time_ends_the_worker(
    reading: tuple[KafkaSource, IngestSettings, Iterator[Batch]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_watchdog, "HUNG_SECONDS", allowed(0.5))
    _, _, stream = reading

    def spin(*_: object, **__: object) -> Any:
        while True:  # the fault of kafka-python 3.0.12 after a record that could not be unpacked
            pass

    monkeypatch.setattr(KafkaConsumer, "poll", spin)
    with pytest.raises(Stuck, match="3 times in a row"):
        read_on(stream, 60)


@on_both
def test_d10_a_worker_whose_client_hangs_time_and_again_ends_with_code_1(
    broker: Broker, url: str, manned: Manned, opened: Opened
) -> None:
    """As a process, so that whoever watches it starts the next one, which goes on."""
    settings, store = settings_for(broker, kafka_max_poll_records=50), opened(url)
    publish(settings, 1_000, poison=0, twice=0)
    workers = manned(settings, url)
    worker = workers.start(fault="hang@after poll#4")
    wait_for(lambda: not worker.alive, 60, "the worker to end", workers)
    assert worker.code == 1, worker.said
    assert "Stuck" in worker.said
    assert notes(store) < 1_000
    workers.start()
    wait_for(lambda: notes(store) == 1_000, 90, "the next one to finish", workers)
