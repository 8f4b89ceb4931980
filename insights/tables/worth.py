"""What a theme is worth: assumptions, alerts and their threads, cases of proof with their quotes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Double, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from insights.columns import Base


class AssumptionRow(Base):
    """A number somebody put in, as a range with its source; ``theme_id`` 0: for every theme. Rows are only ever added.

    The newest row of a name and theme counts.
    """

    __tablename__ = "assumption"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    theme_id: Mapped[int]
    low: Mapped[float] = mapped_column(Double)
    likely: Mapped[float] = mapped_column(Double)
    high: Mapped[float] = mapped_column(Double)
    source: Mapped[str]
    who: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (Index("ix_assumption_name_theme_id", "name", "theme_id"), {"sqlite_autoincrement": True})


class AlertRow(Base):
    """One issue somebody should look at. ``facts`` are the figures that raised it; ``told_at``: when a notice of it went out."""

    __tablename__ = "alert"

    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), index=True)
    kind: Mapped[str]
    state: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    last_at: Mapped[datetime]
    muted_until: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    facts: Mapped[dict[str, Any]]

    __table_args__ = ({"sqlite_autoincrement": True},)


class AlertStepRow(Base):
    """One step in the thread of an alert. Rows are only ever added."""

    __tablename__ = "alert_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), index=True)
    at: Mapped[datetime]
    who: Mapped[str]
    step: Mapped[str]
    words: Mapped[str]
    facts: Mapped[dict[str, Any]]

    __table_args__ = ({"sqlite_autoincrement": True},)


class ProofCaseRow(Base):
    """A before and after that was kept. ``answer`` is the entry of the ledger; ``figures`` are as they stood then.

    ``name`` is what was changed, in the words of the team that changed it.
    """

    __tablename__ = "proof_case"

    id: Mapped[int] = mapped_column(primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), index=True)
    answer: Mapped[int] = mapped_column(BigInteger)
    changed_on: Mapped[date]
    name: Mapped[str]
    figures: Mapped[dict[str, Any]]
    who: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = ({"sqlite_autoincrement": True},)


class ProofQuoteRow(Base):
    """The words a case quotes, redacted. They go when their note is erased."""

    __tablename__ = "proof_quote"

    case_id: Mapped[int] = mapped_column(ForeignKey("proof_case.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    feedback_id: Mapped[str] = mapped_column(ForeignKey("feedback.id", ondelete="CASCADE"), index=True)
    quote: Mapped[dict[str, Any]]
