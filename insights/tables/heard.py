"""What was said and heard: feedback, segments, signals and their vectors."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary
from sqlalchemy import text as condition
from sqlalchemy.orm import Mapped, mapped_column

from insights.columns import Base, LongId

GIVEN = "kind IN ('compensation', 'handoff')"
"""Signals that are counted and not gathered; they have an index of their own, which needs these very words to be used."""


class FeedbackRow(Base):
    """One Feedback. ``language`` is as stated, ``detected_language`` as heard; ``week`` is the Monday of its day."""

    __tablename__ = "feedback"

    id: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    external_id: Mapped[str]
    version: Mapped[int] = mapped_column(BigInteger)
    occurred_at: Mapped[datetime] = mapped_column(index=True)
    received_at: Mapped[datetime] = mapped_column(index=True)
    week: Mapped[date]
    conversation_id: Mapped[str]
    channel: Mapped[str]
    customer_kind: Mapped[str]
    customer_key: Mapped[str] = mapped_column(index=True)
    agent_key: Mapped[str]
    product: Mapped[str]
    plan: Mapped[str]
    region: Mapped[str]
    language: Mapped[str]
    detected_language: Mapped[str]
    app_version: Mapped[str]
    handle_minutes: Mapped[float | None]
    refund: Mapped[float | None]
    credit: Mapped[float | None]
    currency: Mapped[str]
    csat: Mapped[float | None]
    clock_clamped: Mapped[bool]
    attributes: Mapped[dict[str, Any]]
    extra: Mapped[dict[str, Any]]
    unread: Mapped[bool]
    content_hash: Mapped[str]

    __table_args__ = (
        Index("ix_feedback_unread", "unread", sqlite_where=condition("unread"), postgresql_where=condition("unread")),
    )


class SegmentRow(Base):
    """A stretch of one speaker's words, redacted."""

    __tablename__ = "segment"

    feedback_id: Mapped[str] = mapped_column(ForeignKey("feedback.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    speaker: Mapped[str]
    text: Mapped[str]


class SignalRow(Base):
    """A signal. ``week``, ``customer`` (customer key, or the note's id), ``product`` repeat its note for fast counting.

    A pinned signal was placed by a person and is never moved.
    """

    __tablename__ = "signal"

    id: Mapped[int] = mapped_column(LongId, primary_key=True, autoincrement=False)
    feedback_id: Mapped[str] = mapped_column(ForeignKey("feedback.id", ondelete="CASCADE"), index=True)
    segment: Mapped[int]
    kind: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    text: Mapped[str]
    confidence: Mapped[float]
    rule: Mapped[str]
    attribution: Mapped[str]
    severity: Mapped[int]
    slots: Mapped[list[Any]]
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    similarity: Mapped[float]
    pinned: Mapped[bool]
    occurred_at: Mapped[datetime]
    week: Mapped[date]
    customer: Mapped[str]
    product: Mapped[str]

    __table_args__ = (
        Index("ix_signal_theme_id_week", "theme_id", "week", "customer", "feedback_id", "severity", "attribution"),
        Index("ix_signal_theme_id_occurred_at", "theme_id", "occurred_at"),
        Index(
            "ix_signal_given",
            "kind",
            "feedback_id",
            sqlite_where=condition(GIVEN),
            postgresql_where=condition(GIVEN),
        ),
        Index(
            "ix_signal_waiting",
            "kind",
            "occurred_at",
            sqlite_where=condition("theme_id IS NULL"),
            postgresql_where=condition("theme_id IS NULL"),
        ),
    )


class VectorRow(Base):
    """A signal's vector as float16 bytes; vectors of two encoders are never compared."""

    __tablename__ = "vector"

    signal_id: Mapped[int] = mapped_column(
        LongId, ForeignKey("signal.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    encoder_id: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
