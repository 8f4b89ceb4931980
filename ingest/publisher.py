"""Events onto the topic: keyed by record, so that versions of one record stay in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError, MessageSizeTooLargeError

from ingest.feedback import feedback_id
from ingest.kafka_client import connection, ensure_topic, unreachable
from ingest.settings import IngestSettings
from ingest.wire import encode

FLUSH_SECONDS = 60.0


class NotPublished(RuntimeError):
    """The broker did not confirm an event; what was confirmed before stays published, sending again is harmless."""


class Publisher:
    """A producer that knows an event is out only when every in-sync replica has it (``acks=all``, idempotent)."""

    def __init__(self, settings: IngestSettings) -> None:
        self._settings = settings
        ensure_topic(settings)
        self._known = {settings.kafka_topic}
        try:
            self._producer = KafkaProducer(**connection(settings), acks="all", compression_type="zstd", linger_ms=20)
        except KafkaError as error:
            raise unreachable(settings, error) from error

    def publish(self, events: Iterable[Mapping[str, Any]]) -> int:
        """Send feedback events and return how many the broker confirmed. Raises NotPublished."""
        return self.send(
            (feedback_id(str(event.get("source", "")), str(event.get("external_id", ""))), encode(event), ())
            for event in events
        )

    def send(self, messages: Iterable[tuple[str, bytes, tuple[tuple[str, bytes], ...]]], topic: str = "") -> int:
        """Send (key, value, headers) to a topic and return how many the broker confirmed. Raises NotPublished."""
        where = topic or self._settings.kafka_topic
        if where not in self._known:
            ensure_topic(self._settings, where)
            self._known.add(where)
        try:
            waiting = [
                self._producer.send(where, value=value, key=key.encode(), headers=list(headers))
                for key, value, headers in messages
            ]
            self._producer.flush(timeout=FLUSH_SECONDS)
            for future in waiting:
                future.get(timeout=FLUSH_SECONDS)
        except MessageSizeTooLargeError as error:
            raise NotPublished(
                f"an event is larger than the broker takes ({error}); leave it out, or cut it"
            ) from error
        except KafkaError as error:
            raise NotPublished(
                f"the broker did not confirm every event ({type(error).__name__}); send them again, nothing doubles"
            ) from error
        return len(waiting)

    def close(self) -> None:
        self._producer.close(timeout=5)

    def __enter__(self) -> Publisher:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
