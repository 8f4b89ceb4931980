"""The tables, as SQLAlchemy types. Migrations in ``insights/migrations`` make them; a test holds the two equal.

People appear as keyed hashes only, text is redacted before it comes here, and every moment is UTC.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as condition
from sqlalchemy.orm import Mapped, mapped_column

from insights.columns import Base, LongId


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


class ThemeRow(Base):
    """A theme. Rows are never deleted and ids never used again; a merged theme points to where it went.

    ``status`` is a value of ``insights.status.Status``. ``exemplar_signal_id`` is no foreign key: a signal may be erased.
    """

    __tablename__ = "theme"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    named_by: Mapped[str]
    terms: Mapped[list[Any]]
    exemplar_signal_id: Mapped[int | None] = mapped_column(BigInteger)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    status: Mapped[str]
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("theme.id"), index=True)
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_theme_status_kind", "status", "kind"), {"sqlite_autoincrement": True})


class LineageRow(Base):
    """One step in the life of themes. ``before`` holds what undoing must bring back."""

    __tablename__ = "lineage"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    event: Mapped[str]
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), index=True)
    other_theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"), index=True)
    moved: Mapped[int]
    who: Mapped[str]
    why: Mapped[str]
    before: Mapped[dict[str, Any]]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("lineage.id"))

    __table_args__ = ({"sqlite_autoincrement": True},)


class LineageMemberRow(Base):
    """A signal that one step moved, and from where to where."""

    __tablename__ = "lineage_member"

    lineage_id: Mapped[int] = mapped_column(ForeignKey("lineage.id"), primary_key=True)
    signal_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    from_theme: Mapped[int | None]
    to_theme: Mapped[int | None]


class ProposalRow(Base):
    """A change to themes that a refresh proposes. ``members`` are signal ids, ``name`` is for the theme it would make.

    ``state`` is waiting, accepted, rejected or outdated. Signals are no foreign keys: a signal may be erased.
    """

    __tablename__ = "proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    action: Mapped[str]
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    target_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    name: Mapped[str]
    terms: Mapped[list[Any]]
    exemplar_signal_id: Mapped[int | None] = mapped_column(BigInteger)
    members: Mapped[list[Any]]
    customers: Mapped[int]
    share: Mapped[float]
    purity: Mapped[float]
    safe: Mapped[bool]
    made_at: Mapped[datetime]
    state: Mapped[str]
    who: Mapped[str]
    decided_at: Mapped[datetime | None]
    why: Mapped[str]

    __table_args__ = (Index("ix_proposal_state_kind", "state", "kind"), {"sqlite_autoincrement": True})


class DeadLetterRow(Base):
    """A record set aside, with its original bytes. The digest tells a corrected record at the same place apart."""

    __tablename__ = "dead_letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(index=True)
    detail: Mapped[str]
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    headers: Mapped[list[Any]]
    place: Mapped[str]
    partition: Mapped[int]
    offset: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str]
    at: Mapped[datetime]
    replayed_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("place", "partition", "offset", "digest"), {"sqlite_autoincrement": True})


class ConsumerOffsetRow(Base):
    """The next offset to read of one partition of one log, moved in the same transaction as the notes."""

    __tablename__ = "consumer_offset"

    cluster_id: Mapped[str] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    topic_id: Mapped[str] = mapped_column(primary_key=True)
    partition: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    next_offset: Mapped[int] = mapped_column(BigInteger)
    end_offset: Mapped[int | None] = mapped_column(BigInteger)
    updated_at: Mapped[datetime]


class OutboxRow(Base):
    """What others should hear of, in Debezium's outbox shape; ``sequence`` keeps the order of writing."""

    __tablename__ = "outbox"

    sequence: Mapped[int] = mapped_column(LongId, primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    aggregatetype: Mapped[str]
    aggregateid: Mapped[str]
    type: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_outbox_waiting",
            "sequence",
            sqlite_where=condition("published_at IS NULL"),
            postgresql_where=condition("published_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )


class SettingRow(Base):
    """Small facts the product keeps about itself."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
