"""What other systems sent, on its way to being heard; and what is known of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from insights.columns import Base, LongId


class IntakeRow(Base):
    """An event that was taken in and is not stored as feedback yet. It waits as it came, and goes when its feedback is there.

    ``digest`` knows its dead letter; ``next_at`` is when it is sent (again).
    """

    __tablename__ = "intake"

    id: Mapped[int] = mapped_column(LongId, primary_key=True)
    feedback_id: Mapped[str] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(BigInteger)
    customer_key: Mapped[str]
    event: Mapped[dict[str, Any]]
    digest: Mapped[str]
    received_at: Mapped[datetime]
    next_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int]

    __table_args__ = (Index("ix_intake_customer_key", "customer_key"), {"sqlite_autoincrement": True})


class DeliveryRow(Base):
    """A delivery that was taken in: the digest of its bytes, so that the same ones are known again."""

    __tablename__ = "delivery"

    digest: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


class PullRow(Base):
    """How far a source has been pulled: ``cursor`` is the connector's own, ``state`` what it met last."""

    __tablename__ = "pull"

    source: Mapped[str] = mapped_column(primary_key=True)
    cursor: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    taken: Mapped[int] = mapped_column(BigInteger)
