"""P3 to P7: bytes that cannot or must not be unpacked, notes that take for ever, floods, and dead letters that go round."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaProducer

from ingest import kafka_source
from ingest.feedback import Reason
from ingest.kafka_source import KafkaSource
from ingest.kafka_watchdog import Unreadable
from ingest.publisher import NotPublished, Publisher
from ingest.settings import IngestSettings
from ingest.wire import encode
from insights.delivery import dead_letters, incidents, outbox, pipeline
from insights.delivery.incidents import IncidentKind
from insights.store import Store
from insights.trust import audit, people
from pipelines.analysis_process import AnalysisPool
from pipelines.process import Processor
from pipelines.relay import relay_waiting
from pipelines.run import drain
from tests.faults.fleet import allowed, wait_for
from tests.faults.load import note, publish
from tests.faults.places import Manned, Opened, Record, on_both
from tests.faults.reading import delete_records, read_on, source_of
from tests.faults.standing import letters, notes, read_to
from tests.insights.notes import NOW
from tests.kafka_brokers import Broker, running_apache, settings_for
from tests.pipelines.analyzers import troubled
from tests.pipelines.test_relay import DyingPublisher

pytestmark = pytest.mark.fault


def flood(settings: IngestSettings, count: int) -> None:
    """Notes of three kilobytes, which a decoder with too small a limit cannot read."""
    large = [note(number) | {"extra_words": "x" * 3_000} for number in range(count)]
    with Publisher(settings) as publisher:
        publisher.send((f"k{at}", encode(event), ()) for at, event in enumerate(large))


def ends_unreadable(reading: KafkaSource, why: str) -> None:
    """Within ten seconds, without spinning."""
    stream = reading.batches()
    next(stream)
    started, spent = time.monotonic(), time.process_time()
    with pytest.raises(Unreadable, match=why):
        read_on(stream, 20)
    assert time.monotonic() - started <= allowed(10)
    assert time.process_time() - spent < 0.5 * (time.monotonic() - started) + 1
    reading.close()


@on_both
def test_p3_a_codec_that_is_missing_ends_the_worker_without_spinning(
    broker: Broker, url: str, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail when the client is polled again after the error: 100 % of a core, for ever."""
    from kafka import codec

    settings = settings_for(broker, kafka_partitions=1)
    publish(settings, 30, poison=0, twice=0)
    monkeypatch.setattr(codec, "has_zstd", lambda: False)
    ends_unreadable(source_of(settings, opened(url)), r"kafka-python\[crc32c,lz4,snappy,zstd\]")


@pytest.mark.apache
def test_p3_records_whose_checksum_is_wrong_end_the_worker_without_spinning(
    tmp_path: Path, sqlite_url: str, opened: Opened
) -> None:
    """One bit of the broker's file is turned while it is down. Seen to fail with check_crcs=False: no word in 400 s."""
    with running_apache(tmp_path / "kafka") as broker:
        settings, store = settings_for(broker, kafka_partitions=1), opened(sqlite_url)
        publish(settings, 30, poison=0, twice=0)
        broker.stop()
        (log,) = (broker.folder / "data").glob(f"{settings.kafka_topic}-0/*.log")
        content = bytearray(log.read_bytes())
        content[-1] ^= 1
        log.write_bytes(content)
        broker.start()
        ends_unreadable(source_of(settings, store), r"CorruptRecordError.*the broker's disk")
        assert (notes(store), letters(store), read_to(store)) == (0, 0, 0)


def bomb(settings: IngestSettings, key: str) -> None:
    """Three hundred million zeros, which gzip makes small enough for any broker."""
    producer = KafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap, compression_type="gzip", max_request_size=2**30
    )
    producer.send(settings.kafka_topic, key=key.encode(), value=bytes(300_000_000)).get(timeout=120)
    producer.close()


@pytest.mark.apache
def test_p4_a_bomb_is_not_unpacked_and_the_other_partitions_go_on(
    apache: Broker, url: str, manned: Manned, opened: Opened, record_property: Record
) -> None:
    """On Apache Kafka only: Tansu unpacks a batch itself. Seen to fail without `kafka_unpacking.bound`: nothing was told."""
    settings, store = settings_for(apache, kafka_partitions=4), opened(url)
    publish(settings, 400, poison=0, twice=0)
    bomb(settings, "a key of one partition")
    publish(settings, 400, start=400, poison=0, twice=0)
    workers = manned(settings, url)
    worker = workers.start()
    wait_for(lambda: len(incidents.unsettled(store)) == 1, 90, "the bomb to be met", workers)
    wait_for(lambda: _read_in_full(settings, store) == 3, 90, "the other partitions to be read", workers)
    (incident,) = incidents.unsettled(store)
    assert incident.kind is IncidentKind.SWOLLEN
    assert worker.alive
    assert 400 < notes(store) < 800
    peak = worker.peak_megabytes()
    record_property("most memory, MB", peak)
    assert peak < 1_000
    worker.send(signal.SIGTERM)
    wait_for(lambda: not worker.alive, 30, "the worker to end", workers)
    place, offset = re.findall(r"\[(\d+)\]$", incident.place)[0], re.findall(r"offset (\d+)", incident.detail)[0]
    delete_records(settings, int(place), int(offset) + 1)
    workers.start()
    wait_for(lambda: notes(store) == 800, 90, "the rest to be read", workers)


