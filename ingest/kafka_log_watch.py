"""Is the log still the one that was read? Records that retention took, an end below our place, a topic made again.

None of these raises by itself: a client beyond the end of its log polls on for ever, without a word.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import structlog
from kafka import TopicPartition

from ingest.kafka_client import TopicIdentity
from ingest.sources import Trouble

BEYOND_SECONDS = 10.0

log = structlog.get_logger(__name__)


class TopicReset(RuntimeError):
    """The log ends below the offset that is already stored: the topic was emptied or made again."""


class StoredOffsets(Protocol):
    """Where the store stands; implemented by insights, called between polls only."""

    def next_offset(self, topic: TopicIdentity, partition: int) -> int | None:
        """Return the next offset to read, or None when nothing of this log was ever stored."""
        ...


class LogWatch:
    """Watches one topic through one client, and tells people what it meets."""

    def __init__(self, topic: TopicIdentity, consumer: Any, tell: Callable[[Trouble], object]) -> None:
        self._topic = topic
        self._consumer = consumer
        self._tell = tell
        self._beyond: dict[TopicPartition, float] = {}

    def first_there_is(self, place: TopicPartition, known: int | None) -> int:
        """Return the offset to seek to: the store's, or the log's beginning when retention took what comes before."""
        begin: int = self._consumer.beginning_offsets([place])[place]
        if known is not None and known < begin:
            self._tell_gap(place, known, begin)
        return begin if known is None else max(known, begin)

    def look_for_gap(self, place: TopicPartition, start: int) -> None:
        """Offsets may be missing rightly (compaction, transactions); below the log's beginning they were taken away."""
        begin = self._consumer.beginning_offsets([place])[place]
        if begin > start:
            self._tell_gap(place, start, begin)

    def check(self, positions: Mapping[TopicPartition, int]) -> None:
        """Raise TopicReset for a topic that was made again, and for a log that ends before our place in it.

        The end is the one told with each fetch, for ListOffsets is too low on the embedded broker. A new leader may lag
        for a moment, so only a lasting gap counts.
        """
        identity = self._consumer._cluster.topic_id(self._topic.topic)  # from the client's own metadata; no public way
        if identity is not None and self._topic.topic_id and str(identity) != self._topic.topic_id:
            raise self._reset("recreated", self._topic.topic, f"{self._topic.topic} was made again while it was read")
        for place, position in positions.items():
            end = self._consumer.highwater(place)
            if end is None or end >= position:
                self._beyond.pop(place, None)
            elif time.monotonic() - self._beyond.setdefault(place, time.monotonic()) > BEYOND_SECONDS:
                raise self.ends_below(place, end, position)

    def ends_below(self, place: TopicPartition, end: int, stored: int) -> TopicReset:
        """Tell that a log ends below what is stored, and return the error to raise."""
        detail = f"{_name(place)} ends at {end}, but {stored} is already stored; the topic lost data or was made again"
        return self._reset("reset", _name(place), detail)

    def tell_swollen(self, place: TopicPartition, offset: int, why: str) -> None:
        """Tell that a batch is too large to unpack, and that its partition therefore stands still."""
        log.error("batch_too_large", topic=place.topic, partition=place.partition, offset=offset)
        mend = "Nothing was skipped: delete the records up to its end on the broker, then start the workers anew"
        self._tell(Trouble("swollen", _name(place), f"the batch at offset {offset} is not read: {why}. {mend}"))

    def _tell_gap(self, place: TopicPartition, start: int, begin: int) -> None:
        log.error("records_lost_to_retention", topic=place.topic, partition=place.partition, missing=begin - start)
        detail = f"the broker's retention removed offsets {start} to {begin - 1} before they were read"
        self._tell(Trouble("gap", _name(place), detail))

    def _reset(self, kind: str, place: str, detail: str) -> TopicReset:
        self._tell(Trouble(kind, place, detail))
        return TopicReset(f"{detail}. Start the worker anew to read it as a new log, or restore the topic")


def _name(place: TopicPartition) -> str:
    return f"{place.topic}[{place.partition}]"
