"""D9, D10, P3, P6: a log that lost records or holds nothing but poison, a client that hangs, bytes it cannot unpack."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition

from ingest import kafka_log_watch, kafka_source, kafka_watchdog
from ingest.kafka_log_watch import TopicReset
from ingest.kafka_source import KafkaSource
from ingest.kafka_watchdog import Stuck, Unreadable
from ingest.pseudonyms import Pseudonyms
from ingest.publisher import NotPublished, Publisher
from ingest.settings import IngestSettings
from ingest.sources import Trouble
from ingest.wire import Decoder, encode
from insights.delivery import dead_letters, incidents, outbox
from insights.delivery.incidents import IncidentKind
from insights.delivery.offsets import Offsets
from insights.store import Store
from insights.trust import audit, people
from pipelines.analysis_process import AnalysisPool
from pipelines.process import Processor
from pipelines.relay import relay_waiting
from pipelines.run import drain
from tests.faults.hearing import quick
from tests.faults.load import note, publish
from tests.faults.standing import letters, notes, read_to
from tests.ingest.test_kafka_source import MemoryStore, make_again
from tests.insights.notes import NOW
from tests.kafka_brokers import Broker, settings_for
from tests.pipelines.test_relay import DyingPublisher

pytestmark = pytest.mark.fault
KEY = Pseudonyms(b"a key of the tests")


@pytest.fixture(scope="module")
def quick_pool() -> Iterator[AnalysisPool]:
    with AnalysisPool(quick) as pool:  # type: ignore[arg-type]
        yield pool


@pytest.fixture
def source(tansu: Broker) -> Iterator[tuple[KafkaSource, IngestSettings, list[Trouble]]]:
    """A source over a topic of one partition with thirty notes, and what it tells."""
    settings, told = settings_for(tansu, kafka_partitions=1), list[Trouble]()
    publish(settings, 30, poison=0, twice=0)
    made = KafkaSource(settings, Decoder(KEY), MemoryStore(), told.append)
    yield made, settings, told
    made.close()


def first_records(source: KafkaSource) -> Iterator[Any]:
    """Read until records come; return the running stream."""
    stream = source.batches()
    deadline = time.monotonic() + 45
    while not len(next(stream)):
        assert time.monotonic() < deadline
    return stream


def read_on(stream: Iterator[Any], seconds: float) -> None:
    """Read until the stream raises; longer than so many seconds fails the test."""
    started = time.monotonic()
    for _ in stream:
        assert time.monotonic() - started < seconds


def test_d10_a_poll_that_hangs_is_left_and_the_client_built_anew(
    source: tuple[KafkaSource, IngestSettings, list[Trouble]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ought to fail, not tried yet: without the deadline: the test hung until it was killed."""
    monkeypatch.setattr(kafka_watchdog, "HUNG_SECONDS", 1.0)
    reading, settings, _ = source
    stream = first_records(reading)
    before = reading._consumer
    before.poll = lambda **_: time.sleep(600)  # like a client that waits for something that never comes
    started = time.monotonic()
    assert not len(next(stream))
    assert time.monotonic() - started < 60
    publish(settings, 5, start=100, poison=0, twice=0)
    deadline = time.monotonic() + 45
    while not len(next(stream)):
        assert time.monotonic() < deadline
    assert reading._consumer is not before


