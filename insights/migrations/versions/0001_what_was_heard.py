"""What was heard, the themes it gathers into, their lineage, and the stream's own books.

The names of keys and constraints come from the naming convention in ``insights.tables``.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _notes()
    _themes()
    _signals()
    _lineage()
    _books()


def downgrade() -> None:
    for name in (
        "setting",
        "outbox",
        "consumer_offset",
        "dead_letter",
        "lineage_member",
        "lineage",
        "vector",
        "signal",
        "theme",
        "segment",
        "feedback",
    ):
        op.drop_table(name)


def _notes() -> None:
    """A note as it came, redacted, and the words of each speaker in it."""
    op.create_table(
        "feedback",
        sa.Column("id", sa.Text(), primary_key=True),
        _must("source"),
        _must("external_id"),
        _must("version", sa.BigInteger()),
        _must("occurred_at", MOMENT),
        _must("received_at", MOMENT),
        _must("week", sa.Date()),
        _must("conversation_id"),
        _must("channel"),
        _must("customer_kind"),
        _must("customer_key"),
        _must("agent_key"),
        _must("product"),
        _must("plan"),
        _must("region"),
        _must("language"),
        _must("detected_language"),
        _must("app_version"),
        _may("handle_minutes", sa.Double()),
        _may("refund", sa.Double()),
        _may("credit", sa.Double()),
        _must("currency"),
        _may("csat", sa.Double()),
        _must("clock_clamped", sa.Boolean()),
        _must("attributes", sa.JSON()),
        _must("extra", sa.JSON()),
        _must("unread", sa.Boolean()),
        _must("content_hash"),
    )
    op.create_index("ix_feedback_occurred_at", "feedback", ["occurred_at"])
    op.create_index("ix_feedback_received_at", "feedback", ["received_at"])
    op.create_index("ix_feedback_customer_key", "feedback", ["customer_key"])
    _index_where("ix_feedback_unread", "feedback", ["unread"], "unread")
    op.create_table(
        "segment",
        sa.Column("feedback_id", sa.Text(), sa.ForeignKey("feedback.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        _must("speaker"),
        _must("text"),
    )


def _themes() -> None:
    """A theme is for ever: AUTOINCREMENT keeps SQLite from giving an id out twice."""
    op.create_table(
        "theme",
        sa.Column("id", sa.Integer(), primary_key=True),
        _must("kind"),
        _must("name"),
        _must("named_by"),
        _must("terms", sa.JSON()),
        _may("exemplar_signal_id", sa.BigInteger()),
        sa.Column("parent_id", sa.Integer(), sa.ForeignKey("theme.id")),
        _must("status"),
        sa.Column("merged_into", sa.Integer(), sa.ForeignKey("theme.id")),
        _must("created_at", MOMENT),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_theme_status_kind", "theme", ["status", "kind"])
    op.create_index("ix_theme_merged_into", "theme", ["merged_into"])


def _signals() -> None:
    """A typed span with its place in a theme; week, customer and product repeat the note's, for counting."""
    op.create_table(
        "signal",
        sa.Column("id", LONG, primary_key=True, autoincrement=False),
        sa.Column("feedback_id", sa.Text(), sa.ForeignKey("feedback.id", ondelete="CASCADE"), nullable=False),
        _must("segment", sa.Integer()),
        _must("kind"),
        _must("start", sa.Integer()),
        _must("end", sa.Integer()),
        _must("text"),
        _must("confidence", sa.Double()),
        _must("rule"),
        _must("attribution"),
        _must("severity", sa.Integer()),
        _must("slots", sa.JSON()),
        sa.Column("theme_id", sa.Integer(), sa.ForeignKey("theme.id")),
        _must("similarity", sa.Double()),
        _must("pinned", sa.Boolean()),
        _must("occurred_at", MOMENT),
        _must("week", sa.Date()),
        _must("customer"),
        _must("product"),
    )
    op.create_index("ix_signal_feedback_id", "signal", ["feedback_id"])
    counted = ["theme_id", "week", "customer", "feedback_id", "severity", "attribution"]
    op.create_index("ix_signal_theme_id_week", "signal", counted)
    op.create_index("ix_signal_theme_id_occurred_at", "signal", ["theme_id", "occurred_at"])
    _index_where("ix_signal_waiting", "signal", ["kind"], "theme_id IS NULL")
    op.create_table(
        "vector",
        sa.Column(
            "signal_id", LONG, sa.ForeignKey("signal.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
        ),
        sa.Column("encoder_id", sa.Text(), primary_key=True),
        _must("data", sa.LargeBinary()),
    )


def _lineage() -> None:
    """What became of themes, with every signal that moved, so that each step can be taken back exactly."""
    op.create_table(
        "lineage",
        sa.Column("id", sa.Integer(), primary_key=True),
        _must("at", MOMENT),
        _must("event"),
        sa.Column("theme_id", sa.Integer(), sa.ForeignKey("theme.id"), nullable=False),
        sa.Column("other_theme_id", sa.Integer(), sa.ForeignKey("theme.id")),
        _must("moved", sa.Integer()),
        _must("who"),
        _must("why"),
        _must("before", sa.JSON()),
        sa.Column("undone_by", sa.Integer(), sa.ForeignKey("lineage.id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_lineage_theme_id", "lineage", ["theme_id"])
    op.create_index("ix_lineage_other_theme_id", "lineage", ["other_theme_id"])
    op.create_table(
        "lineage_member",
        sa.Column("lineage_id", sa.Integer(), sa.ForeignKey("lineage.id"), primary_key=True),
        sa.Column("signal_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        _may("from_theme", sa.Integer()),
        _may("to_theme", sa.Integer()),
    )


def _books() -> None:
    """Records set aside, how far each partition is read, what others must still be told, and small facts."""
    op.create_table(
        "dead_letter",
        sa.Column("id", sa.Integer(), primary_key=True),
        _must("reason"),
        _must("detail"),
        _must("payload", sa.LargeBinary()),
        _must("headers", sa.JSON()),
        _must("place"),
        _must("partition", sa.Integer()),
        _must("offset", sa.BigInteger()),
        _must("digest"),
        _must("at", MOMENT),
        _may("replayed_at", MOMENT),
        sa.UniqueConstraint("place", "partition", "offset", "digest"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_dead_letter_reason", "dead_letter", ["reason"])
    op.create_table(
        "consumer_offset",
        sa.Column("cluster_id", sa.Text(), primary_key=True),
        sa.Column("topic", sa.Text(), primary_key=True),
        sa.Column("topic_id", sa.Text(), primary_key=True),
        sa.Column("partition", sa.Integer(), primary_key=True, autoincrement=False),
        _must("next_offset", sa.BigInteger()),
        _may("end_offset", sa.BigInteger()),
        _must("updated_at", MOMENT),
    )
    op.create_table(
        "outbox",
        sa.Column("sequence", LONG, primary_key=True),
        sa.Column("id", sa.Text(), nullable=False, unique=True),
        _must("aggregatetype"),
        _must("aggregateid"),
        _must("type"),
        _must("payload", sa.JSON()),
        _must("created_at", MOMENT),
        _may("published_at", MOMENT),
        sqlite_autoincrement=True,
    )
    _index_where("ix_outbox_waiting", "outbox", ["sequence"], "published_at IS NULL")
    op.create_table("setting", sa.Column("key", sa.Text(), primary_key=True), _must("value"))


def _must(name: str, kind: Any = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Text() if kind is None else kind, nullable=False)


def _may(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind)


def _index_where(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
