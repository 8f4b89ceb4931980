"""Aggregates, search and the map, kept with the notes: triggers note what is written, whoever writes it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0004"
down_revision = "0003"

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "saved_search",
    "map_point",
    "search_note",
    "facet_value",
    "count_revision",
    "count_block",
    "count_touched",
)
CHANGES = ("insert", "update", "delete")


def upgrade() -> None:
    _tables()
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()
    # What is there already is counted by the first transaction that settles.
    op.execute("INSERT INTO count_touched (feedback_id) SELECT id FROM feedback")
    op.execute("INSERT INTO count_touched (signal_id) SELECT id FROM signal")


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table, change in [
        ("segment", "update"),
        *((table, one) for table in ("signal", "feedback") for one in CHANGES),
    ]:
        op.execute(f"DROP TRIGGER count_{table}_{change}" + (f" ON {table}" if postgresql else ""))
        if postgresql:
            op.execute(f"DROP FUNCTION count_{table}_{change}()")
    if not postgresql:
        op.execute("DROP TABLE search_words")
    for name in TABLES:
        op.drop_table(name)


def _tables() -> None:
    op.create_table(
        "count_touched",
        sa.Column("sequence", LONG, primary_key=True),
        sa.Column("signal_id", sa.BigInteger()),
        sa.Column("feedback_id", sa.Text()),
        sa.Column("theme_id", sa.Integer()),
        sa.Column("kind", sa.Text()),
        sa.Column("week", sa.Date()),
    )
    op.create_table(
        "count_block",
        sa.Column("place", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("week", sa.Date(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        _must("records", sa.Integer()),
        _must("revision", sa.BigInteger()),
        _must("data", sa.LargeBinary()),
    )
    op.create_index("ix_count_block_revision", "count_block", ["revision", "place", "week"])
    op.create_index("ix_count_block_place_records", "count_block", ["place", "records"])
    op.create_table(
        "count_revision",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        _must("epoch"),
        _must("revision", sa.BigInteger()),
    )
    op.create_table(
        "facet_value",
        sa.Column("field", sa.Text(), primary_key=True),
        sa.Column("code", sa.Integer(), primary_key=True, autoincrement=False),
        _must("value"),
    )
    op.create_index("ix_facet_value_field_value", "facet_value", ["field", "value"])
    op.create_table(
        "search_note",
        sa.Column("number", LONG, primary_key=True),
        sa.Column("feedback_id", sa.Text(), nullable=False, unique=True),
        _must("note", sa.BigInteger()),
        _must("words", sa.Text().with_variant(TSVECTOR(), "postgresql")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_search_note_note", "search_note", ["note"])
    op.create_table(
        "map_point",
        sa.Column("signal_id", LONG, primary_key=True, autoincrement=False),
        _must("x", sa.Double()),
        _must("y", sa.Double()),
    )
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Integer(), primary_key=True),
        _must("name"),
        _must("link"),
        _must("who"),
        _must("at", sa.DateTime(timezone=True)),
        sqlite_autoincrement=True,
    )


def _sqlite() -> None:
    written = (
        "INSERT INTO count_touched (signal_id, theme_id, kind, week) VALUES (OLD.id, OLD.theme_id, OLD.kind, OLD.week)"
    )
    of_note = "INSERT INTO count_touched (signal_id, theme_id, kind, week) SELECT id, theme_id, kind, week FROM signal WHERE feedback_id = NEW.id"
    before = "INSERT INTO count_touched (feedback_id, week) VALUES (OLD.id, OLD.week)"
    _trigger("signal", "insert", "INSERT INTO count_touched (signal_id) VALUES (NEW.id)")
    columns = "feedback_id, kind, severity, attribution, theme_id, occurred_at, week, customer"
    _trigger("signal", "update", written, of=columns)
    _trigger("signal", "delete", written)
    _trigger("feedback", "insert", "INSERT INTO count_touched (feedback_id) VALUES (NEW.id)")
    _trigger("feedback", "update", f"{before}; {of_note}")
    _trigger("feedback", "delete", before)
    words = "INSERT INTO count_touched (feedback_id, week) SELECT id, week FROM feedback WHERE id = NEW.feedback_id"
    _trigger("segment", "update", words)
    op.execute(
        "CREATE VIRTUAL TABLE search_words USING fts5("
        "words, content='search_note', content_rowid='number', tokenize='unicode61 remove_diacritics 2')"
    )
    op.execute(
        "CREATE TRIGGER search_note_insert AFTER INSERT ON search_note BEGIN "
        "INSERT INTO search_words (rowid, words) VALUES (NEW.number, NEW.words); END"
    )
    op.execute(
        "CREATE TRIGGER search_note_delete AFTER DELETE ON search_note BEGIN "
        "INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', OLD.number, OLD.words); END"
    )


def _trigger(table: str, change: str, does: str, *, of: str = "") -> None:
    when = f"{change.upper()} OF {of}" if of else change.upper()
    op.execute(f"CREATE TRIGGER count_{table}_{change} AFTER {when} ON {table} BEGIN {does}; END")


def _postgresql() -> None:
    op.execute("ALTER TABLE count_block ALTER COLUMN data SET STORAGE EXTERNAL")  # packed numbers do not compress
    op.create_index("ix_search_note_words", "search_note", ["words"], postgresql_using="gin")
    written = "INSERT INTO count_touched (signal_id, theme_id, kind, week) SELECT id, theme_id, kind, week FROM before"
    of_note = (
        "INSERT INTO count_touched (signal_id, theme_id, kind, week) "
        "SELECT id, theme_id, kind, week FROM signal WHERE feedback_id IN (SELECT id FROM after)"
    )
    before = "INSERT INTO count_touched (feedback_id, week) SELECT id, week FROM before"
    _function("signal", "insert", "INSERT INTO count_touched (signal_id) SELECT id FROM after")
    _function("signal", "update", written)
    _function("signal", "delete", written)
    _function("feedback", "insert", "INSERT INTO count_touched (feedback_id) SELECT id FROM after")
    _function("feedback", "update", f"{before}; {of_note}")
    _function("feedback", "delete", before)
    words = (
        "INSERT INTO count_touched (feedback_id, week) "
        "SELECT id, week FROM feedback WHERE id IN (SELECT feedback_id FROM after)"
    )
    _function("segment", "update", words)


def _function(table: str, change: str, does: str) -> None:
    """A trigger once per statement, over all the rows it wrote."""
    rows = {"insert": "NEW TABLE AS after", "delete": "OLD TABLE AS before"}
    seen = rows.get(change, "OLD TABLE AS before NEW TABLE AS after")
    name = f"count_{table}_{change}"
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {does}; RETURN NULL; END $$")
    op.execute(
        f"CREATE TRIGGER {name} AFTER {change.upper()} ON {table} REFERENCING {seen} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    )


def _must(name: str, kind: Any = None) -> sa.Column[Any]:
    return sa.Column(name, sa.Text() if kind is None else kind, nullable=False)