def test_d10_a_client_that_hangs_a_third_time_ends_the_worker(
    source: tuple[KafkaSource, IngestSettings, list[Trouble]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_watchdog, "HUNG_SECONDS", 0.5)
    reading, _, _ = source
    stream = first_records(reading)

    def spin(*_: object, **__: object) -> None:
        while True:  # the fault of kafka-python 3.0.12 after a record that could not be unpacked
            pass

    monkeypatch.setattr(KafkaConsumer, "poll", spin)
    with pytest.raises(Stuck, match="3 times in a row"):
        read_on(stream, 60)


def test_d10_a_client_that_hands_out_nothing_though_records_wait_is_built_anew(
    source: tuple[KafkaSource, IngestSettings, list[Trouble]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail without `_check_that_it_moves`: it waited for ever."""
    monkeypatch.setattr(kafka_watchdog, "STALLED_SECONDS", 1.0)
    reading, settings, _ = source
    stream = first_records(reading)
    before = reading._consumer
    before.poll = lambda **_: time.sleep(0.1) or {}
    publish(settings, 5, start=100, poison=0, twice=0)
    deadline = time.monotonic() + 45
    while not len(next(stream)):
        assert time.monotonic() < deadline
    assert reading._consumer is not before


def test_d9_a_topic_made_again_is_told(
    source: tuple[KafkaSource, IngestSettings, list[Trouble]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_log_watch, "BEYOND_SECONDS", 1.0)
    reading, settings, told = source
    stream = first_records(reading)
    make_again(settings)
    with pytest.raises(TopicReset):
        read_on(stream, 30)
    assert [trouble.kind for trouble in told][:1] in (["recreated"], ["reset"])


@pytest.mark.apache
@pytest.mark.parametrize("when", ["before the start", "while it is read"])
def test_d9_records_that_retention_took_are_told_and_the_rest_is_read(
    apache: Broker, sqlite_url: str, quick_pool: AnalysisPool, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ought to fail, not tried yet: without the look at the log's beginning: the stream jumped, and nobody heard of it."""
    settings = settings_for(apache, kafka_partitions=1)
    publish(settings, 50, poison=0, twice=0)
    with Store(sqlite_url) as store:

        def reading() -> KafkaSource:
            return KafkaSource(settings, Decoder(KEY), Offsets(store), lambda trouble: incidents.tell(store, trouble))

        if when == "before the start":
            drain(reading(), Processor(store, quick_pool), limit=50, timeout=240)
            publish(settings, 50, start=100, poison=0, twice=0)
            _take_away(settings, 80)
            drain(reading(), Processor(store, quick_pool), limit=20, timeout=240)
        else:
            poll, taken = KafkaSource._poll, list[bool]()

            def lose_then_poll(self: KafkaSource, timeout_ms: int) -> Any:
                if self._members.position and next(iter(self._members.position.values())) == 50 and not taken:
                    taken.append(True)
                    self._consumer.pause(*self._members.placed())
                    publish(settings, 50, start=100, poison=0, twice=0)
                    _take_away(settings, 80)
                    self._consumer.resume(*self._members.placed())
                return poll(self, timeout_ms)

            monkeypatch.setattr(KafkaSource, "_poll", lose_then_poll)
            drain(reading(), Processor(store, quick_pool), limit=70, timeout=240)
            assert taken
        (gap,) = incidents.unsettled(store)
        assert (gap.kind, gap.place) == (IncidentKind.GAP, f"{settings.kafka_topic}[0]")
        assert "offsets 50 to 79" in gap.detail
        assert (notes(store), read_to(store)) == (70, 100)


def _take_away(settings: IngestSettings, before: int) -> None:
    """What retention does, at once."""
    client = KafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    try:
        client.delete_records({TopicPartition(settings.kafka_topic, 0): before})
    finally:
        client.close()


def _flood(settings: IngestSettings, count: int) -> None:
    """Notes of three kilobytes, which a decoder with too small a limit cannot read."""
    large = [note(number) | {"extra_words": "x" * 3_000} for number in range(count)]
    with Publisher(settings) as publisher:
        publisher.send((f"k{at}", encode(event), ()) for at, event in enumerate(large))


@pytest.mark.parametrize("mend", ["the reader", "a person closes it"])
def test_p6_a_flood_of_unreadable_records_stops_the_partition_and_loses_nothing(
    tansu: Broker, sqlite_url: str, quick_pool: AnalysisPool, mend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail without the breaker: all five hundred were set aside."""
    monkeypatch.setattr(kafka_source, "HELD_SECONDS", 1.0)
    settings = settings_for(tansu, kafka_partitions=1)
    _flood(settings, 500)

    with Store(sqlite_url) as store:
        admin = people.local(store, at=NOW)
        processor = Processor(store, quick_pool)

        def reading(limit: int) -> KafkaSource:
            return KafkaSource(settings, Decoder(KEY, max_bytes=limit), Offsets(store))

        drain(reading(2_000), processor, timeout=10)
        assert (notes(store), letters(store), read_to(store)) == (0, 0, 0)
        (incident,) = incidents.unsettled(store)
        assert incident.kind is IncidentKind.BREAKER
        if mend == "the reader":
            drain(reading(256_000), Processor(store, quick_pool), limit=500, timeout=240)
            assert (notes(store), letters(store), read_to(store)) == (500, 0, 500)
            assert incidents.history(store)[0].closed_by == incidents.MACHINE
        else:
            incidents.close(store, incident.id, by=admin, at=NOW)
            drain(reading(2_000), processor, limit=500, timeout=240)
            assert (notes(store), letters(store), read_to(store)) == (0, 500, 500)
        assert not incidents.unsettled(store)


def test_p6_one_bad_partition_does_not_stop_the_others(
    tansu: Broker, sqlite_url: str, quick_pool: AnalysisPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_source, "HELD_SECONDS", 1.0)
    settings = settings_for(tansu, kafka_partitions=4)
    with Publisher(settings) as publisher:
        publisher.send(("one key", b"no json", ()) for _ in range(300))
        publisher.publish([note(number) for number in range(400)])
    with Store(sqlite_url) as store:
        drain(KafkaSource(settings, Decoder(KEY), Offsets(store)), Processor(store, quick_pool), timeout=15)
        (incident,) = incidents.unsettled(store)
        held = notes(store)
        assert 200 < held < 400, "the notes of the other partitions"
        assert letters(store) == 0
        assert incident.kind is IncidentKind.BREAKER


def test_p3_a_codec_that_is_missing_ends_the_worker_within_ten_seconds_without_spinning(
    source: tuple[KafkaSource, IngestSettings, list[Trouble]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail when the client is polled again after the error: 100 % of a core, for ever."""
    from kafka import codec

    reading, _, _ = source
    monkeypatch.setattr(codec, "has_zstd", lambda: False)
    started, spent = time.monotonic(), time.process_time()
    with pytest.raises(Unreadable, match=r"kafka-python\[crc32c,lz4,snappy,zstd\]"):
        read_on(reading.batches(), 10)
    assert time.process_time() - spent < 0.5 * (time.monotonic() - started) + 1


def test_v2_checksums_are_made_by_the_fast_library() -> None:
    """Without crc32c a consumer reads 9,150 messages a second instead of 100,600."""
    import crc32c
    from kafka.record import util

    assert util.calc_crc32c(b"earshot") == crc32c.crc32c(b"earshot")
    assert util.calc_crc32c.__module__ != "kafka.record._crc32c"


def test_p7_a_thousand_letters_go_round_by_outbox_and_relay_and_land_once(
    tansu: Broker, sqlite_url: str, quick_pool: AnalysisPool
) -> None:
    """Set aside by a reader with too small a limit, sent again, read by a better one. The relay dies once in between."""
    settings = settings_for(tansu, kafka_partitions=2)
    _flood(settings, 1_000)
    with Store(sqlite_url) as store:
        admin, patient = people.local(store, at=NOW), Processor(store, quick_pool)
        patient._breaker.passes = lambda *_: True  # type: ignore[method-assign]  # they are to be set aside
        strict = Decoder(KEY, max_bytes=2_000)
        drain(KafkaSource(settings, strict, Offsets(store)), patient, limit=1_000, timeout=240)
        ids = dead_letters.waiting_ids(store)
        assert len(ids) == 1_000
        assert dead_letters.send_again(store, ids, by=admin, at=NOW) == 1_000
        with Publisher(settings) as publisher:
            with pytest.raises(NotPublished):
                relay_waiting(store, DyingPublisher(publisher), once=True)  # type: ignore[arg-type]
            assert relay_waiting(store, publisher, once=True) == 1_000
        assert not outbox.waiting(store)
        reader = KafkaSource(settings, Decoder(KEY), Offsets(store))
        drain(reader, Processor(store, quick_pool), limit=1_500, timeout=240)
        assert (notes(store), len(dead_letters.waiting_ids(store))) == (1_000, 0)
        assert len(audit.entries(store, action="dead letter sent again", limit=2_000)) == 1_000
