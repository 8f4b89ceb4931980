"""Taking notes out of the store: every table that holds something of them, in one transaction, with the counts.

Which tables these are is read from the tables themselves, so that one that is added later is not forgotten: a column
called ``feedback_id`` or ``signal_id`` names a note or a signal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Table, delete, func, select, update

from insights.columns import Base
from insights.tables import FeedbackRow, SignalRow, ThemeRow

AT_ONCE = 500
HISTORY = frozenset({"lineage_member", "count_touched"})
"""Tables that keep bare signal ids only: what was moved when, and what is yet to be counted anew."""


def remove_notes(connection: Connection, ids: Sequence[str]) -> Counter[str]:
    """Delete notes and all that hangs on them; return the rows by table. Ids that are not there count nothing."""
    removed: Counter[str] = Counter()
    for start in range(0, len(ids), AT_ONCE):
        some = list(ids[start : start + AT_ONCE])
        signals = select(SignalRow.id).where(SignalRow.feedback_id.in_(some))
        themes = update(ThemeRow).where(ThemeRow.exemplar_signal_id.in_(signals))
        connection.execute(themes.values(exemplar_signal_id=None))
        for name, column in (("signal_id", signals), ("feedback_id", some)):
            for table in _tables_with(name):
                here = table.c[name].in_(column)
                if table.c[name].nullable:
                    connection.execute(update(table).where(here).values({name: None}))
                    continue
                removed[table.name] += connection.execute(
                    select(func.count()).select_from(table).where(here)
                ).scalar_one()
                if table.name != "signal":
                    connection.execute(delete(table).where(here))
        connection.execute(delete(SignalRow).where(SignalRow.feedback_id.in_(some)))
        removed["feedback"] += connection.execute(delete(FeedbackRow).where(FeedbackRow.id.in_(some))).rowcount
    return +removed


def _tables_with(column: str) -> Iterator[Table]:
    """Tables with such a column; those that refer to others come before these."""
    for table in reversed(Base.metadata.sorted_tables):
        if column in table.c and table.name not in HISTORY:
            yield table
