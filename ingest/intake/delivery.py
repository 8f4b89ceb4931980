"""A delivery: the events in one post or one pulled page, checked and ready to be kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ingest.feedback import InvalidFeedback
from ingest.formats.format import Fault, Format, Passed
from ingest.formats.message import event
from ingest.wire import Decoder


class NotTaken(ValueError):
    """A delivery holds something that cannot become Feedback; the message names the field, never its value."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event, with what is needed to know it again: its feedback's id and version, and whose words it holds."""

    feedback_id: str
    version: int
    customer_key: str
    event: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came in one go. ``digest`` knows its bytes again; ``passed`` says what in it was no feedback."""

    source: str
    digest: str
    arrivals: tuple[Arrival, ...]
    passed: tuple[str, ...] = ()


def read(document: object, form: Format | None, source: str, decoder: Decoder, body: bytes) -> Delivery:
    """Return what a document holds; without a format it is one event of ours, or an object with ``events``.

    Raises NotTaken when a part of it cannot be read, NotThisFormat when it is something else.
    """
    if form is None:
        events: Iterable[object] = _own(document)
        passed: list[str] = []
    else:
        outcomes = list(form.read(document))
        for fault in (one for one in outcomes if isinstance(one, Fault)):
            raise NotTaken(f"{fault.reason.value}: {fault.detail}")
        passed = [one.reason for one in outcomes if isinstance(one, Passed)]
        events = [event(one, source) for one in outcomes if not isinstance(one, (Passed, Fault))]
    return Delivery(
        source, digest(source, body), tuple(_arrival(one, source, decoder) for one in events), tuple(passed)
    )


def digest(source: str, body: bytes) -> str:
    """Return 32 hex digits that know a delivery of a source again."""
    return hashlib.blake2b(
        body, digest_size=16, key=hashlib.blake2b(source.encode(), digest_size=32).digest()
    ).hexdigest()


def _arrival(given: object, source: str, decoder: Decoder) -> Arrival:
    if not isinstance(given, Mapping):
        raise NotTaken("not_an_object: an event is a JSON object (docs/feedback-schema.md)")
    # Whoever holds the secret of one source speaks for that one only.
    named = {**given, "source": source}
    try:
        feedback = decoder.from_event(named)
    except InvalidFeedback as error:
        raise NotTaken(str(error)) from None
    return Arrival(feedback.id, feedback.version, feedback.customer_key, named)


def _own(document: object) -> Iterable[object]:
    if isinstance(document, Mapping) and isinstance(document.get("events"), list):
        events: list[object] = document["events"]
        return events
    return [document]
