"""Bytes to Feedback, and back. Every failure is an InvalidFeedback with a reason code.

The order matters: size before decoding, encoding before parsing, depth before recursion, cleaning before the schema
(so that half an emoji costs one character, not the note).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from ingest.cleaning import clean
from ingest.feedback import Feedback, InvalidFeedback, Reason, Segment, Speaker
from ingest.pseudonyms import Pseudonyms
from ingest.schema import FeedbackEvent

MAX_BYTES = 256 * 1024
MAX_DEPTH = 64
EARLIEST_YEAR = 1970
FUTURE_ALLOWED = timedelta(hours=24)

Clock = Callable[[], datetime]


def now() -> datetime:
    return datetime.now(UTC)


class Decoder:
    """Turns the bytes of one event into Feedback; ids of people are hashed here and go no further."""

    def __init__(self, pseudonyms: Pseudonyms, *, max_bytes: int = MAX_BYTES, clock: Clock = now) -> None:
        self._pseudonyms = pseudonyms
        self._max_bytes = max_bytes
        self._clock = clock

    def decode(self, payload: bytes | None) -> Feedback:
        """Return the Feedback in one payload. Raises InvalidFeedback."""
        return self.from_event(parse(payload, self._max_bytes))

    def from_event(self, event: Mapping[str, Any]) -> Feedback:
        """Return the Feedback in a parsed event. Raises InvalidFeedback."""
        version = event.get("schema_version", 1)
        if version != 1 or isinstance(version, bool):
            raise InvalidFeedback(
                Reason.UNKNOWN_VERSION,
                f"schema_version {repr(version)[:40]} is not 1; upgrade Earshot or send version 1",
            )
        try:
            checked = FeedbackEvent.model_validate(_cleaned(event))
        except ValidationError as error:
            raise _invalid(error) from None
        segments = tuple(
            Segment(Speaker(segment.speaker), text) for segment in checked.segments if (text := segment.text.strip())
        )
        if not segments:
            raise InvalidFeedback(Reason.NO_WORDS, "no segment holds any words")
        if not checked.source.strip() or not checked.external_id.strip():
            raise InvalidFeedback(Reason.BAD_VALUE, "source and external_id need visible characters")
        occurred_at, clamped = self._clamp(_utc(checked.occurred_at))
        return Feedback(
            source=checked.source,
            external_id=checked.external_id,
            occurred_at=occurred_at,
            segments=segments,
            version=checked.version,
            conversation_id=checked.conversation_id,
            channel=checked.channel.lower(),
            customer_kind=checked.customer_kind,
            customer_key=self._pseudonyms.customer(checked.customer_id),
            agent_key=self._pseudonyms.agent(checked.agent_id),
            product=checked.product,
            plan=checked.plan,
            region=checked.region,
            language=checked.language.lower(),
            app_version=checked.app_version,
            handle_minutes=checked.handle_minutes,
            refund=checked.refund,
            credit=checked.credit,
            currency=checked.currency,
            csat=checked.csat,
            clock_clamped=clamped,
            attributes=checked.attributes,
            extra=checked.model_extra or {},
        )

    def _clamp(self, occurred_at: datetime) -> tuple[datetime, bool]:
        """An event from the future would bend every trend: it is set to now and flagged."""
        latest = self._clock() + FUTURE_ALLOWED
        return (self._clock(), True) if occurred_at > latest else (occurred_at, False)


def _utc(moment: datetime) -> datetime:
    if moment.year < EARLIEST_YEAR:
        raise InvalidFeedback(Reason.BAD_VALUE, f"occurred_at: the year {moment.year} is before {EARLIEST_YEAR}")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return moment.replace(tzinfo=UTC)


def parse(payload: bytes | None, max_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """Return the JSON object in a payload, strictly read. Raises InvalidFeedback."""
    if not payload or not payload.strip():
        raise InvalidFeedback(Reason.EMPTY, "the record has no bytes; a tombstone is not feedback")
    if len(payload) > max_bytes:
        raise InvalidFeedback(Reason.TOO_LARGE, f"{len(payload)} bytes; at most {max_bytes} are taken")
    try:
        text = payload.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidFeedback(Reason.NOT_UTF8, f"byte {error.start} is not UTF-8; send UTF-8") from None
    if _depth(text) > MAX_DEPTH:
        raise InvalidFeedback(Reason.TOO_DEEP, f"nested deeper than {MAX_DEPTH} levels")
    try:
        value = json.loads(text, parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_unique)
    except InvalidFeedback:
        raise
    except (ValueError, RecursionError) as error:
        raise InvalidFeedback(Reason.NOT_JSON, str(error)) from None
    if not isinstance(value, dict):
        raise InvalidFeedback(Reason.NOT_AN_OBJECT, f"a JSON object is expected, not {type(value).__name__}")
    return value


def encode(event: Mapping[str, Any]) -> bytes:
    """Return an event as the bytes that go on the topic."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "replace")


def _depth(text: str) -> int:
    """Return the deepest nesting of brackets outside strings, without building anything."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return 0
    depth = deepest = 0
    quoted = escaped = False
    for char in text:
        if escaped:
            escaped = False
        elif quoted:
            if char == "\\":
                escaped = True
            elif char == '"':
                quoted = False
        elif char == '"':
            quoted = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


def _no_constant(name: str) -> float:
    raise InvalidFeedback(Reason.NOT_JSON, f"{name} is no JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise InvalidFeedback(Reason.BAD_VALUE, f"the number {digits[:20]} is out of range")
    return number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidFeedback(
            Reason.DUPLICATE_KEY, f"the key {twice[:40]!r} stands twice; which one counts is not knowable"
        )
    return found


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(str(key)): _cleaned(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_cleaned(inner) for inner in value]
    return value


def _invalid(error: ValidationError) -> InvalidFeedback:
    """The first thing that is wrong, with its path; never the value, which may be personal."""
    first = error.errors(include_input=False, include_url=False)[0]
    path = ".".join(str(part)[:40] for part in first["loc"])
    reason = Reason.MISSING_FIELD if first["type"] == "missing" else Reason.BAD_VALUE
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return InvalidFeedback(reason, f"{path}: {first['msg']}{more}")
