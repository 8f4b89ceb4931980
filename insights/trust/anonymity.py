"""How few customers may stand behind what is shown beyond the care team: alone, one customer can be recognised.

The care team reads every note. To everybody else

- words (quotes, stories, search results, exported notes) are shown where at least k distinct customers stand behind
  exactly what was asked, filters and weeks included;
- themes that fewer than k customers speak of, under the filters that are on, are left out of lists, and it is said how
  many; opened by their id they show their name and no figure;
- any other number of customers from one to k - 1 is told as "fewer than k".

The name of a theme is what it is about, and who has to answer for it reads it. For whom a store is read is written on
the store: `insights.store.Store.seen_by`.
"""

from __future__ import annotations

from insights.store import Store
from insights.trust.people import Person, Role

CARE_TEAM = frozenset({Role.AGENT, Role.ADMIN})
"""Those whose work is to read single notes."""


def least_customers(person: Person, k: int) -> int:
    """Return how many distinct customers must stand behind words or a number for this person to see them."""
    return 1 if person.role in CARE_TEAM else k


def fewer_than(store: Store, customers: int) -> int:
    """Return 0 when what so many distinct customers said may be shown to who reads this store, else k."""
    return 0 if customers >= store.least_customers else store.least_customers
