"""What a reader may narrow the board to, and the same as a choice of counted records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from insights.counting.counted import Columns, Counted, Mask, days
from insights.counting.weeks import Calendar

FEW = 8
"""Values up to which comparing with each is faster than looking each record up."""


class Rank(StrEnum):
    """How themes are ordered."""

    CUSTOMERS = "customers"
    NOTES = "notes"
    SEVERITY = "severity"
    GROWTH = "growth"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class ThemeQuery:
    """What the reader asked for. Empty strings and tuples mean "any".

    ``weeks``: the running week and so many full ones before it; 0 is all time. ``grouped``: themes under their parents.
    """

    kind: str = ""
    text: str = ""
    rank: Rank = Rank.CUSTOMERS
    products: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    app_versions: tuple[str, ...] = ()
    customer_kind: str = ""
    weeks: int = 0
    grouped: bool = False
    page: int = 1
    page_size: int = 25


@dataclass(frozen=True)
class Filter:
    """A question as it applies to records: for each field the codes that pass, and the first and last day of weeks."""

    passing: Mapping[str, tuple[int, ...]]
    since: int | None = None
    until: int | None = None

    def mask(self, columns: Columns) -> Mask:
        """Return where the records stand that pass; None when all do."""
        return self.places(columns) if self.passing or self.since is not None or self.until is not None else None

    def places(self, columns: Columns) -> NDArray[np.intp]:
        """Return where the records stand that pass: by time first, which leaves few for the other fields to look at."""
        at: Mask = None
        if self.since is not None:
            at = np.flatnonzero(columns.week >= self.since)
        if self.until is not None:
            at = np.flatnonzero(columns.week < self.until) if at is None else at[columns.week[at] < self.until]
        for name, codes in self.passing.items():
            column = columns.facets[name]
            at = np.flatnonzero(_among(column, codes)) if at is None else at[_among(column[at], codes)]
        return np.arange(len(columns)) if at is None else at

    def between(self, first: date, end: date) -> Filter:
        """Return the same narrowed to weeks from ``first`` on and before ``end``, whatever time was asked for."""
        return Filter(self.passing, days(first), days(end))


def _among(column: NDArray[np.uint16], codes: tuple[int, ...]) -> NDArray[np.bool_]:
    if len(codes) > FEW:
        table = np.zeros(2**16, np.bool_)
        table[list(codes)] = True
        return table[column]
    found = np.zeros(len(column), np.bool_)
    for code in codes:
        found |= column == code
    return found


def filter_of(query: ThemeQuery, counted: Counted, weeks: Calendar) -> Filter:
    """Return a question as a filter. A value that never occurred passes nothing."""
    chosen = {
        "product": query.products,
        "plan": query.plans,
        "region": query.regions,
        "detected_language": query.languages,
        "channel": query.channels,
        "app_version": query.app_versions,
        "customer_kind": (query.customer_kind,) if query.customer_kind else (),
    }
    passing: dict[str, tuple[int, ...]] = {}
    for name, values in chosen.items():
        if values:
            codes = counted.codes.get(name, {})
            passing[name] = tuple(codes[value] for value in values if value in codes)
    since = days(weeks.running - timedelta(weeks=query.weeks)) if query.weeks > 0 else None
    return Filter(passing, since)
