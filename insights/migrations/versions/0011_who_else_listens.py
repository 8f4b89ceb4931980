"""Other systems: what they send on its way, deliveries known again, and how far each was pulled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "intake",
        sa.Column("id", _LONG, primary_key=True),
        sa.Column("feedback_id", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("customer_key", sa.Text(), nullable=False),
        sa.Column("event", sa.JSON(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sqlite_autoincrement=True,
    )
    for name in ("feedback_id", "next_at", "customer_key"):
        op.create_index(f"ix_intake_{name}", "intake", [name])
    op.create_table(
        "delivery",
        sa.Column("digest", sa.Text(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_delivery_at", "delivery", ["at"])
    op.create_table(
        "pull",
        sa.Column("source", sa.Text(), primary_key=True),
        sa.Column("cursor", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    for name in ("pull", "delivery", "intake"):
        op.drop_table(name)
