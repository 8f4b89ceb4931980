"""Tables whose rows are only ever added: the database itself refuses to change or take one away."""

from __future__ import annotations

from alembic import op


def add_refusal() -> None:
    """Make the function behind the triggers (PostgreSQL; SQLite's triggers need none)."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME; END $$"
        )


def drop_refusal() -> None:
    """Take the function away again, after the tables that ask it."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")


def only_add_to(name: str) -> None:
    """Refuse every change and deletion of a row of a table. Dropping the table drops the refusal."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {name}_only_added BEFORE UPDATE OR DELETE ON {name} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {name}_no_{verb.lower()} BEFORE {verb} ON {name} "
            f"BEGIN SELECT RAISE(ABORT, 'rows of {name} are only ever added'); END"
        )
