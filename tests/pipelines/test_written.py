"""Protects: a note written on the desk arrives, through a broker that forgets, and without any broker."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from ingest.kafka_source import KafkaSource
from ingest.publisher import Publisher
from ingest.wire import Decoder
from insights.delivery import written
from insights.delivery.offsets import Offsets
from insights.delivery.written import Draft, State
from insights.desk import own_notes
from insights.desk.annotations import Judgement, Verdict, annotate
from insights.store import Store
from insights.tables import FeedbackRow, OutboxRow, SignalRow, VectorRow
from insights.trust import people
from insights.trust.people import Person
from nlp.settings import LanguageSettings
from pipelines.analysis_process import AnalysisPool
from pipelines.hand_made import HandMadeWatch
from pipelines.process import Processor
from pipelines.relay import relay_waiting, take_in_written
from pipelines.run import drain
from pipelines.written import Courier
from tests.kafka_brokers import Broker, settings_for

SAID = "Anna Smith from 4 Mill Lane says the lock did not open after she had paid."


@pytest.fixture
def ada(store: Store) -> Person:
    return people.local(store, "Ada")


def write_one(store: Store, ada: Person) -> str:
    return written.write_note(store, Draft(SAID, product="Bikes"), by=ada, at=datetime.now(UTC))


def kept_words(store: Store) -> str:
    with store.connect() as connection:
        return str(connection.execute(select(OutboxRow.payload)).all())


def test_through_the_topic_and_again_when_the_broker_forgot(
    broker: Broker, store: Store, ada: Person, pool: AnalysisPool, decoder: Decoder
) -> None:
    settings = settings_for(broker)
    write_one(store, ada)
    now = [0.0]
    with Publisher(settings) as publisher:
        courier = Courier(store, publisher, seconds=0.0, again=30.0, clock=lambda: now[0])
        assert courier.look() == 1
        assert courier.look() == 0
        now[0] = 31.0
        assert courier.look() == 1
        now[0] = 62.0
        assert courier.look() == 0, "the second time it waits twice as long"
        now[0] = 95.0
        assert courier.look() == 1
        assert relay_waiting(store, publisher, once=True) == 0, "a written note is not an event for others"
        source = KafkaSource(settings, decoder, Offsets(store))
        tally = drain(source, Processor(store, pool), limit=3, timeout=30)
        assert tally.stored == 1
        courier.look()
        assert courier.look() == 0
    assert written.waiting(store) == ()
    assert "Anna" not in kept_words(store)
    assert own_notes.own_notes(store, ada)[0].state is State.HEARD


def test_without_any_broker(store: Store, ada: Person, pool: AnalysisPool, decoder: Decoder) -> None:
    identity = write_one(store, ada)
    assert take_in_written(store, Processor(store, pool), decoder, once=True) == 1
    assert take_in_written(store, Processor(store, pool), decoder, once=True) == 0
    with store.connect() as connection:
        assert connection.execute(select(FeedbackRow.id)).scalars().all() == [identity]
    assert "Anna" not in kept_words(store)
    (mine,) = own_notes.own_notes(store, ada)
    assert (mine.state, mine.product) == (State.HEARD, "Bikes")
    assert "Anna" not in mine.words
    assert [fate.kind for fate in mine.fates] == ["pain"]


def test_marked_words_get_their_vector_from_the_workers(
    store: Store, ada: Person, pool: AnalysisPool, decoder: Decoder
) -> None:
    identity = write_one(store, ada)
    take_in_written(store, Processor(store, pool), decoder, once=True)
    done = annotate(
        store, Judgement(Verdict.ADDED, identity, kind="job", start=0, end=20), by=ada, at=datetime.now(UTC)
    )
    watch = HandMadeWatch(store, LanguageSettings(), seconds=0.0)
    assert watch.look() == 1
    assert watch.look() == 0
    with store.connect() as connection:
        encoders = connection.execute(select(VectorRow.encoder_id).distinct()).scalars().all()
        signals = connection.execute(select(SignalRow.id)).scalars().all()
        vectors = connection.execute(select(VectorRow.signal_id)).scalars().all()
    assert done.signal_id in vectors
    assert sorted(signals) == sorted(vectors)
    assert len(encoders) == 1
