"""Weeks run Monday to Sunday, in UTC. The running week is never compared with full ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

SHOWN = 12
COMPARED = 4
NEW_FOR = 6
"""A theme is new for six weeks after it was first heard."""

_Z95 = 1.96


@dataclass(frozen=True, slots=True)
class Change:
    """Distinct customers in the last 4 full weeks against the 4 before, as a ratio with its 95% interval.

    The interval is that of a rate ratio: exp(ln(a/b) +- 1.96 sqrt(1/a + 1/b)), 0.5 added to both counts.
    """

    recent: int
    before: int
    ratio: float
    low: float
    high: float
    fewer_than: int = 0
    """Counts from one to below this are told as "fewer than"; 0 tells all (``insights.trust.anonymity``)."""

    @property
    def clear(self) -> bool:
        """True when the interval leaves out "no change"."""
        return self.low > 1 or self.high < 1


def change(recent: int, before: int) -> Change:
    """Return the change between two counts of distinct customers."""
    a, b = recent + 0.5, before + 0.5
    spread = _Z95 * math.sqrt(1 / a + 1 / b)
    return Change(recent, before, a / b, math.exp(math.log(a / b) - spread), math.exp(math.log(a / b) + spread))


@dataclass(frozen=True, slots=True)
class Calendar:
    """The Mondays that matter on a day."""

    running: date

    @property
    def full(self) -> tuple[date, ...]:
        """The Mondays of the last 12 full weeks, oldest first."""
        return tuple(self.running - timedelta(weeks=back) for back in range(SHOWN, 0, -1))

    @property
    def recent(self) -> date:
        """The first of the last 4 full weeks."""
        return self.running - timedelta(weeks=COMPARED)

    @property
    def before(self) -> date:
        """The first of the 4 weeks before those."""
        return self.running - timedelta(weeks=2 * COMPARED)

    @property
    def new_since(self) -> date:
        return self.running - timedelta(weeks=NEW_FOR)


def calendar(today: date) -> Calendar:
    return Calendar(today - timedelta(days=today.weekday()))


def start_of(day: date) -> datetime:
    """Return the first moment of a UTC day."""
    return datetime.combine(day, time(), tzinfo=UTC)
