"""The page of one theme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from insights.board import Change
from insights.store import Store


class QuoteOrder(StrEnum):
    """Which quotes come first."""

    NEWEST = "newest"
    TYPICAL = "typical"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Highlight:
    """A signal inside the quoted segment: offsets into ``Quote.text``."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Quote:
    """One segment that belongs to a theme, with all its highlighted signals."""

    feedback_id: str
    speaker: str
    text: str
    highlights: tuple[Highlight, ...]
    channel: str
    product: str
    plan: str
    region: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Share:
    """One value of a field (a product, a region): notes and distinct customers of this theme that carry it."""

    value: str
    notes: int
    customers: int


@dataclass(frozen=True, slots=True)
class LineageStep:
    """What happened to the theme: ``created``, ``merged``, ``split``, ``renamed``, ``retired``, ``undone``."""

    at: datetime
    event: str
    other_theme: int | None
    other_name: str
    moved: int
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class ThemeDetail:
    """Everything the page shows but the quotes. ``redirected_from`` is set when an old id led here."""

    id: int
    kind: str
    name: str
    parent: str
    terms: tuple[str, ...]
    typical_quote: str
    status: str
    notes: int
    customers: int
    came_back: int
    severity: int
    first_heard: datetime
    last_heard: datetime
    weeks: tuple[tuple[date, int], ...]
    running_week: int
    change: Change
    products: tuple[Share, ...]
    regions: tuple[Share, ...]
    plans: tuple[Share, ...]
    neighbours: tuple[tuple[int, str], ...]
    lineage: tuple[LineageStep, ...]
    redirected_from: int | None


def theme(store: Store, theme_id: int, today: date) -> ThemeDetail | None:
    """Return a theme by its id, or by an id that was merged into it; None when no theme ever had it."""
    raise NotImplementedError


def quotes(
    store: Store, theme_id: int, order: QuoteOrder, *, week: date | None = None, limit: int = 20, offset: int = 0
) -> tuple[Quote, ...]:
    """Return quotes of a theme, all of them or those of one week (by its Monday)."""
    raise NotImplementedError
