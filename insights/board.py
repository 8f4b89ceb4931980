"""The themes page: its question and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from insights.store import Store


class Rank(StrEnum):
    """How themes are ordered."""

    CUSTOMERS = "customers"
    NOTES = "notes"
    SEVERITY = "severity"
    GROWTH = "growth"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class ThemeQuery:
    """What the reader asked for. Empty strings and tuples mean "any"."""

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
    page: int = 1
    page_size: int = 25


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

    @property
    def clear(self) -> bool:
        """True when the interval leaves out "no change"."""
        return self.low > 1 or self.high < 1


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """One line of the ranked list. ``weeks`` are notes in the last 12 full weeks, oldest first."""

    id: int
    kind: str
    name: str
    parent: str
    product: str
    notes: int
    customers: int
    weeks: tuple[int, ...]
    change: Change
    severity: int
    first_heard: date
    is_new: bool


@dataclass(frozen=True, slots=True)
class Totals:
    """The line under the title: notes, customers, weeks and themes by kind that the filters leave in."""

    notes: int
    customers: int
    first_week: date
    last_full_day: date
    themes_by_kind: tuple[tuple[str, int], ...]
    unassigned: int


@dataclass(frozen=True, slots=True)
class ThemesPage:
    totals: Totals
    rows: tuple[ThemeRow, ...]
    matching: int


@dataclass(frozen=True, slots=True)
class Choices:
    """The values that occur in the store, for the filters, most frequent first."""

    products: tuple[str, ...]
    plans: tuple[str, ...]
    regions: tuple[str, ...]
    languages: tuple[str, ...]
    channels: tuple[str, ...]
    app_versions: tuple[str, ...]


def themes(store: Store, query: ThemeQuery, today: date) -> ThemesPage:
    """Return one page of ranked themes. A week runs Monday to Sunday; the running week is left out of weeks and change."""
    raise NotImplementedError


def choices(store: Store) -> Choices:
    raise NotImplementedError
