"""Hours in which a person does not want to hear of anything; what customers were given, found without reading all signals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

HOURS = ("quiet_from", "quiet_until")
GIVEN = sa.text("kind IN ('compensation', 'handoff')")


def upgrade() -> None:
    for name in HOURS:
        op.add_column("notice_wish", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("notice_wish", sa.Column("zone", sa.Text(), nullable=False, server_default="UTC"))
    columns = ["kind", "feedback_id"]
    op.create_index("ix_signal_given", "signal", columns, sqlite_where=GIVEN, postgresql_where=GIVEN)


def downgrade() -> None:
    op.drop_index("ix_signal_given", "signal")
    for name in (*HOURS, "zone"):
        op.drop_column("notice_wish", name)
