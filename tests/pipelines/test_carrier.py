"""Protects: what other systems send arrives, through a broker that forgets, and without any broker."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from ingest.embedded_broker import EmbeddedBroker
from ingest.intake.delivery import read
from ingest.kafka_source import KafkaSource
from ingest.publisher import Publisher
from ingest.wire import Decoder, encode
from insights.delivery import intake
from insights.delivery.offsets import Offsets
from insights.store import Store
from pipelines.analysis_process import AnalysisPool
from pipelines.carrier import Carrier
from pipelines.process import Processor
from pipelines.relay import relay_waiting, take_in_written
from pipelines.run import drain
from tests.insights.notes import NOW
from tests.kafka_brokers import Broker, settings_for
from tests.pipelines.analyzers import troubled

COUNT = 30


@pytest.fixture(scope="module")
def quiet() -> Iterator[AnalysisPool]:
    with AnalysisPool(troubled) as pool:
        yield pool


def send(store: Store, decoder: Decoder, words: str = "It broke.") -> None:
    events = [
        {
            "external_id": str(number),
            "occurred_at": NOW.isoformat(),
            "segments": [{"speaker": "customer", "text": words}],
        }
        for number in range(COUNT)
    ]
    deliveries = [read(event, None, "helpdesk", decoder, encode(event)) for event in events]
    intake.keep(store, deliveries, datetime.now(UTC), remember=timedelta(days=7))


def test_through_the_topic_to_the_store(broker: Broker, store: Store, quiet: AnalysisPool, decoder: Decoder) -> None:
    settings = settings_for(broker)
    send(store, decoder)
    with Publisher(settings) as publisher:
        assert relay_waiting(store, publisher, once=True) == COUNT
        assert relay_waiting(store, publisher, once=True) == 0
    tally = drain(KafkaSource(settings, decoder, Offsets(store)), Processor(store, quiet), limit=COUNT, timeout=30)
    assert tally.stored == COUNT
    assert intake.settle(store) == COUNT
    assert intake.backlog(store) == 0


def test_a_broker_that_forgot_is_sent_everything_again(store: Store, quiet: AnalysisPool, decoder: Decoder) -> None:
    send(store, decoder)
    later = datetime.now(UTC) + timedelta(minutes=2)
    with EmbeddedBroker() as first, Publisher(settings_for(first)) as publisher:
        assert Carrier(store, publisher).look() == COUNT
    with EmbeddedBroker() as second:
        settings = settings_for(second)
        with Publisher(settings) as publisher:
            assert Carrier(store, publisher, clock=lambda: later).look() == COUNT
        tally = drain(KafkaSource(settings, decoder, Offsets(store)), Processor(store, quiet), limit=COUNT, timeout=30)
    assert tally.stored == COUNT
    assert intake.settle(store) == COUNT


def test_without_a_broker(store: Store, quiet: AnalysisPool, decoder: Decoder) -> None:
    send(store, decoder)
    assert take_in_written(store, Processor(store, quiet), decoder, once=True) == COUNT
    assert intake.backlog(store) == 0


def test_a_note_that_cannot_be_analysed_is_set_aside_and_done(
    store: Store, quiet: AnalysisPool, decoder: Decoder
) -> None:
    send(store, decoder, "unsafe")
    take_in_written(store, Processor(store, quiet), decoder, once=True)
    assert intake.backlog(store) == 0
