"""A delivery: the events in one post or one pulled page, checked and ready to be kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ingest.feedback import InvalidFeedback, Origin, Rejected
from ingest.formats.format import Fault, Format, Passed
from ingest.formats.message import event
from ingest.wire import Decoder, encode


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


def read_page(document: object, form: Format, source: str, decoder: Decoder) -> tuple[Delivery, tuple[Rejected, ...]]:
    """Return what a pulled page holds, and what in it cannot be read: a page is not refused for one bad part.

    Raises NotThisFormat when it is something else. An empty page is of any format.
    """
    arrivals: list[Arrival] = []
    passed: list[str] = []
    rejected: list[Rejected] = []
    for outcome in form.read(document) if _holds(document) else ():
        if isinstance(outcome, Passed):
            passed.append(outcome.reason)
            continue
        place = Origin(f"pull {source}")
        if isinstance(outcome, Fault):
            rejected.append(Rejected(outcome.reason, outcome.detail, encode({"record": outcome.record}), place))
            continue
        made = event(outcome, source)
        try:
            feedback = decoder.from_event(made)
        except InvalidFeedback as error:
            rejected.append(Rejected(error.reason, error.detail, encode(made), place))
        else:
            arrivals.append(Arrival(feedback.id, feedback.version, feedback.customer_key, made))
    return Delivery(source, "", tuple(arrivals), tuple(passed)), tuple(rejected)


def _holds(document: object) -> bool:
    return any(document.values()) if isinstance(document, Mapping) else bool(document)


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
