"""Is more heard of a theme right now than is to be expected? Counts of the last hours and days against four whole weeks.

What is expected follows from how many other customers were in touch in the same hours, so nights, weekdays, seasons and days
on which everybody writes are no spikes. A customer counts once in each 24 hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from statsmodels.stats.multitest import multipletests

from insights.counting.counted import Columns, Counted, days
from insights.counting.packing import NOTES
from insights.numbers.rates import Floats, compare

WINDOWS = (1, 3, 7)
"""Days up to now that are looked at, each on its own."""
WEIGHTS = np.array([2.0, 0.6, 0.4])
"""What each window may spend of the false alarms allowed, on average 1: most of it on the last day, for speed."""
BASE = 28
"""Days before the longest window that they are compared with: whole weeks."""
SPAN = WINDOWS[-1] + BASE
FEWEST = 5
"""Customers in a window below which nobody is woken."""
BELIEF = 60.0
"""Days vary less by theme than weeks do, so what is usual counts for more (`insights.numbers.rates`)."""
FALSE = 0.1
"""Of the themes named at one look, at most this share is expected to be false."""
HARDLY = 2
"""Customers in the base up to which a theme is not rising but new."""


@dataclass(frozen=True, slots=True)
class Excess:
    """A theme of which more is heard than expected: ``seen`` customers in the last ``days`` days, ``expected`` by the base.

    ``base`` customers in the four weeks; ``adjusted``: the p-value after correction over all themes and windows.
    """

    theme_id: int
    days: int
    seen: int
    expected: float
    base: int
    ratio: float
    low: float
    adjusted: float

    @property
    def is_new(self) -> bool:
        return self.base <= HARDLY


def excesses(known: Counted, themes: Mapping[int, object], now: datetime) -> tuple[Excess, ...]:
    """Return the themes of which more is heard than expected, the surest window of each, by id."""
    ids = sorted(themes)
    heard = by_age(known.at(NOTES), now)
    counts = np.array([by_age(known.at(theme), now) for theme in ids], np.float64).reshape(len(ids), SPAN)
    return excess_of(ids, counts, heard)


def by_age(columns: Columns, now: datetime) -> Floats:
    """Return the distinct customers of each of the last SPAN times 24 hours, oldest first."""
    seconds = int(now.timestamp())
    at = np.flatnonzero(columns.week >= days((now - timedelta(days=SPAN + 7)).date()))
    age = (seconds - columns.moment[at]) // 86_400
    inside = (age >= 0) & (age < SPAN)
    at, age = at[inside], age[inside]
    people = columns.customer[at]
    order = np.lexsort((people, age))
    new = np.ones(len(order), np.bool_)
    new[1:] = (np.diff(people[order]) != 0) | (np.diff(age[order]) != 0)
    return np.bincount(SPAN - 1 - age[order][new], minlength=SPAN).astype(np.float64)


def excess_of(ids: list[int], counts: Floats, heard: Floats) -> tuple[Excess, ...]:
    """The same of counts, float[themes, SPAN], and of all contacts, float[SPAN]."""
    if not ids:
        return ()
    others = np.maximum(heard - counts, 0.0)
    tables, p = [], np.ones((len(WINDOWS), len(ids)))
    for place, window in enumerate(WINDOWS):
        used = np.r_[:BASE, SPAN - window : SPAN]
        done = compare(counts[:, used], others[:, used], np.arange(len(used)) >= BASE, fewest=FEWEST, belief=BELIEF)
        more = (done.recent >= FEWEST) & (done.ratio > 1)
        p[place] = np.where(more, np.minimum(1.0, done.p / 2 / WEIGHTS[place]), 1.0)
        tables.append(done)
    adjusted = np.asarray(multipletests(p.ravel(), method="fdr_bh")[1]).reshape(p.shape)
    surest = p.argmin(axis=0)
    found = []
    for at, theme in enumerate(ids):
        window = int(surest[at])
        done, share = tables[window], float(adjusted[window, at])
        if share > FALSE:
            continue
        seen, base, ratio = float(done.recent[at]), float(done.before[at]), float(done.ratio[at])
        expected = seen / ratio if base else 0.0
        found.append(Excess(theme, WINDOWS[window], int(seen), expected, int(base), ratio, float(done.low[at]), share))
    return tuple(found)
