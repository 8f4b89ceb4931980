"""The stream on both brokers: every record once, in order, whatever is broken, frozen, moved or made again."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaProducer

from ingest import kafka_group, kafka_log_watch, kafka_source
from ingest.feedback import Reason
from ingest.kafka_client import TopicIdentity, ensure_topic
from ingest.kafka_log_watch import TopicReset
from ingest.kafka_source import KafkaSource
from ingest.pseudonyms import Pseudonyms
from ingest.publisher import Publisher
from ingest.settings import IngestSettings
from ingest.sources import Batch, Progress
from ingest.wire import Decoder
from tests.ingest.poison import GOOD, POISON
from tests.kafka_brokers import Broker, frozen, settings_for

PATIENCE = 45.0


class MemoryStore:
    """The store's part in miniature: offsets move by compare-and-set, together with what was read."""

    def __init__(self) -> None:
        self.offsets: dict[tuple[str, int], int] = {}
        self.stored: dict[int, list[str]] = defaultdict(list)
        self.rejected: list[Reason] = []
        self.refused = 0
        self._one_at_a_time = threading.Lock()

    def next_offset(self, topic: TopicIdentity, partition: int) -> int | None:
        return self.offsets.get((topic.topic_id, partition))

    def take(self, batch: Batch) -> bool:
        """Store a batch, or refuse it whole when another reader was there first."""
        with self._one_at_a_time:
            return self._take(batch)

    def _take(self, batch: Batch) -> bool:
        places = {(part.topic_id, part.partition): part for part in batch.progress}
        if any(self.offsets.get(place, part.start) != part.start for place, part in places.items()):
            self.refused += 1
            return False
        self.offsets.update({place: part.next for place, part in places.items()})
        for item in batch.items:
            self.stored[item.origin.partition].append(item.feedback.external_id)
        self.rejected.extend(record.reason for record in batch.rejected)
        return True

    @property
    def ids(self) -> list[str]:
        return [external_id for partition in self.stored.values() for external_id in partition]


@pytest.fixture
def decoder() -> Decoder:
    return Decoder(Pseudonyms(b"a key of the tests"))


@pytest.fixture
def opened(decoder: Decoder) -> Iterator[Callable[..., Reader]]:
    """Open readers that are closed at the test's end."""
    readers: list[Reader] = []

    def open_reader(settings: IngestSettings, store: MemoryStore) -> Reader:
        readers.append(Reader(KafkaSource(settings, decoder, store), store))
        return readers[-1]

    yield open_reader
    for reader in readers:
        reader.source.close()


