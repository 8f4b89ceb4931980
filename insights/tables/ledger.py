"""The ledger of what was asked and answered, and the ballots on the answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from insights.columns import Base, LongId


class LedgerRow(Base):
    """One entry. Rows are only ever added (a trigger holds it); each carries the hash of the row before.

    ``about`` is the number of the entry this one answers, keeps or ends. No foreign keys: what was said stays said.
    """

    __tablename__ = "ledger"

    number: Mapped[int] = mapped_column(LongId, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    event: Mapped[str]
    theme_id: Mapped[int]
    team_id: Mapped[int | None]
    who: Mapped[str]
    answer: Mapped[str]
    reason: Mapped[str]
    due: Mapped[date | None]
    change: Mapped[str]
    value: Mapped[str]
    about: Mapped[int | None] = mapped_column(LongId)
    facts: Mapped[dict[str, Any]]
    previous: Mapped[str]
    hash: Mapped[str]

    __table_args__ = (Index("ix_ledger_theme_id", "theme_id"),)


class BallotBoxRow(Base):
    """The say on one answer. ``salt`` goes when the box closes: from then on not even our key leads to a name.

    ``shown`` is what everybody may see: counted anew whenever three more have voted, so that no two counts differ by one
    or two people.
    """

    __tablename__ = "ballot_box"

    answer: Mapped[int] = mapped_column(LongId, primary_key=True, autoincrement=False)
    salt: Mapped[str]
    closes_at: Mapped[datetime]
    closed: Mapped[bool]
    shown: Mapped[dict[str, Any]]


class BallotRow(Base):
    """One vote. ``ballot`` is a keyed hash of box and voter; there is no time, and no order in which rows came."""

    __tablename__ = "ballot"

    ballot: Mapped[str] = mapped_column(primary_key=True)
    answer: Mapped[int] = mapped_column(LongId, ForeignKey("ballot_box.answer"), index=True)
    fits: Mapped[int]
    words: Mapped[str]

    __table_args__ = ({"sqlite_with_rowid": False},)
