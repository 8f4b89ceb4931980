"""Feedback: one care note, ticket, review or survey answer, as received."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class InvalidFeedback(ValueError):
    """A record cannot become Feedback. ``reason`` is the code kept with the dead letter."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason.value}: {detail}")
        self.reason = reason
        self.detail = detail


class Reason(StrEnum):
    """Why a record was set aside. The value is stored, exported and shown; never rename one."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    TOO_DEEP = "too_deep"
    DUPLICATE_KEY = "duplicate_key"
    NOT_AN_OBJECT = "not_an_object"
    UNKNOWN_VERSION = "unknown_version"
    MISSING_FIELD = "missing_field"
    BAD_VALUE = "bad_value"
    NO_WORDS = "no_words"
    BAD_ROW = "bad_row"
    REDACTION_FAILED = "redaction_failed"
    ANALYSIS_FAILED = "analysis_failed"
    ANALYSIS_TIMEOUT = "analysis_timeout"
    STORE_REFUSED = "store_refused"


class Speaker(StrEnum):
    """Who said a segment. Only ``customer`` words are customer evidence; a ``note`` may report them."""

    CUSTOMER = "customer"
    AGENT = "agent"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one speaker's words."""

    speaker: Speaker
    text: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """One record of what was said. Times are UTC; people are keyed hashes; money is in ``currency``.

    ``attributes`` holds segment fields beyond the named ones (tariff, browser, store), ``extra`` holds
    fields this version does not know: both are kept, redacted like any text, and exported.
    """

    source: str
    external_id: str
    occurred_at: datetime
    segments: tuple[Segment, ...]
    version: int = 0
    conversation_id: str = ""
    channel: str = ""
    customer_kind: str = "external"
    customer_key: str = ""
    agent_key: str = ""
    product: str = ""
    plan: str = ""
    region: str = ""
    language: str = ""
    app_version: str = ""
    handle_minutes: float | None = None
    refund: float | None = None
    credit: float | None = None
    currency: str = ""
    csat: float | None = None
    clock_clamped: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, object] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return feedback_id(self.source, self.external_id)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a record came from: a Kafka position, or a file and its line."""

    place: str
    partition: int = -1
    offset: int = -1

    def __str__(self) -> str:
        return f"{self.place}:{self.offset}" if self.partition < 0 else f"{self.place}[{self.partition}]@{self.offset}"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record set aside: the reason, its original bytes, its headers, and where it stood."""

    reason: Reason
    detail: str
    payload: bytes
    origin: Origin
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Received:
    """Feedback together with the bytes it came in, kept until it is stored, so that a later failure loses nothing."""

    feedback: Feedback
    payload: bytes
    origin: Origin
    headers: tuple[tuple[str, bytes], ...] = ()

    def reject(self, reason: Reason, detail: str) -> Rejected:
        """Return the dead letter for this record."""
        return Rejected(reason, detail, self.payload, self.origin, self.headers)


def feedback_id(source: str, external_id: str) -> str:
    """Return the stable id of a record: 32 hex digits of BLAKE2b over source and external id.

    The source's length is part of the hash, so ("a", "bc") and ("ab", "c") differ.
    """
    material = f"{len(source)}:{source}:{external_id}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(material, digest_size=16).hexdigest()
