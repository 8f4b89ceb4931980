"""What came in and goes out: dead letters, read offsets, the outbox, and small facts about the product itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as condition
from sqlalchemy.orm import Mapped, mapped_column

from insights.columns import Base, LongId


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
