"""An Analysis as rows of the tables, and the stable ids and hashes that make writing repeatable."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.feedback import Feedback, Origin, Reason, Received, Rejected
from nlp.signals import Signal

if TYPE_CHECKING:  # the analyzer brings its language libraries along; writing needs only its result
    from nlp.analyzer import Analysis

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Home:
    """Where a signal belongs: a theme (None: it waits) and the cosine similarity that put it there."""

    theme_id: int | None
    similarity: float


WAITING = Home(None, 0.0)


@dataclass(frozen=True, slots=True)
class Note:
    """One Feedback as rows, with the key that decides which of two deliveries is newer."""

    feedback: Row
    segments: tuple[Row, ...]
    signals: tuple[Row, ...]
    vectors: tuple[Row, ...]

    @property
    def id(self) -> str:
        return str(self.feedback["id"])

    @property
    def order(self) -> tuple[int, datetime, str]:
        return order_of(
            self.feedback["version"],
            self.feedback["occurred_at"],
            self.feedback["content_hash"],
            self.feedback["clock_clamped"],
        )


def order_of(version: int, occurred_at: datetime, content_hash: str, clamped: bool) -> tuple[int, datetime, str]:
    """Return the key by which deliveries of one record are ordered; the greatest stays.

    A clamped time is the clock of whoever received it, which says nothing: it counts as latest of all.
    """
    return (version, datetime.max.replace(tzinfo=UTC) if clamped else occurred_at, content_hash)


def week_of(moment: datetime) -> date:
    """Return the Monday of a moment's UTC day."""
    day = moment.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def signal_id(feedback_id: str, signal: Signal) -> int:
    """Return the stable id of a signal: 63 bits of BLAKE2b over its note, segment, kind and offsets."""
    material = f"{feedback_id}/{signal.segment}/{signal.kind.value}/{signal.start}/{signal.end}".encode()
    return int.from_bytes(hashlib.blake2b(material, digest_size=8).digest(), "big") >> 1


def note(analysis: Analysis, homes: Sequence[Home], received_at: datetime) -> Note:
    """Return an analysis as rows. Of two signals at the same place the surer one stays.

    Raises ValueError when signals, vectors and homes are not of one number.
    """
    if not len(analysis.signals) == len(analysis.vectors) == len(homes):
        raise ValueError(
            f"{len(analysis.signals)} signals, {len(analysis.vectors)} vectors and {len(homes)} homes; give one of each per signal"
        )
    feedback = analysis.feedback
    identity = feedback.id
    week = week_of(feedback.occurred_at)
    packed = np.asarray(analysis.vectors, dtype=np.float16)
    signals: dict[int, Row] = {}
    vectors: dict[int, Row] = {}
    for index in sorted(range(len(homes)), key=lambda at: analysis.signals[at].confidence):
        signal = analysis.signals[index]
        key = signal_id(identity, signal)
        signals[key] = {
            "id": key,
            "feedback_id": identity,
            "segment": signal.segment,
            "kind": signal.kind.value,
            "start": signal.start,
            "end": signal.end,
            "text": signal.text,
            "confidence": float(signal.confidence),
            "rule": signal.rule,
            "attribution": signal.attribution.value,
            "severity": signal.severity,
            "slots": [[slot.name, slot.start, slot.end] for slot in signal.slots],
            "theme_id": homes[index].theme_id,
            "similarity": float(homes[index].similarity),
            "pinned": False,
            "occurred_at": feedback.occurred_at,
            "week": week,
            "customer": feedback.customer_key or identity,
            "product": feedback.product,
        }
        vectors[key] = {"signal_id": key, "encoder_id": analysis.encoder_id, "data": packed[index].tobytes()}
    return Note(
        _feedback(feedback, analysis, identity, week, received_at),
        tuple(
            {"feedback_id": identity, "position": position, "speaker": segment.speaker.value, "text": segment.text}
            for position, segment in enumerate(feedback.segments)
        ),
        tuple(signals[key] for key in sorted(signals)),
        tuple(vectors[key] for key in sorted(vectors)),
    )


def _feedback(feedback: Feedback, analysis: Analysis, identity: str, week: date, received_at: datetime) -> Row:
    return {
        "id": identity,
        "source": feedback.source,
        "external_id": feedback.external_id,
        "version": feedback.version,
        "occurred_at": feedback.occurred_at,
        "received_at": received_at,
        "week": week,
        "conversation_id": feedback.conversation_id,
        "channel": feedback.channel,
        "customer_kind": feedback.customer_kind,
        "customer_key": feedback.customer_key,
        "agent_key": feedback.agent_key,
        "product": feedback.product,
        "plan": feedback.plan,
        "region": feedback.region,
        "language": feedback.language,
        "detected_language": analysis.language,
        "app_version": feedback.app_version,
        "handle_minutes": feedback.handle_minutes,
        "refund": feedback.refund,
        "credit": feedback.credit,
        "currency": feedback.currency,
        "csat": feedback.csat,
        "clock_clamped": feedback.clock_clamped,
        "attributes": dict(feedback.attributes),
        "extra": dict(feedback.extra),
        "unread": analysis.unread,
        "content_hash": content_hash(feedback),
    }


def content_hash(feedback: Feedback) -> str:
    """Return 32 hex digits over everything said in a Feedback; a clamped time is left out, it differs each delivery."""
    return hashlib.blake2b(_json(feedback).encode(), digest_size=16).hexdigest()


def refused(feedback: Feedback, received: Received | None, error: Exception) -> Rejected:
    """Return the dead letter of a note that the database will not take: its own bytes, or the redacted note as JSON.

    The detail never quotes the note.
    """
    detail = f"the store refused this note ({type(getattr(error, 'orig', None) or error).__name__})"
    if received is not None:
        return received.reject(Reason.STORE_REFUSED, detail)
    return Rejected(Reason.STORE_REFUSED, detail, _json(feedback).encode(), Origin(f"note {feedback.id}"))


_FIELDS = tuple(name.name for name in fields(Feedback) if name.name not in ("occurred_at", "segments"))
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=str).encode


def _json(feedback: Feedback) -> str:
    said: Row = {name: getattr(feedback, name) for name in _FIELDS}
    said["attributes"], said["extra"] = dict(feedback.attributes), dict(feedback.extra)
    said["segments"] = [(segment.speaker.value, segment.text) for segment in feedback.segments]
    said["occurred_at"] = "" if feedback.clock_clamped else feedback.occurred_at.astimezone(UTC).isoformat()
    return _encode(said)
