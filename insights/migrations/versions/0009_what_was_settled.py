"""Hours in which a person does not want to hear of anything."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

HOURS = ("quiet_from", "quiet_until")


def upgrade() -> None:
    for name in HOURS:
        op.add_column("notice_wish", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("notice_wish", sa.Column("zone", sa.Text(), nullable=False, server_default="UTC"))


def downgrade() -> None:
    for name in (*HOURS, "zone"):
        op.drop_column("notice_wish", name)
