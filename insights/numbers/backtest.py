"""How well alerts would have done on the notes there are: day by day through the past, and with rises planted into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import select

from insights.counting.counted import Columns, counted
from insights.counting.packing import NOTES
from insights.numbers.expected import BASE, SPAN, WINDOWS, excess_of
from insights.numbers.rates import Floats, compare
from insights.store import Store
from insights.tables import ThemeRow
from insights.themes.status import STANDING

LASTS = 14
"""Days a planted rise lasts; later it counts as missed."""
SEED = 20_262


@dataclass(frozen=True, slots=True)
class Backtest:
    """``alerts`` raised on ``days`` of the past as it was, and how many of those that can be judged were ``right``: the week
    after was still above the base. Of ``planted`` rises ``found`` were named, half of them within ``median_days`` of data.
    """

    days: int
    themes: int
    alerts: int
    judged: int
    right: int
    planted: int
    found: int
    median_days: float

    @property
    def precision(self) -> float:
        return self.right / self.judged if self.judged else 0.0

    @property
    def recall(self) -> float:
        return self.found / self.planted if self.planted else 0.0


def backtest(store: Store, now: datetime, *, days: int = 84, times: float = 3.0, planted: int = 100) -> Backtest:
    """Replay the last ``days`` days, and plant rises to ``times`` the rate into them. Raises StoreError."""
    with store.connect() as connection:
        known = counted(store, connection)
        wanted = (
            select(ThemeRow.id).where(ThemeRow.status.in_(STANDING), ThemeRow.kind != "praise").order_by(ThemeRow.id)
        )
        ids = [theme for theme in connection.execute(wanted).scalars() if len(known.at(theme))]
    length = SPAN + days
    counts = np.array([_daily(known.at(theme), now, length) for theme in ids], np.float64).reshape(len(ids), length)
    return replay(counts, _daily(known.at(NOTES), now, length), times=times, planted=planted)


def replay(counts: Floats, heard: Floats, *, times: float, planted: int) -> Backtest:
    """The same of counts, float[themes, SPAN + days], and all contacts, float[SPAN + days]."""
    days = counts.shape[1] - SPAN
    raised, last = [], dict.fromkeys(range(len(counts)), -LASTS)
    for day in range(1, days + 1):
        for theme in _named(counts, heard, day):
            if day - last[theme] > WINDOWS[-1]:
                raised.append((theme, day))
            last[theme] = day
    judged = [(theme, day) for theme, day in raised if day + WINDOWS[-1] <= days]
    right = sum(_held(counts, heard, theme, day) for theme, day in judged)
    chance, waits = np.random.default_rng(SEED), []
    able = [theme for theme in range(len(counts)) if counts[theme].sum() >= 2 * counts.shape[1] / 7]
    for _ in range(planted if able and days >= LASTS else 0):
        theme, start = int(chance.choice(able)), int(chance.integers(0, days - LASTS + 1))
        waits.append(_wait(counts, heard, theme, start, times, chance))
    found = [wait for wait in waits if wait is not None]
    median = float(np.median([wait if wait is not None else np.inf for wait in waits])) if waits else float("nan")
    return Backtest(days, len(counts), len(raised), len(judged), right, len(waits), len(found), median)


def _named(counts: Floats, heard: Floats, day: int) -> set[int]:
    seen = slice(day, day + SPAN)
    return {one.theme_id for one in excess_of(list(range(len(counts))), counts[:, seen], heard[seen])}


def _held(counts: Floats, heard: Floats, theme: int, day: int) -> bool:
    """Tell whether the week after an alert, which it had not seen, was above the base too."""
    end = day + SPAN
    used = np.r_[end - SPAN : end - WINDOWS[-1], end : end + WINDOWS[-1]]
    own, others = counts[[theme]][:, used], (heard - counts[theme])[used]
    done = compare(own, others, np.arange(len(used)) >= BASE, fewest=1)
    return bool(done.ratio[0] > 1 and done.p[0] / 2 < 0.05)


def _wait(
    counts: Floats, heard: Floats, theme: int, start: int, times: float, chance: np.random.Generator
) -> int | None:
    """Plant a rise on a day; return after how many days of it the theme is named."""
    rate = counts[theme, start : start + SPAN].mean()
    more = np.zeros(counts.shape[1])
    more[start + SPAN : start + SPAN + LASTS] = chance.poisson((times - 1) * rate, LASTS)
    grown = counts.copy()
    grown[theme] += more
    days = range(1, LASTS + 1)
    return next((day for day in days if theme in _named(grown, heard + more, start + day)), None)


def _daily(columns: Columns, now: datetime, length: int) -> Floats:
    """Return the distinct customers of each of the last ``length`` times 24 hours, oldest first."""
    age = (int(now.timestamp()) - columns.moment) // int(timedelta(days=1).total_seconds())
    at = np.flatnonzero((age >= 0) & (age < length))
    pairs = np.unique(np.stack([age[at], columns.customer[at]]), axis=1)
    return np.bincount(length - 1 - pairs[0], minlength=length).astype(np.float64)
