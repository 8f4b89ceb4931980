"""What drove a change: the values of each field that the difference in rate comes from, to the last contact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from insights.counting.counted import Counted, counted
from insights.counting.filters import ThemeQuery, filter_of
from insights.counting.packing import NOTES
from insights.counting.weeks import calendar
from insights.numbers.movers import PER
from insights.numbers.rates import Flags, Floats, compare
from insights.numbers.weekly import contacts, stretch
from insights.store import Store

FIELDS = ("product", "plan", "region", "detected_language", "channel", "app_version", "customer_kind")


@dataclass(frozen=True, slots=True)
class Driver:
    """One value of a field; "" is "not given". The two parts are in contacts per 1,000 and add up, over a field, to the change.

    ``by_rate``: it speaks of the theme more or less often; ``by_mix``: more or fewer of all contacts are of this value.
    ``clear``: its own rate changed beyond noise, after correction over the values of all fields.
    """

    field: str
    value: str
    recent: int
    before: int
    contacts: int
    contacts_before: int
    by_rate: float
    by_mix: float
    clear: bool

    @property
    def part(self) -> float:
        return self.by_rate + self.by_mix


@dataclass(frozen=True, slots=True)
class Drivers:
    """The change of a theme per 1,000 contacts, and where it comes from, field by field, largest part first."""

    change: float
    fields: tuple[tuple[str, tuple[Driver, ...]], ...]

    def largest(self) -> Driver | None:
        """Return the clear driver that most of the change comes from, if there is one."""
        clear = [one for _, drivers in self.fields for one in drivers if one.clear and one.value]
        return max(clear, key=lambda one: one.by_rate * (1 if self.change > 0 else -1), default=None)


def drivers(store: Store, theme_id: int, query: ThemeQuery, recent: int, today: date) -> Drivers:
    """Break the change of a theme down. Raises StoreError."""
    weeks = calendar(today)
    with store.connect() as connection:
        known = counted(store, connection)
    narrowed, over = filter_of(query, known, weeks), stretch(weeks.running, recent)
    everyone, own = known.at(NOTES), known.at(theme_id)
    heard, spoken = contacts(everyone, narrowed, over), contacts(own, narrowed, over)
    late = over.is_recent
    fields, tables = [], []
    for field in FIELDS:
        width = 1 + max((*known.values.get(field, {}), 0))
        counts = spoken.by_value(own.facets[field], width)[:width]
        all_ = heard.by_value(everyone.facets[field], width)[:width]
        if np.count_nonzero(all_.sum(axis=1)) > 1:
            fields.append(field)
            tables.append((counts, all_))
    if not tables:
        return Drivers(0.0, ())
    clear = compare(np.concatenate([one for one, _ in tables]), np.concatenate([of for _, of in tables]), late).moved()
    told, start = [], 0
    for field, (counts, all_) in zip(fields, tables, strict=True):
        told.append((field, _drivers(known, field, counts, all_, late, clear[start : start + len(counts)])))
        start += len(counts)
    change = _rate(spoken.by_week(), heard.by_week(), late) - _rate(spoken.by_week(), heard.by_week(), ~late)
    return Drivers(change, tuple(told))


def _drivers(known: Counted, field: str, counts: Floats, all_: Floats, late: Flags, clear: Flags) -> tuple[Driver, ...]:
    names = known.values.get(field, {})
    now, was = counts[:, late].sum(axis=1), counts[:, ~late].sum(axis=1)
    of_now, of_was = all_[:, late].sum(axis=1), all_[:, ~late].sum(axis=1)
    share, share_was = of_now / max(1.0, of_now.sum()), of_was / max(1.0, of_was.sum())
    rate, rate_was = now / np.maximum(1.0, of_now), was / np.maximum(1.0, of_was)
    # A value not heard on one side has no rate there; the other side's stands in, and all of its part is mix.
    rate, rate_was = np.where(of_now > 0, rate, rate_was), np.where(of_was > 0, rate_was, rate)
    by_rate = PER * (rate - rate_was) * (share + share_was) / 2
    by_mix = PER * (share - share_was) * (rate + rate_was) / 2
    found = [
        Driver(
            field, names.get(at, ""), int(now[at]), int(was[at]), int(of_now[at]), int(of_was[at]),
            float(by_rate[at]), float(by_mix[at]), bool(clear[at]),
        )
        for at in map(int, np.flatnonzero(of_now + of_was))
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-abs(one.part), one.value)))


def _rate(counts: Floats, contacts: Floats, part: Flags) -> float:
    whole = float(contacts[part].sum())
    return PER * float(counts[part].sum()) / whole if whole else 0.0
