"""What people said of signals, who is asked for a second opinion, and the notes people write themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy import text as condition
from sqlalchemy.orm import Mapped, mapped_column

from insights.columns import Base, LongId


class AnnotationRow(Base):
    """One judgement of one person on one signal. Rows are only added; ``undone_by`` is the one column set later.

    ``kind``, ``start``, ``end`` tell what stood before, the ``corrected_`` ones what should stand. ``became`` is the signal
    that stands for it now, ``before`` the whole signal as it was, so that an undo brings it back. ``words_hash`` is that of
    the segment's text: a judgement says nothing of other words. Signals are no foreign keys: a rejected one is gone.
    """

    __tablename__ = "annotation"

    id: Mapped[int] = mapped_column(LongId, primary_key=True)
    feedback_id: Mapped[str] = mapped_column(ForeignKey("feedback.id", ondelete="CASCADE"), index=True)
    signal_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    segment: Mapped[int]
    verdict: Mapped[str]
    kind: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    corrected_kind: Mapped[str]
    corrected_start: Mapped[int]
    corrected_end: Mapped[int]
    became: Mapped[int | None] = mapped_column(BigInteger)
    theme_before: Mapped[int | None]
    theme_after: Mapped[int | None]
    placed: Mapped[bool]
    who: Mapped[str]
    at: Mapped[datetime]
    seconds: Mapped[float]
    blind: Mapped[bool]
    applied: Mapped[bool]
    words_hash: Mapped[str]
    before: Mapped[dict[str, Any]]
    undoes: Mapped[int | None] = mapped_column(LongId, ForeignKey("annotation.id", ondelete="CASCADE"))
    undone_by: Mapped[int | None] = mapped_column(LongId, ForeignKey("annotation.id", ondelete="CASCADE"))

    __table_args__ = (
        Index("ix_annotation_at", "at"),
        Index("ix_annotation_who_at", "who", "at"),
        {"sqlite_autoincrement": True},
    )


class SecondOpinionRow(Base):
    """A note of the blind sample: ``second`` is asked to judge it without seeing what ``first`` said."""

    __tablename__ = "second_opinion"

    feedback_id: Mapped[str] = mapped_column(ForeignKey("feedback.id", ondelete="CASCADE"), primary_key=True)
    first: Mapped[str]
    second: Mapped[str]
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_second_opinion_waiting",
            "second",
            "asked_at",
            sqlite_where=condition("done_at IS NULL"),
            postgresql_where=condition("done_at IS NULL"),
        ),
    )


class WrittenNoteRow(Base):
    """A note that somebody wrote on the desk. Its words wait in the outbox until its feedback is stored, redacted.

    ``state`` is a value of ``insights.written.State``.
    """

    __tablename__ = "written_note"

    feedback_id: Mapped[str] = mapped_column(primary_key=True)
    who: Mapped[str]
    at: Mapped[datetime]
    state: Mapped[str]

    __table_args__ = (
        Index("ix_written_note_who_at", "who", "at"),
        Index(
            "ix_written_note_waiting",
            "at",
            sqlite_where=condition("state = 'waiting'"),
            postgresql_where=condition("state = 'waiting'"),
        ),
    )
