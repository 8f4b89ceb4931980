"""Proposals that wait for a person, and waiting signals found by when they were said."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), primary_key=True),
        _must("kind"),
        _must("action"),
        sa.Column("theme_id", sa.Integer(), sa.ForeignKey("theme.id")),
        sa.Column("target_id", sa.Integer(), sa.ForeignKey("theme.id")),
        _must("name"),
        _must("terms", sa.JSON()),
        sa.Column("exemplar_signal_id", sa.BigInteger()),
        _must("members", sa.JSON()),
        _must("customers", sa.Integer()),
        _must("share", sa.Double()),
        _must("purity", sa.Double()),
        _must("safe", sa.Boolean()),
        _must("made_at", MOMENT),
        _must("state"),
        _must("who"),
        sa.Column("decided_at", MOMENT),
        _must("why"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_proposal_state_kind", "proposal", ["state", "kind"])
    _waiting(["kind", "occurred_at"])


def downgrade() -> None:
    op.drop_table("proposal")
    _waiting(["kind"])


def _waiting(columns: list[str]) -> None:
    where = sa.text("theme_id IS NULL")
    op.drop_index("ix_signal_waiting", "signal")
    op.create_index("ix_signal_waiting", "signal", columns, sqlite_where=where, postgresql_where=where)


def _must(name: str, kind: Any = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Text() if kind is None else kind, nullable=False)
