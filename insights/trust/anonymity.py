"""How few customers may stand behind what is shown beyond the care team: alone, one customer can be recognised."""

from __future__ import annotations

from insights.trust.people import Person, Role

CARE_TEAM = frozenset({Role.AGENT, Role.ADMIN})


def least_customers(person: Person, k: int) -> int:
    """Return how many distinct customers must stand behind a theme, a quote or a number for this person to see it."""
    return 1 if person.role in CARE_TEAM else k


def may_see(person: Person, customers: int, k: int) -> bool:
    """Tell whether something that so many distinct customers said may be shown to this person."""
    return customers >= least_customers(person, k)
