"""Feedback from a Kafka topic, as one member of a consumer group.

The store's offsets decide where reading starts; Kafka's own are only told afterwards, for lag tools. Facts about
kafka-python 3.0.12 that shape this file: a deserializer that raises loses records, so there is none; a consumer that
raised from ``poll()`` spins for ever if polled again, so it is closed and replaced.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import CorruptRecordError, KafkaError, UnsupportedCodecError
from kafka.structs import OffsetAndMetadata

from ingest import kafka_watchdog
from ingest.feedback import InvalidFeedback, Origin, Received, Rejected
from ingest.kafka_client import TopicIdentity, ensure_topic
from ingest.kafka_group import EmptyHanded, Membership, configuration
from ingest.kafka_held import FOR_GOOD, Held
from ingest.kafka_log_watch import LogWatch, StoredOffsets
from ingest.kafka_unpacking import Swollen, bound
from ingest.kafka_watchdog import Hung, Watchdog, backoff, deadline
from ingest.settings import IngestSettings
from ingest.sources import Batch, Progress, Trouble
from ingest.wire import Decoder

POLL_MS = 300
CLOSE_MS = 3_000
COMMIT_MS = 3_000
HELD_SECONDS = 30.0
UNREADABLE = (UnsupportedCodecError, CorruptRecordError)

log = structlog.get_logger(__name__)
bound()


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
        self._consumer: Any = None
        self._topic = TopicIdentity("", settings.kafka_topic, "")
        self._members = Membership(None)
        self._log = LogWatch(self._topic, None, tell)
        self._watchdog, self._empty_handed = Watchdog(), EmptyHanded()
        self._broken = False
        self._held = Held()
        self.clients = 0

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
            self._guarded(lambda: self._log.check(dict(self._members.position)))
            self._guarded(self._check_that_it_moves)
            ours = len(self._members.position) + len(self._held)
            self._broken = self._empty_handed.is_left_out(ours) or self._broken
            failures = failures + 1 if self._broken else 0
            try_again = time.monotonic() + backoff(failures)
            batch = self._batch(records)
            if len(batch):
                self._watchdog.fed()
            yield batch

    def keep_alive(self) -> None:
        """Poll with everything paused, so that a long batch does not cost the membership."""
        if self._broken or self._consumer is None:
            return
        placed = self._members.placed()
        self._watchdog.start_anew()
        self._guarded(lambda: self._consumer.pause(*placed))
        self._poll(0)
        self._guarded(
            lambda: self._consumer.resume(
                *(place for place in placed & self._members.placed() if place not in self._held)
            )
        )

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
            self._held.keep(place, HELD_SECONDS)
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
        self._held.start_anew()
        self._watchdog.start_anew()
        self._consumer = KafkaConsumer(**configuration(self._settings))
        self.clients += 1
        self._members = Membership(self._consumer)
        self._log = LogWatch(self._topic, self._consumer, self._tell)
        self._consumer.subscribe([self._topic.topic], listener=self._members)
        # A member that leads the group before it has seen the topic's partitions hands out none of them.
        self._consumer.partitions_for_topic(self._topic.topic)
        self._empty_handed.joined()
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
            with deadline(kafka_watchdog.HUNG_SECONDS, "poll"):
                records: dict[TopicPartition, list[Any]] = self._consumer.poll(timeout_ms=timeout_ms)
        except Hung:
            self._broken = True
            self._watchdog.hung("poll did not come back")
            return {}
        except Swollen as error:
            self._broken = True
            self._shut(error)
            return {}
        except UNREADABLE as error:
            self._broken = True
            self._watchdog.unreadable(self._topic.topic, error)
            return {}
        except Exception as error:
            log.warning("poll_failed", error=type(error).__name__, detail=str(error)[:200])
            self._broken = True
            return {}
        return records

    def _shut(self, error: Swollen) -> None:
        """Read no more of the partition whose batch is too large to unpack; the others go on."""
        part = self._consumer._fetcher._next_partition_records  # what the client was unpacking; no public way
        self._held.keep(part.topic_partition, FOR_GOOD)
        self._log.tell_swollen(part.topic_partition, part.next_fetch_offset, str(error))

    def _guarded(self, step: Callable[[], None]) -> None:
        """Run a step that talks to the broker; a broker that does not answer, or a partition gone meanwhile, means rebuild."""
        if self._broken:
            return
        try:
            step()
        except (KafkaError, KeyError, AssertionError) as error:
            log.warning("consumer_failed", error=type(error).__name__, detail=str(error)[:200])
            self._broken = True

    def _check_that_it_moves(self) -> None:
        """Rebuild a client that hands out nothing for a minute although there is something to read."""
        if not self._watchdog.is_due():
            return
        flowing = {place: at for place, at in self._members.position.items() if place not in self._held}
        ends = self._consumer.end_offsets(list(flowing)) if flowing else {}
        if any(ends[place] > position for place, position in flowing.items()):
            self._broken = True
            self._watchdog.hung("records wait and none comes")

    def _try_held_again(self) -> None:
        """Let the partitions whose time has come flow again, from where they were held."""
        for place in self._held.due():
            if place in self._members.position:
                self._consumer.seek(place, self._members.position[place])
                self._consumer.resume(place)

    def _place_newcomers(self) -> None:
        """Move each newly assigned partition to the store's offset, then let it flow."""
        for place in self._members.newcomers():
            if place in self._held:
                continue
            known = self._stored.next_offset(self._topic, place.partition)
            first = self._log.first_there_is(place, known)
            self._consumer.seek(place, first)
            self._members.position[place] = first if known is None else known
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
                raise self._log.ends_below(place, found[0].offset, start)
            if found[0].offset > start:
                self._guarded(lambda place=place, start=start: self._log.look_for_gap(place, start))  # type: ignore[misc]
            following, end = found[-1].offset + 1, self._consumer.highwater(place)
            log_id = (self._topic.cluster, place.topic, self._topic.topic_id, place.partition)
            part = Progress(*log_id, start, following, end)
            self._members.position[place] = following
            progress.append(part)
            for record in found:
                origin = Origin(part.log, place.partition, record.offset)
                headers = tuple(record.headers)
                try:
                    items.append(Received(self._decoder.decode(record.value), record.value, origin, headers))
                except InvalidFeedback as error:
                    rejected.append(Rejected(error.reason, error.detail, record.value or b"", origin, headers))
        return Batch(tuple(items), tuple(rejected), tuple(progress))
