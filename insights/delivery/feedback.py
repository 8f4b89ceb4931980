"""Which records the store already holds."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from insights.store import Store
from insights.tables import FeedbackRow

AT_ONCE = 500


def known_ids(store: Store, ids: Sequence[str]) -> set[str]:
    """Return those of the given feedback ids that are stored. Raises StoreError."""
    found: set[str] = set()
    with store.connect() as connection:
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            found.update(connection.execute(select(FeedbackRow.id).where(FeedbackRow.id.in_(some))).scalars())
    return found
