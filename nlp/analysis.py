"""What was understood of one Feedback: the result that leaves the language stage."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.feedback import Feedback
from nlp.encoders import Vectors
from nlp.signals import Signal


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was understood of one Feedback.

    ``feedback`` is redacted: no later stage sees the raw words. ``vectors`` has one row per signal, in order.
    ``language`` is the tag detected ("en"); ``unread`` is true when no head reads that language.
    ``redacted`` counts what was taken out, by type.
    """

    feedback: Feedback
    signals: tuple[Signal, ...]
    vectors: Vectors
    encoder_id: str
    language: str
    unread: bool
    redacted: tuple[tuple[str, int], ...] = ()
