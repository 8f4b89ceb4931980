"""Who may do what, what they did, whom nothing is kept of any more, and what went wrong with the stream."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy import text as condition
from sqlalchemy.orm import Mapped, mapped_column

from insights.columns import Base, LongId


class PersonRow(Base):
    """A person who works with Earshot. ``role`` is a value of ``insights.people.Role``; rows are never deleted."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None]
    role: Mapped[str]
    agent_key: Mapped[str]
    active: Mapped[bool]
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("name"), UniqueConstraint("email"), {"sqlite_autoincrement": True})


class AuditRow(Base):
    """What a person did. Rows are only ever added (a trigger holds it); each carries the hash of the row before."""

    __tablename__ = "audit"

    number: Mapped[int] = mapped_column(LongId, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    who: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    previous: Mapped[str]
    hash: Mapped[str]

    __table_args__ = (Index("ix_audit_subject", "subject"),)


class TombstoneRow(Base):
    """Something that was erased and must not come back: a customer or a note by its hash, a payload by its digest."""

    __tablename__ = "tombstone"

    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class IncidentRow(Base):
    """Something that may have cost records, or stopped the stream. Open until a person closes it."""

    __tablename__ = "incident"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    place: Mapped[str]
    detail: Mapped[str]
    at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str]

    __table_args__ = (
        Index(
            "ix_incident_open",
            "kind",
            "place",
            sqlite_where=condition("closed_at IS NULL"),
            postgresql_where=condition("closed_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )
