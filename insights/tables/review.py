"""Weekly reviews, what was decided in them and on what evidence, and the opportunity solution tree."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from insights.columns import Base


class ReviewRow(Base):
    """One weekly review. ``week`` is its Monday, ``since`` what its agenda looks back to; ``moved`` is frozen at the close."""

    __tablename__ = "review"

    id: Mapped[int] = mapped_column(primary_key=True)
    week: Mapped[date]
    since: Mapped[datetime]
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str]
    moved: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    __table_args__ = (UniqueConstraint("week"), {"sqlite_autoincrement": True})


class ReviewItemRow(Base):
    """A theme on the agenda of a review, and why. ``times``: how many reviews in a row it has been on the agenda.

    ``name`` is what the theme was called when it was last decided on; an erasure may take it, for it is customers' words.
    """

    __tablename__ = "review_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), index=True)
    reason: Mapped[str]
    why: Mapped[str]
    name: Mapped[str]
    times: Mapped[int]
    carried_from: Mapped[int | None] = mapped_column(ForeignKey("review_item.id"))
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("review_id", "theme_id"), {"sqlite_autoincrement": True})


class ReviewDecisionRow(Base):
    """What was decided about an item. Rows are only ever added (a trigger holds it); the last one counts.

    ``evidence`` holds the figures as they stood then. ``answer_id`` is the entry of the ledger the decision was answered
    with, if any; no foreign key, for what was decided stays decided.
    """

    __tablename__ = "review_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("review_item.id"), index=True)
    verdict: Mapped[str]
    owner: Mapped[str]
    due: Mapped[date | None]
    reason: Mapped[str]
    who: Mapped[str]
    at: Mapped[datetime]
    answer_id: Mapped[int | None]
    evidence: Mapped[dict[str, Any]]

    __table_args__ = ({"sqlite_autoincrement": True},)


class ReviewQuoteRow(Base):
    """The words a decision was taken on, as they were read then, redacted. They go when their note is erased."""

    __tablename__ = "review_quote"

    decision_id: Mapped[int] = mapped_column(ForeignKey("review_decision.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    feedback_id: Mapped[str] = mapped_column(ForeignKey("feedback.id", ondelete="CASCADE"), index=True)
    signal_ids: Mapped[list[Any]]
    quote: Mapped[dict[str, Any]]


class OpportunityRow(Base):
    """A node of the opportunity solution tree: an outcome, a theme, a solution or an experiment."""

    __tablename__ = "opportunity"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    title: Mapped[str]
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"), unique=True)
    owner: Mapped[str]
    state: Mapped[str]
    note: Mapped[str]
    who: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = ({"sqlite_autoincrement": True},)


class OpportunityEdgeRow(Base):
    """One node hangs under another. A solution may serve two themes, so this is more than a tree."""

    __tablename__ = "opportunity_edge"

    parent_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"), primary_key=True)
    child_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"), primary_key=True)

    __table_args__ = (Index("ix_opportunity_edge_child_id", "child_id"),)
