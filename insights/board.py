"""The themes page: its question and its answer."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, case, func, select
from sqlalchemy.orm import InstrumentedAttribute

from insights.counts import Tally, changes_of, products_of, tallies_of, trends_of
from insights.evidence import is_waiting
from insights.filters import Rank, ThemeQuery, conditions, filtered
from insights.status import Status
from insights.store import Store
from insights.tables import FeedbackRow, SignalRow
from insights.weeks import Calendar, Change, calendar, change

__all__ = ["Change", "Choices", "Rank", "ThemeQuery", "ThemeRow", "ThemesPage", "Totals", "choices", "themes"]

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
    """Return one page of ranked themes. A week runs Monday to Sunday; the running week is left out of weeks and change.

    A theme is listed when the filters leave at least one of its notes in. ``today`` is a UTC day. Raises StoreError.
    """
    with store.connect() as connection:
        return _page(connection, query, calendar(today), today)


def choices(store: Store) -> Choices:
    """Return what the filters can offer. Raises StoreError."""
    with store.connect() as connection:
        return Choices(
            products=_values(connection, FeedbackRow.product),
            plans=_values(connection, FeedbackRow.plan),
            regions=_values(connection, FeedbackRow.region),
            languages=_values(connection, FeedbackRow.detected_language),
            channels=_values(connection, FeedbackRow.channel),
            app_versions=_values(connection, FeedbackRow.app_version),
        )


def _page(connection: Connection, query: ThemeQuery, weeks: Calendar, today: date) -> ThemesPage:
    tallies = tallies_of(connection, query)
    by_kind = Counter(tally.kind for tally in tallies)
    wanted = [tally for tally in tallies if query.kind in ("", tally.kind) and _speaks_of(tally, query.text)]
    everyone = [tally.id for tally in wanted] if query.rank is Rank.GROWTH else []
    changes = changes_of(connection, query, weeks, everyone)
    ranked = sorted(wanted, key=lambda tally: _place(tally, query.rank, changes))
    start = (max(1, query.page) - 1) * query.page_size
    shown = ranked[start : start + query.page_size]
    ids = [tally.id for tally in shown]
    if query.rank is not Rank.GROWTH:
        changes = changes_of(connection, query, weeks, ids)
    trends, products = trends_of(connection, query, weeks, ids), products_of(connection, query, ids)
    first_ever = connection.execute(select(func.min(FeedbackRow.occurred_at))).scalar_one()
    settled = first_ever is not None and first_ever.date() < weeks.new_since
    rows = tuple(
        ThemeRow(
            id=tally.id,
            kind=tally.kind,
            name=tally.name,
            parent=tally.parent,
            product=products.get(tally.id, ""),
            notes=tally.notes,
            customers=tally.customers,
            weeks=tuple(trends.get((tally.id, week), 0) for week in weeks.full),
            change=changes.get(tally.id, change(0, 0)),
            severity=math.floor(tally.severity + 0.5),
            first_heard=tally.first_heard,
            is_new=settled and tally.first_heard >= weeks.new_since,
            emerging=tally.status is Status.EMERGING,
            faded=tally.status is Status.FADED,
        )
        for tally in shown
    )
    totals = _totals(connection, query, tuple(sorted(by_kind.items())), weeks, today)
    return ThemesPage(totals, rows, len(wanted))


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
    connection: Connection, query: ThemeQuery, by_kind: tuple[tuple[str, int], ...], weeks: Calendar, today: date
) -> Totals:
    person = case((FeedbackRow.customer_key == "", FeedbackRow.id), else_=FeedbackRow.customer_key)
    counted = select(
        func.count(),
        func.count(person.distinct()),
        func.min(FeedbackRow.occurred_at),
        func.max(FeedbackRow.occurred_at),
    ).where(*conditions(query))
    notes, customers, first, last = connection.execute(counted).one()
    waiting = filtered(select(func.count()).select_from(SignalRow), query).where(is_waiting())
    if query.kind:
        waiting = waiting.where(SignalRow.kind == query.kind)
    yesterday = today - timedelta(days=1)
    return Totals(
        notes=notes,
        customers=customers,
        first_week=weeks.running if first is None else calendar(first.date()).running,
        last_full_day=yesterday if last is None else min(yesterday, last.date()),
        themes_by_kind=by_kind,
        unassigned=connection.execute(waiting).scalar_one(),
    )


def _values(connection: Connection, column: InstrumentedAttribute[str]) -> tuple[str, ...]:
    """The values of one field, most frequent first, OFFERED at most."""
    wanted = select(column, func.count().label("notes")).where(column != "").group_by(column)
    found = [(-int(row.notes), str(row[0])) for row in connection.execute(wanted)]
    return tuple(value for _, value in sorted(found)[:OFFERED])
