"""Feedback from a Kafka topic, as one member of a consumer group.

The store's offsets decide where reading starts; Kafka's own are only told afterwards, for lag tools. Facts about
kafka-python 3.0.12 that shape this file: a deserializer that raises loses records, so there is none; a consumer that
raised from ``poll()`` spins for ever if polled again, so it is closed and replaced; a blocking call in a rebalance
listener wedges the group, so the listener only pauses and takes notes.
"""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import structlog
from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.errors import CorruptRecordError, KafkaError, UnsupportedCodecError
from kafka.structs import OffsetAndMetadata

from ingest.feedback import InvalidFeedback, Origin, Received, Rejected
from ingest.kafka_client import TopicIdentity, connection, ensure_topic
from ingest.settings import IngestSettings
from ingest.sources import Batch, Progress, Trouble
from ingest.wire import Decoder

POLL_MS = 300
CLOSE_MS = 3_000
COMMIT_MS = 3_000
EMPTY_SECONDS = (30.0, 900.0)
BACKOFF_SECONDS = (0.3, 30.0)
BEYOND_SECONDS = 10.0
HELD_SECONDS = 30.0
HUNG_SECONDS = 30.0
STALLED_SECONDS = 60.0
HANGS_ALLOWED = 2
UNREADABLE_TRIES = 3
UNREADABLE = (UnsupportedCodecError, CorruptRecordError)

log = structlog.get_logger(__name__)


class TopicReset(RuntimeError):
    """The log ends below the offset that is already stored: the topic was emptied or made again."""


class Stuck(RuntimeError):
    """The client hung again and again although it was built anew each time; a fresh process may fare better."""


class Unreadable(RuntimeError):
    """The log holds bytes that this machine cannot unpack; the message names the mend. Nothing was skipped."""


class Hung(RuntimeError):
    """A call of the Kafka client did not come back."""


class StoredOffsets(Protocol):
    """Where the store stands; implemented by insights, called between polls only."""

    def next_offset(self, topic: TopicIdentity, partition: int) -> int | None:
        """Return the next offset to read, or None when nothing of this log was ever stored."""
        ...


