"""Searches that somebody wants to come back to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from insights.store import Store, StoreError
from insights.tables import SavedSearchRow
from insights.trust import audit

AT_MOST = 200
LONGEST_NAME, LONGEST_LINK = 80, 2_000


class NotSaved(StoreError):
    """The search was not saved; the message says why."""


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search by name; ``link`` is the query part of the address of Explore."""

    id: int
    name: str
    link: str
    who: str
    at: datetime


def saved_searches(store: Store) -> tuple[SavedSearch, ...]:
    """Return all saved searches by name. Raises StoreError."""
    columns = (SavedSearchRow.id, SavedSearchRow.name, SavedSearchRow.link, SavedSearchRow.who, SavedSearchRow.at)
    with store.connect() as connection:
        rows = connection.execute(select(*columns).order_by(SavedSearchRow.name, SavedSearchRow.id).limit(AT_MOST))
        return tuple(SavedSearch(*row) for row in rows)


def save_search(store: Store, name: str, link: str, who: str, at: datetime) -> SavedSearch:
    """Keep a search under a name; one of the same name is replaced. Raises NotSaved, StoreError."""
    called = " ".join(name.split())[:LONGEST_NAME]
    if not called:
        raise NotSaved("a saved search needs a name")
    if not link or len(link) > LONGEST_LINK:
        raise NotSaved("there is nothing to save yet, or its link is too long; search for something first")
    row = {"name": called, "link": link, "who": who, "at": at}
    with store.begin() as connection:
        replaced = connection.execute(delete(SavedSearchRow).where(SavedSearchRow.name == called)).rowcount
        made = insert(SavedSearchRow).values(row).returning(SavedSearchRow.id)
        number = int(connection.execute(made).scalar_one())
        audit.add(
            connection, who, "search.saved", f"saved_search:{number}", {"replaced": replaced}, {"name": called}, at
        )
    return SavedSearch(number, called, link, who, at)


def forget_search(store: Store, search_id: int, who: str, at: datetime) -> bool:
    """Forget a saved search; False when it was gone already. Raises StoreError."""
    with store.begin() as connection:
        gone = connection.execute(delete(SavedSearchRow).where(SavedSearchRow.id == search_id)).rowcount > 0
        if gone:
            audit.add(connection, who, "search.forgotten", f"saved_search:{search_id}", None, None, at)
    return gone
