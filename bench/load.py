"""Notes for measuring: the shipped ones, as often as needed, each copy with ids of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count, islice
from typing import Any

from ingest.feedback import Feedback
from ingest.pseudonyms import Pseudonyms
from ingest.wire import Decoder, encode
from pipelines.shipped import shipped_events


def events(number: int) -> Iterator[dict[str, Any]]:
    """Yield that many events; copies differ in ids only."""
    shipped = list(shipped_events(datetime.now(UTC).date()))

    def copies() -> Iterator[dict[str, Any]]:
        for copy in count():
            for event in shipped:
                yield event | {
                    "external_id": f"{event['external_id']}-{copy}",
                    "conversation_id": f"{event['conversation_id']}-{copy}",
                    "customer_id": f"{event['customer_id']}-{copy}",
                }

    return islice(copies(), number)


def payloads(number: int) -> list[bytes]:
    return [encode(event) for event in events(number)]


def decoder() -> Decoder:
    return Decoder(Pseudonyms(b"benchmark key, not a secret"))


def notes(number: int) -> list[Feedback]:
    reader = decoder()
    return [reader.from_event(event) for event in events(number)]
