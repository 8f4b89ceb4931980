"""Annotations: what people said of a signal, and what they wrote themselves."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)
LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "annotation",
        sa.Column("id", LONG, primary_key=True),
        _of_feedback(),
        sa.Column("signal_id", sa.BigInteger()),
        _must("segment", sa.Integer()),
        _must("verdict"),
        _must("kind"),
        _must("start", sa.Integer()),
        _must("end", sa.Integer()),
        _must("corrected_kind"),
        _must("corrected_start", sa.Integer()),
        _must("corrected_end", sa.Integer()),
        sa.Column("became", sa.BigInteger()),
        sa.Column("theme_before", sa.Integer()),
        sa.Column("theme_after", sa.Integer()),
        _must("placed", sa.Boolean()),
        _must("who"),
        _must("at", MOMENT),
        _must("seconds", sa.Double()),
        _must("blind", sa.Boolean()),
        _must("applied", sa.Boolean()),
        _must("words_hash"),
        _must("before", sa.JSON()),
        sa.Column("undoes", LONG, sa.ForeignKey("annotation.id", ondelete="CASCADE")),
        sa.Column("undone_by", LONG, sa.ForeignKey("annotation.id", ondelete="CASCADE")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_annotation_feedback_id", "annotation", ["feedback_id"])
    op.create_index("ix_annotation_signal_id", "annotation", ["signal_id"])
    op.create_index("ix_annotation_at", "annotation", ["at"])
    op.create_index("ix_annotation_who_at", "annotation", ["who", "at"])
    op.create_table(
        "second_opinion",
        _of_feedback(primary_key=True),
        _must("first"),
        _must("second"),
        _must("asked_at", MOMENT),
        sa.Column("done_at", MOMENT),
    )
    waiting = sa.text("done_at IS NULL")
    op.create_index(
        "ix_second_opinion_waiting",
        "second_opinion",
        ["second", "asked_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_table(
        "written_note",
        sa.Column("feedback_id", sa.Text(), primary_key=True),
        _must("who"),
        _must("at", MOMENT),
        _must("state"),
    )
    op.create_index("ix_written_note_who_at", "written_note", ["who", "at"])
    waiting = sa.text("state = 'waiting'")
    op.create_index("ix_written_note_waiting", "written_note", ["at"], sqlite_where=waiting, postgresql_where=waiting)


def downgrade() -> None:
    for name in ("written_note", "second_opinion", "annotation"):
        op.drop_table(name)


def _of_feedback(*, primary_key: bool = False) -> sa.Column[Any]:
    key = sa.ForeignKey("feedback.id", ondelete="CASCADE")
    return sa.Column("feedback_id", sa.Text(), key, nullable=False, primary_key=primary_key)


def _must(name: str, kind: Any = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Text() if kind is None else kind, nullable=False)
