"""Issues of trackers that stand for themes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "tracker_link",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("theme_id", sa.Integer(), sa.ForeignKey("theme.id"), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("tracker", "key", "url", "title", "state", "reason")),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("told", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("theme_id", "tracker", "key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_tracker_link_theme_id", "tracker_link", ["theme_id"])


def downgrade() -> None:
    op.drop_table("tracker_link")
