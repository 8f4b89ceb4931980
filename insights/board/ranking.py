"""The themes page: its question and its answer."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Connection

from insights.counting.counted import NOTHING, Counted, counted, moment
from insights.counting.counts import Tally, changes_of, products_of, tallies_of, together, trend_of, values_of
from insights.counting.filters import Filter, Rank, ThemeQuery, filter_of
from insights.counting.packing import NOTES, WAITING
from insights.counting.weeks import Calendar, Change, calendar, change
from insights.store import Store
from insights.themes.status import Status
from insights.trust.anonymity import fewer_than

__all__ = ["Change", "Choices", "Group", "Rank", "ThemeQuery", "ThemeRow", "ThemesPage", "Totals", "choices", "themes"]

OFFERED = 200
"""Values of one field that a filter offers."""


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """One line of the ranked list. ``weeks`` are notes in the last 12 full weeks, oldest first.

    ``emerging``: gathered on the stream, not confirmed by a refresh yet. ``faded``: not heard of for long.
    """

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
    emerging: bool = False
    faded: bool = False
    parent_id: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A parent over some of the rows: distinct notes and customers of all its themes that the filters leave in."""

    id: int | None
    name: str
    kind: str
    themes: int
    notes: int
    customers: int


@dataclass(frozen=True, slots=True)
class Totals:
    """The line under the title: notes, customers, weeks and themes by kind that the filters leave in.

    ``fewer_than``: 0, or how many customers there had to be for the two numbers to be shown.
    """

    notes: int
    customers: int
    first_week: date
    last_full_day: date
    themes_by_kind: tuple[tuple[str, int], ...]
    unassigned: int
    fewer_than: int = 0


@dataclass(frozen=True, slots=True)
class ThemesPage:
    """One page of the list; ``groups`` by parent id (None: under nobody) when the reader wants them grouped.

    ``left_out``: themes that too few customers speak of to be shown to who reads (``insights.trust.anonymity``).
    """

    totals: Totals
    rows: tuple[ThemeRow, ...]
    matching: int
    groups: Mapping[int | None, Group]
    left_out: int = 0


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
    """Return one page of ranked themes. A week runs Monday to Sunday; the running week is left out of weeks and change.

    A theme is listed when the filters leave at least one of its notes in. ``today`` is a UTC day. Raises StoreError.
    """
    with store.connect() as connection:
        page = _page(connection, counted(store, connection), query, calendar(today), today, store.least_customers)
    hidden = fewer_than(store, page.totals.customers)
    return replace(page, totals=replace(page.totals, fewer_than=hidden)) if hidden else page


def choices(store: Store) -> Choices:
    """Return what the filters can offer. Raises StoreError."""
    with store.connect() as connection:
        known = counted(store, connection)
    fields = ("product", "plan", "region", "detected_language", "channel", "app_version")
    return Choices(*(_offered(known, field, store.least_customers) for field in fields))


def _offered(known: Counted, field: str, least: int) -> tuple[str, ...]:
    people = known.at(NOTES).people_by(field) if least > 1 else None
    found = (value for value, _ in values_of(known, Filter({}), NOTES, field))
    if people is not None:
        codes = known.codes.get(field, {})
        found = (value for value in found if people[codes[value]] >= least)
    return tuple(found)[:OFFERED]