@pytest.fixture
def troubled_pool() -> Iterator[AnalysisPool]:
    with AnalysisPool(troubled) as pool:  # type: ignore[arg-type]
        yield pool


@on_both
def test_p5_notes_that_take_for_ever_are_set_aside_and_no_heartbeat_is_missed(
    broker: Broker, url: str, opened: Opened, troubled_pool: AnalysisPool
) -> None:
    """Three patterns that hold the interpreter. Seen to fail with the analysis in the worker's process: it hung until it was killed."""
    settings, store = settings_for(broker, kafka_partitions=1), opened(url)
    evil = {10, 11, 40}
    with Publisher(settings) as publisher:
        publisher.publish(
            note(at) | {"segments": [{"speaker": "customer", "text": "evil" if at in evil else f"words {at}"}]}
            for at in range(60)
        )
    source = source_of(settings, store)
    drain(source, Processor(store, troubled_pool), limit=60, timeout=240)
    assert (notes(store), read_to(store)) == (57, 60)
    with store.connect() as connection:
        assert dead_letters.counted(connection) == ((Reason.ANALYSIS_TIMEOUT.value, 3),)
    assert source.clients == 1, "it kept its place in the group"


@on_both
@pytest.mark.parametrize("mend", ["the reader", "a person closes it"])
def test_p6_a_flood_of_unreadable_records_stops_the_partition_and_loses_nothing(
    broker: Broker, url: str, opened: Opened, quick_pool: AnalysisPool, mend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail without the breaker: all five hundred were set aside."""
    monkeypatch.setattr(kafka_source, "HELD_SECONDS", 1.0)
    settings, store = settings_for(broker, kafka_partitions=1), opened(url)
    flood(settings, 500)
    processor = Processor(store, quick_pool)
    held_at = list[float]()
    drain(
        source_of(settings, store, 2_000),
        processor,
        timeout=240,
        stop=lambda: len(held_at) > 8,
        meanwhile=lambda: incidents.unsettled(store) and held_at.append(time.monotonic()),
    )
    assert (notes(store), letters(store), read_to(store)) == (0, 0, 0)
    (incident,) = incidents.unsettled(store)
    assert incident.kind is IncidentKind.BREAKER
    if mend == "the reader":
        drain(source_of(settings, store), Processor(store, quick_pool), limit=500, timeout=240)
        assert (notes(store), letters(store), read_to(store)) == (500, 0, 500)
        assert incidents.history(store)[0].closed_by == incidents.MACHINE
    else:
        incidents.close(store, incident.id, by=people.local(store, at=NOW), at=NOW)
        drain(source_of(settings, store, 2_000), processor, limit=500, timeout=240)
        assert (notes(store), letters(store), read_to(store)) == (0, 500, 500)
    assert not incidents.unsettled(store)


@on_both
def test_p6_one_bad_partition_does_not_stop_the_others(
    broker: Broker, url: str, opened: Opened, quick_pool: AnalysisPool
) -> None:
    settings, store = settings_for(broker, kafka_partitions=4), opened(url)
    with Publisher(settings) as publisher:
        publisher.send(("one key", b"no json", ()) for _ in range(300))
        publisher.publish([note(number) for number in range(400)])

    def others_are_read() -> bool:
        return bool(incidents.unsettled(store)) and _read_in_full(settings, store) == 3

    drain(source_of(settings, store), Processor(store, quick_pool), timeout=240, stop=others_are_read)
    (incident,) = incidents.unsettled(store)
    assert incident.kind is IncidentKind.BREAKER
    assert 200 < notes(store) < 400, "the notes of the other partitions"
    assert letters(store) == 0


def _read_in_full(settings: IngestSettings, store: Store) -> int:
    """How many partitions the store has read to their end."""
    parts = pipeline.status(store, NOW).partitions
    return sum(part.topic == settings.kafka_topic and part.lag == 0 for part in parts)


@on_both
def test_p7_a_thousand_letters_go_round_by_outbox_and_relay_and_land_once(
    broker: Broker, url: str, opened: Opened, quick_pool: AnalysisPool
) -> None:
    """Set aside by a reader with too small a limit, sent again, read by a better one. The relay dies once in between."""
    settings, store = settings_for(broker, kafka_partitions=2), opened(url)
    flood(settings, 1_000)
    admin, patient = people.local(store, at=NOW), Processor(store, quick_pool)
    patient._breaker.passes = lambda *_: True  # type: ignore[method-assign]  # they are to be set aside
    drain(source_of(settings, store, 2_000), patient, limit=1_000, timeout=240)
    ids = dead_letters.waiting_ids(store)
    assert len(ids) == 1_000
    assert dead_letters.send_again(store, ids, by=admin, at=NOW) == 1_000
    with Publisher(settings) as publisher:
        with pytest.raises(NotPublished):
            relay_waiting(store, DyingPublisher(publisher), once=True)  # type: ignore[arg-type]
        assert relay_waiting(store, publisher, once=True) == 1_000
    assert not outbox.waiting(store)
    drain(source_of(settings, store), Processor(store, quick_pool), limit=1_500, timeout=240)
    assert (notes(store), len(dead_letters.waiting_ids(store))) == (1_000, 0)
    assert len(audit.entries(store, action="dead letter sent again", limit=2_000)) == 1_000