class KafkaSource:
    """A Source over a consumer group. Batches hold the records of one poll; idle polls yield empty batches.

    ``clients`` counts the Kafka clients built so far: one, and one for each that had to be replaced.
    """

    def __init__(
        self,
        settings: IngestSettings,
        decoder: Decoder,
        stored: StoredOffsets,
        tell: Callable[[Trouble], object] = lambda _: None,
    ) -> None:
        self._settings = settings
        self._decoder = decoder
        self._stored = stored
        self._tell = tell
        self._members = _Membership()
        self._consumer: Any = None
        self._topic = TopicIdentity("", settings.kafka_topic, "")
        self._broken = False
        self._beyond: dict[TopicPartition, float] = {}
        self._held: dict[TopicPartition, float] = {}
        self._hangs = self._unreadable = 0
        self.clients = 0
        self._moved_at = time.monotonic()
        self._empty_since, self._empty_for = time.monotonic(), EMPTY_SECONDS[0]

    def batches(self) -> Iterator[Batch]:
        """Poll for ever. Raises BrokerUnreachable at the start only; later troubles are waited out.

        Raises TopicReset when the log no longer reaches what is stored, Stuck when the client hangs time and again,
        and Unreadable when it cannot unpack what the log holds.
        """
        self._connect()
        failures, try_again = 0, 0.0
        while True:
            if self._broken and time.monotonic() < try_again:
                time.sleep(POLL_MS / 1000)
                yield Batch(())
                continue
            if self._broken:
                self._reconnect(failures)
            records = self._poll(POLL_MS)
            self._guarded(self._place_newcomers)
            self._guarded(self._try_held_again)
            self._guarded(self._check_logs)
            self._guarded(self._check_that_it_moves)
            self._ask_again_when_empty()
            failures = failures + 1 if self._broken else 0
            try_again = time.monotonic() + backoff(failures)
            batch = self._batch(records)
            if len(batch):
                self._hangs, self._unreadable, self._moved_at = 0, 0, time.monotonic()
            yield batch

    def keep_alive(self) -> None:
        """Poll with everything paused, so that a long batch does not cost the membership."""
        if self._broken or self._consumer is None:
            return
        placed = self._members.placed()
        self._moved_at = time.monotonic()
        self._guarded(lambda: self._consumer.pause(*placed))
        self._poll(0)
        self._guarded(lambda: self._consumer.resume(*(placed & self._members.placed()) - self._held.keys()))

    def ack(self, batch: Batch) -> None:
        """Tell Kafka, for lag tools. Failing is harmless: the store's offsets are the ones that count."""
        if self._broken or not batch.progress:
            return
        done = {
            TopicPartition(part.topic, part.partition): OffsetAndMetadata(part.next, "", -1) for part in batch.progress
        }
        ours = {place: offset for place, offset in done.items() if place in self._members.position}
        if not ours:
            return
        try:
            self._consumer.commit(ours, timeout_ms=COMMIT_MS)
        except KafkaError as error:
            log.warning("offsets_not_told_to_kafka", error=type(error).__name__)

    def start_over(self) -> None:
        """Give up everything in hand and read again from the store's offsets (after the store refused a batch)."""
        self._broken = True

    def hold(self, parts: Sequence[Progress]) -> None:
        """Pause these partitions where the parts begin; after HELD_SECONDS they are read again from there."""
        for part in parts:
            place = TopicPartition(part.topic, part.partition)
            if place not in self._members.position or self._broken:
                continue
            self._held[place] = time.monotonic() + HELD_SECONDS
            self._members.position[place] = part.start
            self._guarded(lambda place=place: self._consumer.pause(place))  # type: ignore[misc]

    def close(self) -> None:
        """Leave the group, within CLOSE_MS and a little."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            with deadline(2 * CLOSE_MS / 1000, "close"):
                consumer.close(timeout_ms=CLOSE_MS)

    def _connect(self) -> None:
        self._topic = ensure_topic(self._settings)
        self._members = _Membership()
        self._beyond, self._held = {}, {}
        self._moved_at = time.monotonic()
        self._consumer = KafkaConsumer(**self._configuration())
        self.clients += 1
        self._members.consumer = self._consumer
        self._consumer.subscribe([self._topic.topic], listener=self._members)
        # A member that leads the group before it has seen the topic's partitions hands out none of them.
        self._consumer.partitions_for_topic(self._topic.topic)
        self._empty_since = time.monotonic()
        self._broken = False

    def _reconnect(self, failures: int) -> None:
        """Close the consumer and build a new one."""
        try:
            self.close()
        except Exception as error:
            log.warning("consumer_not_closed", error=type(error).__name__)
        try:
            self._connect()
            log.info("consumer_rebuilt", failures=failures)
        except (KafkaError, RuntimeError) as error:
            log.warning("broker_unreachable", error=str(error))

    def _poll(self, timeout_ms: int) -> dict[TopicPartition, list[Any]]:
        if self._broken:
            return {}
        try:
            with deadline(HUNG_SECONDS, "poll"):
                records: dict[TopicPartition, list[Any]] = self._consumer.poll(timeout_ms=timeout_ms)
        except Hung:
            self._hung("poll did not come back")
            return {}
        except UNREADABLE as error:
            self._broken = True
            self._unreadable += 1
            log.error("records_unreadable", error=type(error).__name__, times=self._unreadable)
            if self._unreadable >= UNREADABLE_TRIES:
                raise Unreadable(
                    f"records of {self._topic.topic} cannot be unpacked ({type(error).__name__}: {error}); install the codecs "
                    "(kafka-python[crc32c,lz4,snappy,zstd]), or look at the broker's disk if they are damaged"
                ) from error
            return {}
        except Exception as error:
            log.warning("poll_failed", error=type(error).__name__, detail=str(error)[:200])
            self._broken = True
            return {}
        return records

    def _guarded(self, step: Callable[[], None]) -> None:
        """Run a step that talks to the broker; a broker that does not answer, or a partition gone meanwhile, means rebuild."""
        if self._broken:
            return
        try:
            step()
        except (KafkaError, KeyError, AssertionError) as error:
            log.warning("consumer_failed", error=type(error).__name__, detail=str(error)[:200])
            self._broken = True

    def _hung(self, how: str) -> None:
        self._hangs += 1
        log.error("consumer_hung", how=how, times=self._hangs)
        self._broken = True
        if self._hangs > HANGS_ALLOWED:
            raise Stuck(
                f"the Kafka client hung {self._hangs} times in a row ({how}); the worker ends, so that whoever watches it "
                "starts it anew"
            )

    def _check_that_it_moves(self) -> None:
        """Rebuild a client that hands out nothing for a minute although there is something to read."""
        if time.monotonic() - self._moved_at < STALLED_SECONDS:
            return
        self._moved_at = time.monotonic()
        flowing = {place: at for place, at in self._members.position.items() if place not in self._held}
        ends = self._consumer.end_offsets(list(flowing)) if flowing else {}
        if any(ends[place] > position for place, position in flowing.items()):
            self._hung("records wait and none comes")

    def _try_held_again(self) -> None:
        """Let the partitions whose time has come flow again, from where they were held."""
        for place, until in list(self._held.items()):
            if place not in self._members.position:
                del self._held[place]
            elif time.monotonic() >= until:
                del self._held[place]
                self._consumer.seek(place, self._members.position[place])
                self._consumer.resume(place)

    def _check_logs(self) -> None:
        """Notice a topic that was made again, and a log that ends before our place in it: neither raises by itself.

        The end is the one told with each fetch, for ListOffsets is too low on the embedded broker. A new leader may lag
        for a moment, so only a lasting gap counts.
        """
        identity = self._consumer._cluster.topic_id(self._topic.topic)  # from the client's own metadata; no public way
        if identity is not None and self._topic.topic_id and str(identity) != self._topic.topic_id:
            raise self._reset("recreated", self._topic.topic, f"{self._topic.topic} was made again while it was read")
        for place, position in dict(self._members.position).items():
            end = self._consumer.highwater(place)
            if end is None or end >= position:
                self._beyond.pop(place, None)
            elif time.monotonic() - self._beyond.setdefault(place, time.monotonic()) > BEYOND_SECONDS:
                raise self._reset("reset", _name(place), _ends_below(place, end, position))

    def _ask_again_when_empty(self) -> None:
        """Join anew after long without a partition, ever more seldom: a busy client can be left out of an assignment.

        Workers beyond the number of partitions rightly have none, and each new try costs the others a rebalance.
        """
        if self._members.position:
            self._empty_since, self._empty_for = time.monotonic(), EMPTY_SECONDS[0]
        elif time.monotonic() - self._empty_since > self._empty_for:
            log.warning("no_partition_assigned", seconds=round(self._empty_for))
            self._empty_for = min(EMPTY_SECONDS[1], 2 * self._empty_for)
            self._broken = True

    def _place_newcomers(self) -> None:
        """Move each newly assigned partition to the store's offset, then let it flow."""
        for place in self._members.newcomers():
            begin = self._consumer.beginning_offsets([place])[place]
            known = self._stored.next_offset(self._topic, place.partition)
            if known is not None and known < begin:
                self._tell_gap(place, known, begin)
            start = begin if known is None else known
            self._consumer.seek(place, max(start, begin))
            self._members.position[place] = start
            self._consumer.resume(place)

    def _batch(self, records: dict[TopicPartition, list[Any]]) -> Batch:
        items: list[Received] = []
        rejected: list[Rejected] = []
        progress: list[Progress] = []
        for place, found in records.items():
            start = self._members.position.get(place)
            if start is None or not found:
                continue
            if found[0].offset < start:
                raise self._reset("reset", _name(place), _ends_below(place, found[0].offset, start))
            if found[0].offset > start:
                self._look_for_gap(place, start)
            for record in found:
                origin = Origin(self._log_name, place.partition, record.offset)
                headers = tuple(record.headers)
                try:
                    items.append(Received(self._decoder.decode(record.value), record.value, origin, headers))
                except InvalidFeedback as error:
                    rejected.append(Rejected(error.reason, error.detail, record.value or b"", origin, headers))
            following = found[-1].offset + 1
            self._members.position[place] = following
            high = self._consumer.highwater(place)
            progress.append(
                Progress(
                    self._topic.cluster, place.topic, self._topic.topic_id, place.partition, start, following, high
                )
            )
        return Batch(tuple(items), tuple(rejected), tuple(progress))

    def _look_for_gap(self, place: TopicPartition, start: int) -> None:
        """Offsets may be missing rightly (compaction, transactions); below the log's beginning they were taken away."""
        begins = dict[TopicPartition, int]()
        self._guarded(lambda: begins.update(self._consumer.beginning_offsets([place])))
        if begins.get(place, start) > start:
            self._tell_gap(place, start, begins[place])

    def _tell_gap(self, place: TopicPartition, start: int, begin: int) -> None:
        log.error("records_lost_to_retention", topic=place.topic, partition=place.partition, missing=begin - start)
        detail = f"the broker's retention removed offsets {start} to {begin - 1} before they were read"
        self._tell(Trouble("gap", _name(place), detail))

    def _reset(self, kind: str, place: str, detail: str) -> TopicReset:
        self._tell(Trouble(kind, place, detail))
        return TopicReset(f"{detail}. {_MEND}")

    @property
    def _log_name(self) -> str:
        """A topic that was made again is another log: its offsets must not be taken for the old one's."""
        return f"{self._topic.topic}#{self._topic.topic_id}" if self._topic.topic_id else self._topic.topic

    def _configuration(self) -> dict[str, Any]:
        settings = self._settings
        found = connection(settings) | {
            "group_id": settings.kafka_group,
            "enable_auto_commit": False,
            "auto_offset_reset": "earliest",
            "isolation_level": "read_committed",
            "allow_auto_create_topics": False,
            "partition_assignment_strategy": [CooperativeStickyAssignor],
            "max_poll_records": settings.kafka_max_poll_records,
            "session_timeout_ms": settings.kafka_session_timeout_ms,
            "heartbeat_interval_ms": max(300, min(3_000, settings.kafka_session_timeout_ms // 4)),
            "fetch_max_bytes": 16 * 1024 * 1024,
        }
        if settings.kafka_worker:
            found["group_instance_id"] = settings.kafka_worker
        return found


class _Membership(ConsumerRebalanceListener):
    """Which partitions are ours. Called on the client's IO thread: it may pause, and remember, nothing else."""

    def __init__(self) -> None:
        self.consumer: Any = None
        self.position: dict[TopicPartition, int] = {}
        self._assigned: set[TopicPartition] = set()

    def placed(self) -> set[TopicPartition]:
        return set(self.position)

    def newcomers(self) -> list[TopicPartition]:
        return sorted(self._assigned - self.position.keys())

    def on_partitions_assigned(self, assigned: Any) -> None:
        self.consumer.pause(*assigned)
        self._assigned |= set(assigned)

    def on_partitions_revoked(self, revoked: Any) -> None:
        self._forget(revoked)

    def on_partitions_lost(self, lost: Any) -> None:
        self._forget(lost)

    def _forget(self, gone: Any) -> None:
        self._assigned -= set(gone)
        for place in gone:
            self.position.pop(place, None)


_MEND = "Start the worker anew to read it as a new log, or restore the topic"


def backoff(failures: int) -> float:
    """Return the seconds to wait after so many failures in a row: none, then ever longer, never two workers alike."""
    first, longest = BACKOFF_SECONDS
    return min(longest, first * 2 ** min(failures - 2, 10)) * random.uniform(0.5, 1.0) if failures > 1 else 0.0


@contextmanager
def deadline(seconds: float, what: str) -> Iterator[None]:
    """Raise Hung inside the block when it takes longer. Needs the main thread, where a worker reads; elsewhere no limit."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_: object) -> None:
        raise Hung(f"{what} took longer than {seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _name(place: TopicPartition) -> str:
    return f"{place.topic}[{place.partition}]"


def _ends_below(place: TopicPartition, end: int, stored: int) -> str:
    return f"{_name(place)} ends at {end}, but {stored} is already stored; the topic lost data or was made again"