class Reader:
    """A worker's loop, one step at a time: read, store, then tell the source."""

    def __init__(self, source: KafkaSource, store: MemoryStore) -> None:
        self.source = source
        self.read_from: set[int] = set()
        self._store = store
        self._batches = source.batches()

    def step(self) -> Batch:
        batch = next(self._batches)
        if self._store.take(batch):
            self.source.ack(batch)
        else:
            self.source.start_over()
        self.read_from = {place.partition for place in self.source._members.placed()}
        return batch

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Work in a thread of its own, as a worker does, and leave the group at the end."""
        stopping = threading.Event()

        def work() -> None:
            while not stopping.is_set():
                self.step()
            self.source.close()

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            thread.join(PATIENCE)


def until(done: Callable[[], bool], *readers: Reader) -> None:
    """Let the readers work until something is so; a stuck stream fails the test instead of hanging it."""
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, "the stream did not get there in time"
        for reader in readers:
            reader.step()


def wait_until(done: Callable[[], bool], meanwhile: Callable[[], object] = lambda: None) -> None:
    """Wait for readers that work in threads."""
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, "the stream did not get there in time"
        meanwhile()
        time.sleep(0.2)


def notes(how_many: int, start: int = 0) -> list[dict[str, Any]]:
    return [GOOD | {"external_id": f"n-{number:05}"} for number in range(start, start + how_many)]


def publish(settings: IngestSettings, events: list[dict[str, Any]]) -> list[str]:
    with Publisher(settings) as publisher:
        assert publisher.publish(events) == len(events)
    return [event["external_id"] for event in events]


def more(settings: IngestSettings, sent: list[str]) -> list[str]:
    return publish(settings, notes(5, start=len(sent)))


@contextmanager
def admin(settings: IngestSettings) -> Iterator[KafkaAdminClient]:
    client = KafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap)
    try:
        yield client
    finally:
        client.close()


def test_every_record_arrives_once_and_in_order(broker: Broker, opened: Callable[..., Reader]) -> None:
    settings, store = settings_for(broker), MemoryStore()
    sent = publish(settings, notes(1_500))
    until(lambda: len(store.ids) >= len(sent), opened(settings, store))
    assert sorted(store.ids) == sent
    assert len(store.stored) == settings.kafka_partitions, "the key spreads records over all partitions"
    assert all(ids == sorted(ids) for ids in store.stored.values())


def test_versions_of_one_record_stay_in_order(broker: Broker, opened: Callable[..., Reader]) -> None:
    settings, store = settings_for(broker), MemoryStore()
    publish(settings, [GOOD | {"external_id": "one", "version": version} for version in range(50)])
    reader, versions = opened(settings, store), list[int]()
    deadline = time.monotonic() + PATIENCE
    while len(versions) < 50 and time.monotonic() < deadline:
        versions += [item.feedback.version for item in reader.step().items]
    assert versions == list(range(50))


def test_p1_poison_is_set_aside_with_its_bytes_and_the_next_record_goes_on(
    broker: Broker, opened: Callable[..., Reader]
) -> None:
    settings, store = settings_for(broker, kafka_partitions=1), MemoryStore()
    bodies = [(body, reason) for body, reason in POISON.values() if body is None or len(body) < 900_000]
    with Publisher(settings) as publisher:
        publisher.send(
            (f"k{at}", body, (("trace", str(at).encode()),)) for at, (body, _) in enumerate(bodies) if body is not None
        )
        publisher.publish([GOOD | {"external_id": "after the poison"}])
    reader, batches = opened(settings, store), list[Batch]()
    until(lambda: batches.append(reader.step()) or "after the poison" in store.ids)  # type: ignore[func-returns-value]
    rejected = [record for batch in batches for record in batch.rejected]
    sent = [(body, reason) for body, reason in bodies if body is not None]
    assert [(record.payload, record.reason) for record in rejected] == [pair for pair in sent if pair[1] is not None]
    offsets = [at for at, (_, reason) in enumerate(sent) if reason is not None]
    assert [record.origin.offset for record in rejected] == offsets
    traces = [str(at).encode() for at, (body, reason) in enumerate(bodies) if body is not None and reason is not None]
    assert [record.headers for record in rejected] == [(("trace", trace),) for trace in traces]


def test_a_tombstone_is_set_aside(broker: Broker, opened: Callable[..., Reader]) -> None:
    settings, store = settings_for(broker, kafka_partitions=1), MemoryStore()
    ensure_topic(settings)
    producer = KafkaProducer(bootstrap_servers=settings.kafka_bootstrap)
    producer.send(settings.kafka_topic, key=b"gone", value=None).get(timeout=20)
    producer.close()
    publish(settings, notes(1))
    until(lambda: store.ids == ["n-00000"], opened(settings, store))
    assert store.rejected == [Reason.EMPTY]


def test_p3_every_codec_is_read(broker: Broker, opened: Callable[..., Reader]) -> None:
    settings, store = settings_for(broker, kafka_partitions=1), MemoryStore()
    ensure_topic(settings)
    codecs = ("gzip", "lz4", "snappy", "zstd", None)
    bodies = [body for body, reason in POISON.values() if body is not None and reason is None]
    for codec in codecs:
        producer = KafkaProducer(bootstrap_servers=settings.kafka_bootstrap, compression_type=codec, linger_ms=50)
        for body in bodies:
            producer.send(settings.kafka_topic, value=body)
        producer.flush(timeout=20)
        producer.close()
    until(lambda: len(store.ids) == len(bodies) * len(codecs), opened(settings, store))
    assert store.ids == store.ids[: len(bodies)] * len(codecs)
    assert not store.rejected


def test_a_restart_reads_on_from_the_store_whatever_kafka_was_told(
    broker: Broker, opened: Callable[..., Reader]
) -> None:
    settings, store = settings_for(broker, kafka_max_poll_records=20), MemoryStore()
    sent = publish(settings, notes(200))
    first = opened(settings, store)
    first.source.ack = lambda _: None  # type: ignore[method-assign]  # Kafka never hears of it
    until(lambda: len(store.ids) >= 60, first)
    lost_on_the_way = next(first._batches)
    first.source.close()
    assert len(store.ids) < 200
    sent += publish(settings, notes(50, start=200))
    until(lambda: len(store.ids) >= 250, opened(settings, store))
    assert sorted(store.ids) == sent, f"{len(lost_on_the_way)} records were in hand when the worker ended"


def test_d5_workers_share_the_topic_and_take_over_from_each_other(
    broker: Broker, opened: Callable[..., Reader]
) -> None:
    """One worker, then two, then one, under load: nothing is lost and nothing is stored twice."""
    settings, store = settings_for(broker, kafka_max_poll_records=20), MemoryStore()
    sent = publish(settings, notes(200))
    one, two = opened(settings, store), opened(settings, store)
    with one.at_work():
        wait_until(lambda: len(store.ids) == len(sent))
        with two.at_work():
            wait_until(
                lambda: {len(one.read_from), len(two.read_from)} == {2}, lambda: sent.extend(more(settings, sent))
            )
            wait_until(lambda: len(store.ids) >= len(sent))
            assert not one.read_from & two.read_from, "each partition has one reader"
        sent += publish(settings, notes(100, start=len(sent)))
        wait_until(lambda: len(store.ids) >= len(sent))
    assert sorted(store.ids) == sorted(sent)


def test_d4_a_frozen_broker_costs_time_only(broker: Broker, opened: Callable[..., Reader]) -> None:
    settings, store = settings_for(broker), MemoryStore()
    reader = opened(settings, store)
    sent = publish(settings, notes(50))
    until(lambda: len(store.ids) >= 50, reader)
    with frozen(broker):
        thawing = time.monotonic() + 8
        while time.monotonic() < thawing:
            reader.step()
    sent += publish(settings, notes(50, start=50))
    until(lambda: len(store.ids) >= 100, reader)
    assert sorted(store.ids) == sent


def test_d3_a_refused_batch_is_read_again_from_the_store(broker: Broker, opened: Callable[..., Reader]) -> None:
    """A zombie's batch is refused by compare-and-set; the zombie reads again from where the store really stands."""
    settings, store = settings_for(broker, kafka_partitions=1, kafka_max_poll_records=10), MemoryStore()
    sent = publish(settings, notes(40))
    reader = opened(settings, store)
    until(lambda: len(store.ids) >= 10, reader)
    topic = ensure_topic(settings)
    overtaking = Progress("", topic.topic, topic.topic_id, 0, len(store.ids), 30)
    store.stored[0] += sent[len(store.ids) : 30]
    store.offsets[topic.topic_id, 0] = overtaking.next
    until(lambda: len(store.ids) >= 40, reader)
    assert store.refused == 1
    assert store.ids == sent


