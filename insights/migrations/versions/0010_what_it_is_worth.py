"""What a theme is worth: contacts, costs, alerts, cases of proof. Records of counts grow by case, arrival and cost."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from insights.migrations.append_only import only_add_to

revision = "0010"
down_revision = "0009"

MOMENT = sa.DateTime(timezone=True)
TABLES = ("proof_quote", "proof_case", "alert_step", "alert", "assumption")
ONLY_ADDED = ("assumption", "alert_step")


def upgrade() -> None:
    op.create_table(
        "assumption",
        sa.Column("id", sa.Integer(), primary_key=True),
        _must("name"),
        _must("theme_id", sa.Integer()),
        _must("low", sa.Double()),
        _must("likely", sa.Double()),
        _must("high", sa.Double()),
        _must("source"),
        _must("who"),
        _must("at", MOMENT),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_assumption_name_theme_id", "assumption", ["name", "theme_id"])
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), primary_key=True),
        _of("theme_id", "theme.id"),
        _must("kind"),
        _must("state"),
        sa.Column("owner_id", sa.Integer(), sa.ForeignKey("person.id")),
        _must("opened_at", MOMENT),
        _must("last_at", MOMENT),
        sa.Column("muted_until", MOMENT),
        sa.Column("told_at", MOMENT),
        _must("facts", sa.JSON()),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alert_theme_id", "alert", ["theme_id"])
    op.create_table(
        "alert_step",
        sa.Column("id", sa.Integer(), primary_key=True),
        _of("alert_id", "alert.id"),
        _must("at", MOMENT),
        _must("who"),
        _must("step"),
        _must("words"),
        _must("facts", sa.JSON()),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alert_step_alert_id", "alert_step", ["alert_id"])
    op.create_table(
        "proof_case",
        sa.Column("id", sa.Integer(), primary_key=True),
        _of("theme_id", "theme.id"),
        _must("answer", sa.BigInteger()),
        _must("changed_on", sa.Date()),
        _must("name"),
        _must("figures", sa.JSON()),
        _must("who"),
        _must("at", MOMENT),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_proof_case_theme_id", "proof_case", ["theme_id"])
    op.create_table(
        "proof_quote",
        _key("case_id", "proof_case.id"),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("feedback_id", sa.Text(), sa.ForeignKey("feedback.id", ondelete="CASCADE"), nullable=False),
        _must("quote", sa.JSON()),
    )
    op.create_index("ix_proof_quote_feedback_id", "proof_quote", ["feedback_id"])
    for name in ONLY_ADDED:
        only_add_to(name)
    _count_anew()


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)
    _count_anew()


def _count_anew() -> None:
    """Records of another shape: what is there is counted by the first transaction that settles."""
    op.execute("DELETE FROM count_block")
    op.execute("DELETE FROM count_touched")
    op.execute("UPDATE count_revision SET epoch = epoch || '.'")
    op.execute("INSERT INTO count_touched (feedback_id) SELECT id FROM feedback")
    op.execute("INSERT INTO count_touched (signal_id) SELECT id FROM signal")


def _of(name: str, key: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(key), nullable=False)


def _key(name: str, key: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(key), primary_key=True, autoincrement=False)


def _must(name: str, kind: Any = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Text() if kind is None else kind, nullable=False)
