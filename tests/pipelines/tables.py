"""The store as plain rows, for comparing two of them, whatever their engines."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, select

from insights.store import Store
from insights.tables import FeedbackRow

LEFT_OUT = {"received_at"}
"""When it was written, which differs between runs; everything else must not."""

KNOWLEDGE: tuple[Table, ...] = tuple(
    FeedbackRow.metadata.tables[name] for name in ("feedback", "segment", "signal", "vector")
)

Rows = dict[str, list[tuple[Any, ...]]]


def rows_of(store: Store, tables: tuple[Table, ...] = KNOWLEDGE) -> Rows:
    """Return the rows of some tables, sorted, without the column that says when they were written."""
    found: Rows = {}
    with store.connect() as connection:
        for each in tables:
            kept = [column for column in each.c if column.name not in LEFT_OUT]
            found[each.name] = sorted((tuple(row) for row in connection.execute(select(*kept))), key=repr)
    return found