def test_d9_a_topic_made_again_while_it_is_read_is_noticed(
    broker: Broker, opened: Callable[..., Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_log_watch, "BEYOND_SECONDS", 1.0)
    settings, store = settings_for(broker, kafka_partitions=1), MemoryStore()
    reader = opened(settings, store)
    publish(settings, notes(30))
    until(lambda: len(store.ids) >= 30, reader)
    make_again(settings)
    with pytest.raises(TopicReset, match=r"made again.* Start the worker anew"):
        until(lambda: False, reader)


def test_d9_a_log_that_ends_below_what_is_stored_is_refused_at_the_start(
    broker: Broker, opened: Callable[..., Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_log_watch, "BEYOND_SECONDS", 1.0)
    settings, store = settings_for(broker, kafka_partitions=1), MemoryStore()
    publish(settings, notes(3))
    store.offsets[ensure_topic(settings).topic_id, 0] = 10
    with pytest.raises(TopicReset, match=r"ends at [03], but 10 is already stored"):
        until(lambda: False, opened(settings, store))


def test_d9_a_topic_made_again_is_another_log_to_the_next_worker(broker: Broker, opened: Callable[..., Reader]) -> None:
    """The stored offsets belong to the old log: the new one is read from its start."""
    settings, store = settings_for(broker, kafka_partitions=1), MemoryStore()
    publish(settings, notes(30))
    reader = opened(settings, store)
    until(lambda: len(store.ids) >= 30, reader)
    reader.source.close()
    before = ensure_topic(settings)
    make_again(settings)
    publish(settings, notes(5, start=30))
    if ensure_topic(settings).topic_id == before.topic_id:
        with pytest.raises(TopicReset):
            until(lambda: False, opened(settings, store))
    else:
        until(lambda: len(store.ids) >= 35, opened(settings, store))


@pytest.mark.parametrize("alive", [True, False], ids=["kept alive", "left alone"])
def test_d7_a_long_batch_keeps_its_membership_or_is_read_again(
    broker: Broker, opened: Callable[..., Reader], monkeypatch: pytest.MonkeyPatch, alive: bool
) -> None:
    """Three times the poll interval: with keep_alive it costs no rebalance; without, the group gives its records away.

    Then they come again, the store refuses what it has, and nothing is doubled. Seen to fail when keep_alive does nothing.
    """
    configured = kafka_group.configuration
    monkeypatch.setattr(
        kafka_source, "configuration", lambda given: configured(given) | {"max_poll_interval_ms": 2_500}
    )
    settings, store = settings_for(broker, kafka_max_poll_records=10), MemoryStore()
    sent = publish(settings, notes(60))
    reader = opened(settings, store)
    until(lambda: len(store.ids) >= 10, reader)
    lost: list[object] = []
    forget = kafka_group.Membership._forget

    def note_and_forget(self: kafka_group.Membership, gone: Any) -> None:
        lost.extend(gone)
        forget(self, gone)

    monkeypatch.setattr(kafka_group.Membership, "_forget", note_and_forget)
    batch = next(reader._batches)
    ends = time.monotonic() + 7.5
    while time.monotonic() < ends:
        time.sleep(0.5)
        if alive:
            reader.source.keep_alive()
    assert store.take(batch)
    until(lambda: len(store.ids) >= 60, reader)
    assert bool(lost) is not alive
    assert sorted(store.ids) == sent


def test_waiting_for_records_hands_back_control(broker: Broker, opened: Callable[..., Reader]) -> None:
    """A worker must be able to stop: an idle stream yields empty batches, at least one a second."""
    settings, store = settings_for(broker), MemoryStore()
    publish(settings, notes(1))
    reader = opened(settings, store)
    until(lambda: len(store.ids) == 1, reader)
    started = time.monotonic()
    assert all(len(reader.step()) == 0 for _ in range(3))
    assert time.monotonic() - started < 3


def make_again(settings: IngestSettings) -> None:
    """Delete the topic and make it again, empty."""
    with admin(settings) as client:
        client.delete_topics([settings.kafka_topic])
        for _ in count():
            if settings.kafka_topic not in client.list_topics():
                break
            time.sleep(0.1)
    ensure_topic(settings)
