"""Contacts week by week: a customer who was in touch counts once a week, however many messages they sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from insights.counting.counted import Columns, days
from insights.counting.filters import Filter
from insights.numbers.rates import Flags, Floats

BASELINE = 12
"""Full weeks that a change is measured against."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Full weeks: ``recent`` ones at the end, BASELINE before them. ``first`` is the Monday of the oldest."""

    first: date
    weeks: int
    recent: int

    @property
    def mondays(self) -> tuple[date, ...]:
        return tuple(self.first + timedelta(weeks=at) for at in range(self.weeks))

    @property
    def end(self) -> date:
        return self.first + timedelta(weeks=self.weeks)

    @property
    def is_recent(self) -> Flags:
        return np.arange(self.weeks) >= self.weeks - self.recent

    def back(self, weeks: int) -> Stretch:
        """Return the same so many weeks earlier."""
        return Stretch(self.first - timedelta(weeks=weeks), self.weeks, self.recent)


def stretch(running: date, recent: int) -> Stretch:
    """Return the weeks compared on a day; ``running`` is the Monday of the week that is not over."""
    return Stretch(running - timedelta(weeks=recent + BASELINE), recent + BASELINE, recent)


@dataclass(frozen=True, slots=True)
class Contacts:
    """One record of each contact: ``at`` (int[contacts], places in the columns) and its week, counted from the first."""

    at: NDArray[np.intp]
    week: NDArray[np.intp]
    weeks: int

    def by_week(self) -> Floats:
        return np.bincount(self.week, minlength=self.weeks).astype(np.float64)

    def by_value(self, codes: NDArray[np.uint16], width: int) -> Floats:
        """Return the contacts of each code of a field and week, float[width, weeks]."""
        places = codes[self.at].astype(np.intp) * self.weeks + self.week
        return np.bincount(places, minlength=width * self.weeks).reshape(-1, self.weeks).astype(np.float64)

    def in_time(self, late: NDArray[np.uint8]) -> Contacts:
        """Return those that had come in when their week was over."""
        known = late[self.at] == 0
        return Contacts(self.at[known], self.week[known], self.weeks)


def contacts(columns: Columns, narrowed: Filter, over: Stretch) -> Contacts:
    """Return the contacts of a place in some weeks. Of several records of a customer and week the earliest to come in stays."""
    at = narrowed.between(over.first, over.end).places(columns)
    week = (columns.week[at] - days(over.first)) // 7
    order = np.lexsort((columns.late[at], columns.customer[at], week))
    at, week = at[order], week[order]
    people = columns.customer[at]
    new = np.append(True, (people[1:] != people[:-1]) | (week[1:] != week[:-1])) if len(at) else np.zeros(0, np.bool_)
    return Contacts(at[new], week[new].astype(np.intp), over.weeks)


def by_theme(places: Sequence[Columns], narrowed: Filter, over: Stretch) -> Floats:
    """Return the contacts of each place and week, float[places, weeks]."""
    rows = [contacts(columns, narrowed, over).by_week() for columns in places]
    return np.array(rows, np.float64).reshape(len(rows), over.weeks)
