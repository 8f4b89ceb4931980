"""Weekly reviews, their decisions, and the opportunity solution tree."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from insights.migrations.append_only import only_add_to

revision = "0007"
down_revision = "0006"

MOMENT = sa.DateTime(timezone=True)
TABLES = ("opportunity_edge", "opportunity", "review_quote", "review_decision", "review_item", "review")


def upgrade() -> None:
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), primary_key=True),
        _must("week", sa.Date()),
        _must("since", MOMENT),
        _must("opened_at", MOMENT),
        _must("opened_by"),
        sa.Column("closed_at", MOMENT),
        _must("closed_by"),
        sa.Column("moved", sa.JSON()),
        sa.UniqueConstraint("week"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "review_item",
        sa.Column("id", sa.Integer(), primary_key=True),
        _of("review_id", "review.id"),
        _of("theme_id", "theme.id"),
        _must("reason"),
        _must("why"),
        _must("name"),
        _must("times", sa.Integer()),
        sa.Column("carried_from", sa.Integer(), sa.ForeignKey("review_item.id")),
        _must("at", MOMENT),
        sa.UniqueConstraint("review_id", "theme_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_review_item_theme_id", "review_item", ["theme_id"])
    op.create_table(
        "review_decision",
        sa.Column("id", sa.Integer(), primary_key=True),
        _of("item_id", "review_item.id"),
        _must("verdict"),
        _must("owner"),
        sa.Column("due", sa.Date()),
        _must("reason"),
        _must("who"),
        _must("at", MOMENT),
        sa.Column("answer_id", sa.Integer()),
        _must("evidence", sa.JSON()),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_review_decision_item_id", "review_decision", ["item_id"])
    only_add_to("review_decision")
    op.create_table(
        "review_quote",
        sa.Column("decision_id", sa.Integer(), sa.ForeignKey("review_decision.id"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("feedback_id", sa.Text(), sa.ForeignKey("feedback.id", ondelete="CASCADE"), nullable=False),
        _must("signal_ids", sa.JSON()),
        _must("quote", sa.JSON()),
    )
    op.create_index("ix_review_quote_feedback_id", "review_quote", ["feedback_id"])
    op.create_table(
        "opportunity",
        sa.Column("id", sa.Integer(), primary_key=True),
        _must("kind"),
        _must("title"),
        sa.Column("theme_id", sa.Integer(), sa.ForeignKey("theme.id"), unique=True),
        _must("owner"),
        _must("state"),
        _must("note"),
        _must("who"),
        _must("at", MOMENT),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "opportunity_edge",
        sa.Column("parent_id", sa.Integer(), sa.ForeignKey("opportunity.id"), primary_key=True),
        sa.Column("child_id", sa.Integer(), sa.ForeignKey("opportunity.id"), primary_key=True),
    )
    op.create_index("ix_opportunity_edge_child_id", "opportunity_edge", ["child_id"])


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)


def _of(name: str, key: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(key), nullable=False)


def _must(name: str, kind: Any = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Text() if kind is None else kind, nullable=False)
