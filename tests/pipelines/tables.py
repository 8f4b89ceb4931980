"""The store as plain rows, for comparing two of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect, text

from insights.store import Store

LEFT_OUT = {"received_at", "at", "updated_at", "created_at", "published_at"}
"""When it was written, which differs between runs; everything else must not."""


def rows_of(store: Store, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of some tables, sorted, without the columns that say when they were written."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    with store.connect() as connection:
        for table in tables:
            columns = [column["name"] for column in inspect(connection).get_columns(table)]
            kept = ", ".join(f'"{name}"' for name in columns if name not in LEFT_OUT)
            rows = connection.execute(text(f"SELECT {kept} FROM {table}"))  # noqa: S608
            found[table] = sorted(tuple(map(str, row)) for row in rows)
    return found


KNOWLEDGE = ("feedback", "segment", "signal", "vector")
