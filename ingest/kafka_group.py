"""One member of a consumer group: how it joins, which partitions are its own, and where it reads in each."""

from __future__ import annotations

import time
from typing import Any

import structlog
from kafka import ConsumerRebalanceListener, TopicPartition
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor

from ingest.kafka_client import connection
from ingest.settings import IngestSettings

EMPTY_SECONDS = (30.0, 900.0)

log = structlog.get_logger(__name__)


def configuration(settings: IngestSettings) -> dict[str, Any]:
    """Return the consumer's configuration. Offsets are the store's, so nothing is committed by itself."""
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


class Membership(ConsumerRebalanceListener):
    """Which partitions are ours. Called on the client's IO thread: it may pause, and remember, nothing else.

    A blocking call in here wedges the whole group: the client raises on every later poll, and nobody gets a partition.
    """

    def __init__(self, consumer: Any) -> None:
        self.position: dict[TopicPartition, int] = {}
        self._consumer = consumer
        self._assigned: set[TopicPartition] = set()

    def placed(self) -> set[TopicPartition]:
        """Return the partitions that are ours and know where they read."""
        return set(self.position)

    def newcomers(self) -> list[TopicPartition]:
        """Return the partitions that are ours and paused until they are placed."""
        return sorted(self._assigned - self.position.keys())

    def on_partitions_assigned(self, assigned: Any) -> None:
        self._consumer.pause(*assigned)
        self._assigned |= set(assigned)

    def on_partitions_revoked(self, revoked: Any) -> None:
        self._forget(revoked)

    def on_partitions_lost(self, lost: Any) -> None:
        self._forget(lost)

    def _forget(self, gone: Any) -> None:
        self._assigned -= set(gone)
        for place in gone:
            self.position.pop(place, None)


class EmptyHanded:
    """Tells when to join anew after long without a partition, ever more seldom: a busy client can be left out.

    Workers beyond the number of partitions rightly have none, and each new try costs the others a rebalance.
    """

    def __init__(self) -> None:
        self._since, self._patience = time.monotonic(), EMPTY_SECONDS[0]

    def joined(self) -> None:
        self._since = time.monotonic()

    def is_left_out(self, partitions: int) -> bool:
        """True when it is time to join anew, for a member with so many partitions."""
        if partitions:
            self._since, self._patience = time.monotonic(), EMPTY_SECONDS[0]
            return False
        if time.monotonic() - self._since <= self._patience:
            return False
        log.warning("no_partition_assigned", seconds=round(self._patience))
        self._patience = min(EMPTY_SECONDS[1], 2 * self._patience)
        return True
