"""Changing what is only ever added, as somebody with all rights on the database could."""

from __future__ import annotations

from sqlalchemy import text

from insights.store import Store


def without_triggers(store: Store, table: str, change: str) -> None:
    """Do what somebody with all rights on the database could do, and put the triggers back."""
    with store.begin() as connection:
        if store.dialect == "postgresql":
            for step in (
                f"ALTER TABLE {table} DISABLE TRIGGER USER",
                change,
                f"ALTER TABLE {table} ENABLE TRIGGER USER",
            ):
                connection.execute(text(step))
            return
        kept = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for name, _ in kept:
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text(change))
        for _, made in kept:
            connection.execute(text(made))
