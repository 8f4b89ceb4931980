"""Teams, what they own, the ledger of answers, echoes and the say."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from insights.migrations.append_only import only_add_to

revision = "0006"
down_revision = "0005"

MOMENT = sa.DateTime(timezone=True)
LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _teams()
    _ledger()
    _echoes()
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), primary_key=True),
        _to("theme"),
        _to("team"),
        _must("who"),
        _must("words"),
        _must("choices", sa.JSON()),
        _must("state"),
        _must("asked_at", MOMENT),
        sa.Column("feedback_id", sa.Text()),
        sa.Column("given_at", MOMENT),
        _must("answer"),
        sa.Column("answered_at", MOMENT),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_question_theme_id", "question", ["theme_id"])
    op.create_index("ix_question_feedback_id", "question", ["feedback_id"])
    _partial("ix_question_waiting", "question", "asked_at", "state = 'waiting'")


def downgrade() -> None:
    for name in (
        "question", "echo", "notice", "notice_wish", "ballot", "ballot_box", "ledger",
        "theme_owner", "theme_offering", "ownership_rule", "team_member", "team",
    ):  # fmt: skip
        op.drop_table(name)


def _teams() -> None:
    op.create_table(
        "team",
        sa.Column("id", sa.Integer(), primary_key=True),
        _must("name"),
        _must("active", sa.Boolean()),
        _must("ask_customers", sa.Integer()),
        _must("ask_severity", sa.Integer()),
        _must("ask_growth", sa.Boolean()),
        _must("answer_days", sa.Integer()),
        _must("created_at", MOMENT),
        sa.UniqueConstraint("name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "team_member",
        _to("team", primary_key=True),
        _to("person", primary_key=True),
        _must("deputy", sa.Boolean()),
        _must("since", MOMENT),
    )
    op.create_index("ix_team_member_person_id", "team_member", ["person_id"])
    op.create_table(
        "ownership_rule",
        sa.Column("id", sa.Integer(), primary_key=True),
        _to("team"),
        _must("theme_id", sa.Integer()),
        _must("product"),
        _must("part"),
        _must("who"),
        _must("at", MOMENT),
        sa.UniqueConstraint("theme_id", "product", "part"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "theme_offering",
        _to("theme", primary_key=True),
        _must("part"),
        sa.Column("cause_team_id", sa.Integer(), sa.ForeignKey("team.id")),
        sa.Column("paying_team_id", sa.Integer(), sa.ForeignKey("team.id")),
        _must("who"),
        _must("at", MOMENT),
    )
    op.create_table(
        "theme_owner",
        _to("theme", primary_key=True),
        sa.Column("team_id", sa.Integer(), sa.ForeignKey("team.id")),
        _must("since", MOMENT),
    )
    op.create_index("ix_theme_owner_team_id", "theme_owner", ["team_id"])


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("number", LONG, primary_key=True, autoincrement=False),
        _must("at", MOMENT),
        _must("event"),
        _must("theme_id", sa.Integer()),
        sa.Column("team_id", sa.Integer()),
        _must("who"),
        _must("answer"),
        _must("reason"),
        sa.Column("due", sa.Date()),
        _must("change"),
        _must("value"),
        sa.Column("about", LONG),
        _must("facts", sa.JSON()),
        _must("previous"),
        _must("hash"),
    )
    op.create_index("ix_ledger_theme_id", "ledger", ["theme_id"])
    only_add_to("ledger")
    op.create_table(
        "ballot_box",
        sa.Column("answer", LONG, primary_key=True, autoincrement=False),
        _must("salt"),
        _must("closes_at", MOMENT),
        _must("closed", sa.Boolean()),
        _must("shown", sa.JSON()),
    )
    op.create_table(
        "ballot",
        sa.Column("ballot", sa.Text(), primary_key=True),
        sa.Column("answer", LONG, sa.ForeignKey("ballot_box.answer"), nullable=False),
        _must("fits", sa.Integer()),
        _must("words"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ballot_answer", "ballot", ["answer"])


def _echoes() -> None:
    op.create_table(
        "notice_wish",
        _to("person", primary_key=True),
        _must("channel"),
        _must("rhythm"),
        _must("since", MOMENT),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Text(), primary_key=True),
        _to("person"),
        _must("channel"),
        _must("made_at", MOMENT),
        sa.Column("sent_at", MOMENT),
        _must("attempts", sa.Integer()),
        _must("trouble"),
    )
    _partial("ix_notice_waiting", "notice", "made_at", "sent_at IS NULL")
    op.create_table(
        "echo",
        sa.Column("id", LONG, primary_key=True),
        _must("author"),
        _must("entry", LONG),
        _must("event"),
        _to("theme"),
        sa.Column("team_id", sa.Integer(), sa.ForeignKey("team.id")),
        _must("notes", sa.Integer()),
        _must("at", MOMENT),
        sa.Column("read_at", MOMENT),
        sa.Column("notice_id", sa.Text(), sa.ForeignKey("notice.id")),
        sa.UniqueConstraint("author", "entry"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_echo_entry", "echo", ["entry"])
    op.create_index("ix_echo_team_id_at", "echo", ["team_id", "at"])


def _must(name: str, kind: Any = None) -> sa.Column[Any]:
    return sa.Column(name, kind or sa.Text(), nullable=False)


def _to(table: str, *, primary_key: bool = False) -> sa.Column[Any]:
    goal = sa.ForeignKey(f"{table}.id")
    return sa.Column(f"{table}_id", sa.Integer(), goal, nullable=False, primary_key=primary_key)


def _partial(name: str, table: str, column: str, where: str) -> None:
    op.create_index(name, table, [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))