def _page(
    connection: Connection, known: Counted, query: ThemeQuery, weeks: Calendar, today: date, least: int
) -> ThemesPage:
    narrowed = filter_of(query, known, weeks)
    everything = tallies_of(connection, known, narrowed)
    tallies = [tally for tally in everything if tally.customers >= least]
    by_kind = Counter(tally.kind for tally in tallies)
    wanted = [tally for tally in tallies if query.kind in ("", tally.kind) and _speaks_of(tally, query.text)]
    everyone = [tally.id for tally in wanted] if query.rank is Rank.GROWTH else []
    changes = changes_of(known, narrowed, weeks, everyone)
    ranked = sorted(wanted, key=lambda tally: _place(tally, query.rank, changes))
    groups: dict[int | None, Group] = {}
    if query.grouped:
        groups = _groups(known, narrowed, wanted)
        ranked = _under_parents(ranked)
    start = (max(1, query.page) - 1) * query.page_size
    shown = ranked[start : start + query.page_size]
    changes |= changes_of(known, narrowed, weeks, [tally.id for tally in shown if tally.id not in changes])
    if least > 1:
        changes = {theme: replace(found, fewer_than=least) for theme, found in changes.items()}
    products = products_of(known, narrowed, [tally.id for tally in shown])
    first_ever = known.at(NOTES).moment
    settled = len(first_ever) > 0 and moment(first_ever.min()).date() < weeks.new_since
    rows = tuple(
        ThemeRow(
            id=tally.id,
            kind=tally.kind,
            name=tally.name,
            parent=tally.parent,
            product=products.get(tally.id, ""),
            notes=tally.notes,
            customers=tally.customers,
            weeks=trend_of(known, narrowed, weeks.full, tally.id),
            change=changes.get(tally.id, change(0, 0)),
            severity=math.floor(tally.severity + 0.5),
            first_heard=tally.first_heard,
            is_new=settled and tally.first_heard >= weeks.new_since,
            emerging=tally.status is Status.EMERGING,
            faded=tally.status is Status.FADED,
            parent_id=tally.parent_id,
        )
        for tally in shown
    )
    totals = _totals(known, narrowed, query.kind, tuple(sorted(by_kind.items())), weeks, today)
    above = {row.parent_id: groups[row.parent_id] for row in rows if groups}
    return ThemesPage(totals, rows, len(wanted), above, len(everything) - len(tallies))


def _groups(known: Counted, narrowed: Filter, tallies: Sequence[Tally]) -> dict[int | None, Group]:
    members: dict[int | None, list[Tally]] = {}
    for tally in tallies:
        members.setdefault(tally.parent_id, []).append(tally)
    groups = {}
    for parent, below in members.items():
        notes, customers = together(known, narrowed, [tally.id for tally in below])
        groups[parent] = Group(parent, below[0].parent, below[0].kind, len(below), notes, customers)
    return groups


def _under_parents(ranked: Sequence[Tally]) -> list[Tally]:
    """Keep the order of ranks, a parent's themes together where its first one stands; those under nobody come last."""
    first: dict[int | None, int] = {}
    for place, tally in enumerate(ranked):
        first.setdefault(tally.parent_id, place)
    return sorted(ranked, key=lambda tally: (tally.parent_id is None, first[tally.parent_id]))


def _speaks_of(tally: Tally, text: str) -> bool:
    return all(word in tally.words for word in text.casefold().split())


def _place(tally: Tally, rank: Rank, changes: Mapping[int, Change]) -> tuple[float, float, int]:
    """The sort key; what ties falls back on customers, then on the older theme."""
    first: dict[Rank, float] = {
        Rank.CUSTOMERS: tally.customers,
        Rank.NOTES: tally.notes,
        Rank.SEVERITY: tally.severity,
        Rank.GROWTH: changes[tally.id].low if tally.id in changes else 0.0,
        Rank.NEWEST: tally.first_heard.toordinal(),
    }
    return (-first[rank], -tally.customers, tally.id)


def _totals(
    known: Counted, narrowed: Filter, kind: str, by_kind: tuple[tuple[str, int], ...], weeks: Calendar, today: date
) -> Totals:
    notes = known.at(NOTES)
    mask = narrowed.mask(notes)
    moments = notes.moment if mask is None else notes.moment[mask]
    yesterday = today - timedelta(days=1)
    return Totals(
        notes=notes.notes(mask),
        customers=notes.customers(mask),
        first_week=calendar(moment(moments.min()).date()).running if len(moments) else weeks.running,
        last_full_day=min(yesterday, moment(moments.max()).date()) if len(moments) else yesterday,
        themes_by_kind=by_kind,
        unassigned=sum(_number(known, narrowed, place) for one, place in WAITING.items() if kind in ("", one)),
    )


def _number(known: Counted, narrowed: Filter, place: int) -> int:
    """Return how many records a place has under the filters."""
    columns = known.places.get(place, NOTHING)
    mask = narrowed.mask(columns)
    return len(columns) if mask is None else len(mask)
