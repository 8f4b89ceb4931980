"""Where the store stands in each partition; the answer to ``ingest.kafka_log_watch.StoredOffsets``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from insights.store import Store
from insights.tables import ConsumerOffsetRow

if TYPE_CHECKING:  # the Kafka client is the source's, not the store's
    from ingest.kafka_client import TopicIdentity


class Offsets:
    """Reads the stored offsets, on a connection of its own for each question."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def next_offset(self, topic: TopicIdentity, partition: int) -> int | None:
        """Return the next offset to read, or None when nothing of this log was ever stored. Raises StoreError."""
        wanted = select(ConsumerOffsetRow.next_offset).where(
            ConsumerOffsetRow.cluster_id == topic.cluster,
            ConsumerOffsetRow.topic == topic.topic,
            ConsumerOffsetRow.topic_id == topic.topic_id,
            ConsumerOffsetRow.partition == partition,
        )
        with self._store.connect() as connection:
            return connection.execute(wanted).scalar_one_or_none()
