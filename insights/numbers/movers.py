"""Movers: themes whose rate per 1,000 contacts changed, told apart from noise over all themes at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from insights.counting.counted import Counted, counted, days
from insights.counting.counts import Tally, tallies_of
from insights.counting.filters import Filter, ThemeQuery, filter_of
from insights.counting.packing import NOTES
from insights.counting.weeks import calendar
from insights.numbers.rates import Compared, Floats, compare
from insights.numbers.weekly import Contacts, Stretch, by_theme, contacts, stretch
from insights.store import Store

PER = 1_000
A_YEAR = 52
SPANS = (1, 4)
"""Full weeks that may be compared with the twelve before them."""


@dataclass(frozen=True, slots=True)
class Mover:
    """One theme. ``recent`` and ``before`` are contacts, rates are per 1,000 contacts, ``low`` to ``high`` 95 % of the ratio.

    ``weeks``: contacts a week, oldest first, as known now; ``then``: as they were known when each week was over.
    ``adjusted`` is None for a theme with too few contacts to be tested. ``year_ago``: the same ratio 52 weeks earlier.
    """

    id: int
    kind: str
    name: str
    parent: str
    recent: int
    before: int
    rate: float
    rate_before: float
    ratio: float
    low: float
    high: float
    dispersion: float
    p: float
    adjusted: float | None
    moved: bool
    weeks: tuple[int, ...]
    then: tuple[int, ...]
    year_ago: float | None = None

    @property
    def restated(self) -> int:
        """How many of its contacts became known only after their week was over."""
        return sum(self.weeks) - sum(self.then)


@dataclass(frozen=True, slots=True)
class Movers:
    """All themes with contacts in these weeks: those that moved first. ``heard``: all contacts a week, now; ``then``: then."""

    rows: tuple[Mover, ...]
    over: Stretch
    heard: tuple[int, ...]
    then: tuple[int, ...]

    @property
    def tested(self) -> int:
        return sum(row.adjusted is not None for row in self.rows)

    @property
    def moved(self) -> tuple[Mover, ...]:
        return tuple(row for row in self.rows if row.moved)


def movers(store: Store, query: ThemeQuery, recent: int, today: date) -> Movers:
    """Compare the last ``recent`` full weeks with the twelve before them, theme by theme. Raises StoreError."""
    weeks = calendar(today)
    with store.connect() as connection:
        known = counted(store, connection)
        narrowed = filter_of(query, known, weeks)
        tallies = [
            tally
            for tally in tallies_of(connection, known, narrowed)
            if query.kind in ("", tally.kind) and tally.customers >= store.least_customers
        ]
    return moved(known, tallies, narrowed, stretch(weeks.running, recent))


def moved(known: Counted, tallies: Sequence[Tally], narrowed: Filter, over: Stretch) -> Movers:
    """The same of what is counted."""
    heard = contacts(known.at(NOTES), narrowed, over)
    late = known.at(NOTES).late
    found = [(tally, contacts(known.at(tally.id), narrowed, over)) for tally in tallies]
    found = [(tally, some) for tally, some in found if len(some.at)]
    counts = _matrix([some for _, some in found], over)
    done = compare(counts, heard.by_week(), over.is_recent)
    rows = [_row(known, tally, some, heard, done, place, over) for place, (tally, some) in enumerate(found)]
    rows = [_with_year_ago(known, row, narrowed, over) if row.moved else row for row in rows]
    rows.sort(key=_place)
    return Movers(tuple(rows), over, _whole(heard.by_week()), _whole(heard.in_time(late).by_week()))


def _matrix(found: Sequence[Contacts], over: Stretch) -> Floats:
    return np.array([some.by_week() for some in found], np.float64).reshape(len(found), over.weeks)


def _row(
    known: Counted, tally: Tally, some: Contacts, heard: Contacts, done: Compared, place: int, over: Stretch
) -> Mover:
    all_ = heard.by_week()
    seen, against = float(done.recent[place]), float(done.before[place])
    exposed, base = float(all_[over.is_recent].sum()), float(all_[~over.is_recent].sum())
    adjusted = float(done.adjusted[place])
    return Mover(
        tally.id,
        tally.kind,
        tally.name,
        tally.parent,
        int(seen),
        int(against),
        PER * seen / exposed if exposed else 0.0,
        PER * against / base if base else 0.0,
        float(done.ratio[place]),
        float(done.low[place]),
        float(done.high[place]),
        float(done.dispersion[place]),
        float(done.p[place]),
        None if math.isnan(adjusted) else adjusted,
        bool(done.moved()[place]),
        _whole(some.by_week()),
        _whole(some.in_time(known.at(tally.id).late).by_week()),
    )


def _with_year_ago(known: Counted, row: Mover, narrowed: Filter, over: Stretch) -> Mover:
    """Add how the same weeks changed a year before, when there were any contacts then."""
    past = over.back(A_YEAR)
    if not (known.at(NOTES).week < days(past.first)).any():
        return row
    heard = by_theme([known.at(NOTES)], narrowed, past)[0]
    done = compare(by_theme([known.at(row.id)], narrowed, past), heard, past.is_recent)
    return replace(row, year_ago=float(done.ratio[0])) if done.recent[0] + done.before[0] else row


def _place(row: Mover) -> tuple[bool, float, int]:
    """Those that moved first, then the surest, then the older theme."""
    return (not row.moved, row.p if row.adjusted is not None else 2.0, row.id)


def _whole(counts: Floats) -> tuple[int, ...]:
    return tuple(int(count) for count in counts)
