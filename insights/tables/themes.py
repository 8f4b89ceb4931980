"""Themes, their lineage, and the changes proposed to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from insights.columns import Base


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
