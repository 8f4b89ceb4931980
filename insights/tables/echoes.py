"""What goes back to the people who wrote the notes: echoes, how they want to hear of them, and questions to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as condition
from sqlalchemy.orm import Mapped, mapped_column

from insights.columns import Base, LongId


class EchoRow(Base):
    """What became of somebody's notes, once per author and change: ``entry`` is the number of an entry of the ledger."""

    __tablename__ = "echo"

    id: Mapped[int] = mapped_column(LongId, primary_key=True)
    author: Mapped[str]
    entry: Mapped[int] = mapped_column(LongId)
    event: Mapped[str]
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    notes: Mapped[int]
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    notice_id: Mapped[str | None] = mapped_column(ForeignKey("notice.id"))

    __table_args__ = (
        UniqueConstraint("author", "entry"),
        Index("ix_echo_entry", "entry"),
        Index("ix_echo_team_id_at", "team_id", "at"),
        {"sqlite_autoincrement": True},
    )


class NoticeWishRow(Base):
    """How a person wants to hear of their echoes beside the desk: by which of the configured channels, and how often.

    Nothing goes out from the hour ``quiet_from`` to ``quiet_until`` in ``zone``; equal hours mean at any time.
    """

    __tablename__ = "notice_wish"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    channel: Mapped[str]
    rhythm: Mapped[str]
    since: Mapped[datetime]
    quiet_from: Mapped[int]
    quiet_until: Mapped[int]
    zone: Mapped[str]


class NoticeRow(Base):
    """Echoes that go out together. The id goes with the message, so that one that was sent twice can be told."""

    __tablename__ = "notice"

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    channel: Mapped[str]
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int]
    trouble: Mapped[str]

    __table_args__ = (
        Index(
            "ix_notice_waiting",
            "made_at",
            sqlite_where=condition("sent_at IS NULL"),
            postgresql_where=condition("sent_at IS NULL"),
        ),
    )


class QuestionRow(Base):
    """A question of an owner to whoever hears the next matching conversation. ``feedback_id`` is that conversation.

    No foreign key to it: the answer stays when the note is erased.
    """

    __tablename__ = "question"

    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), index=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    who: Mapped[str]
    words: Mapped[str]
    choices: Mapped[list[Any]]
    state: Mapped[str]
    asked_at: Mapped[datetime]
    feedback_id: Mapped[str | None] = mapped_column(index=True)
    given_at: Mapped[datetime | None]
    answer: Mapped[str]
    answered_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_question_waiting",
            "asked_at",
            sqlite_where=condition("state = 'waiting'"),
            postgresql_where=condition("state = 'waiting'"),
        ),
        {"sqlite_autoincrement": True},
    )
