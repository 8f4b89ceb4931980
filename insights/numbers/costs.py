"""What a theme costs a quarter: a range from ranges, never a single number, and which input matters most.

handling   minutes of each customer's first case x wage x the part that would go
repeats    the same for every further case of the same customer
given      refunds and credits
churn      customers x added chance to leave x what a customer brings in a year

A note that speaks of several themes is shared among them, so that themes add up to what was spent and not to more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from insights.counting.counted import NOTHING, Columns, Counted, counted
from insights.counting.counts import values_of
from insights.counting.filters import Filter
from insights.counting.packing import NOTES
from insights.counting.weeks import calendar
from insights.numbers.assumptions import RATE, Assumption, Range, assumed, with_own
from insights.numbers.rates import Floats
from insights.numbers.reach import reach_of
from insights.store import Store

WEEKS = 13
"""Full weeks that are reckoned: a quarter."""
DRAWS = 4_000
SEED = 20_261
CONFIDENCE = 0.9
EVERYTHING = Filter({})
PARTS = ("handling", "repeats", "given", "churn")


@dataclass(frozen=True, slots=True)
class Basis:
    """What was counted for a theme in the quarter; the rest of the reckoning is assumptions.

    ``minutes`` said, and ``silent`` notes that say none, both shared among the themes of a note, and split into first cases
    and further ones. ``given`` in the currency of the reckoning; ``foreign``: currencies without a rate, left out.
    """

    theme_id: int
    customers: Range
    notes: int
    minutes: float
    silent: float
    minutes_again: float
    silent_again: float
    given: float
    foreign: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Swing:
    """What the sum would be with one input at its low and at its high end, all others at their likely value."""

    name: str
    low: float
    high: float

    @property
    def width(self) -> float:
        return abs(self.high - self.low)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a theme costs a quarter, in ``currency``: the sum and its parts as 90 % ranges, and the swings, widest first."""

    basis: Basis
    currency: str
    sum: Range
    parts: Mapping[str, Range]
    swings: tuple[Swing, ...]
    inputs: Mapping[str, Assumption]


def cost(store: Store, theme_id: int, today: date) -> Cost:
    """Reckon a theme. Raises StoreError."""
    with store.connect() as connection:
        known = counted(store, connection)
        inputs = assumed(connection, theme_id)
        currency = currency_of(known)
        basis = bases(known, [theme_id], calendar(today).running, _rates(inputs), currency)[theme_id]
    return reckon(basis, inputs, currency)


def likely_costs(
    connection: Connection, known: Counted, themes: Sequence[int], narrowed: Filter, running: date
) -> dict[int, float]:
    """Return the likely sum of each theme, for ranking; assumptions of single themes count."""
    general = assumed(connection)
    found = bases(known, themes, running, _rates(general), currency_of(known), narrowed)
    own = _own_inputs(connection, themes)
    return {theme: _sum(basis, _likely(own.get(theme, general), basis)) for theme, basis in found.items()}


def reckon(basis: Basis, inputs: Mapping[str, Assumption], currency: str = "") -> Cost:
    """Return the cost of what was counted under the assumptions. The same draws every time."""
    ranges = {name: inputs[name].range for name in ("wage", "minutes", "avoidable", "churn", "margin")}
    ranges["customers"] = basis.customers
    chance = np.random.default_rng(SEED)
    drawn = {name: draw(given, chance) for name, given in ranges.items()}
    parts = _parts(basis, drawn)
    likely = _likely(inputs, basis)
    told = {name: _range(part, float(_parts(basis, likely)[name].item())) for name, part in parts.items()}
    whole = _range(np.sum(list(parts.values()), axis=0), _sum(basis, likely))
    swings = [
        Swing(name, _sum(basis, likely | {name: np.array(given.low)}), _sum(basis, likely | {name: np.array(given.high)}))
        for name, given in ranges.items()
    ]  # fmt: skip
    return Cost(basis, currency, whole, told, tuple(sorted(swings, key=lambda one: -one.width)), inputs)


def draw(given: Range, chance: np.random.Generator, number: int = DRAWS) -> Floats:
    """Draw from a range: triangular, from low to high, most often near the likely value."""
    if given.high <= given.low:
        return np.full(number, given.likely)
    return chance.triangular(given.low, given.likely, given.high, number)


def bases(
    known: Counted, themes: Sequence[int], running: date, rates: Mapping[str, float], currency: str,
    narrowed: Filter = EVERYTHING,
) -> dict[int, Basis]:  # fmt: skip
    """Count what the reckoning of some themes needs, in the last full quarter."""
    quarter = narrowed.between(running - timedelta(weeks=WEEKS), running)
    some = {place: _within(columns, quarter) for place, columns in known.places.items() if place > 0}
    notes, of = np.unique(np.concatenate([NOTHING.note, *(one.note for one in some.values())]), return_counts=True)
    values = known.values.get("currency", {})
    worth = np.full(2**16, np.nan)
    worth[0] = 1.0
    for code, value in values.items():
        worth[code] = 1.0 if value == currency else rates.get(value, np.nan)
    return {theme: _basis(theme, some.get(theme, NOTHING), notes, of, worth, values) for theme in themes}


def _basis(
    theme: int, own: Columns, notes: NDArray[np.int64], of: NDArray[np.intp], worth: Floats, values: Mapping[int, str]
) -> Basis:
    share = 1 / of[np.searchsorted(notes, own.note)] if len(own) else np.zeros(0)
    minutes, again = own.minutes.astype(np.float64), _again(own)
    silent = minutes == 0
    money = own.given * worth[own.facets["currency"]] * share
    left_out = {values.get(int(code), "") for code in own.facets["currency"][np.isnan(money)]}
    counted_ = reach_of(own, 0)
    return Basis(
        theme,
        Range(counted_.low, counted_.likely, counted_.high),
        len(own),
        float((minutes * share)[~again].sum()),
        float((silent * share)[~again].sum()),
        float((minutes * share)[again].sum()),
        float((silent * share)[again].sum()),
        float(np.nansum(money)),
        tuple(sorted(left_out)),
    )


def _within(columns: Columns, quarter: Filter) -> Columns:
    """The records of a place in the quarter, one for each note."""
    found = columns.pick(quarter.places(columns))
    return found if found.firsts is None else found.pick(found.firsts)


def _again(own: Columns) -> NDArray[np.bool_]:
    """Return which notes belong to a further case of their customer; a nameless note is nobody's second."""
    order = np.lexsort((own.moment, own.customer))
    people, case = own.customer[order], own.case[order]
    starts = np.append(True, people[1:] != people[:-1]) if len(own) else np.zeros(0, np.bool_)
    first_case = case[np.maximum.accumulate(np.where(starts, np.arange(len(own)), 0))]
    again = np.zeros(len(own), np.bool_)
    again[order] = case != first_case
    return again


def _parts(basis: Basis, drawn: Mapping[str, Floats]) -> dict[str, Floats]:
    hour = drawn["wage"] / 60 * drawn["avoidable"]
    return {
        "handling": (basis.minutes + basis.silent * drawn["minutes"]) * hour,
        "repeats": (basis.minutes_again + basis.silent_again * drawn["minutes"]) * hour,
        "given": basis.given + 0 * hour,
        "churn": drawn["customers"] * drawn["churn"] * drawn["margin"],
    }


def _likely(inputs: Mapping[str, Assumption], basis: Basis) -> dict[str, Floats]:
    names = ("wage", "minutes", "avoidable", "churn", "margin")
    return {name: np.array(inputs[name].range.likely) for name in names} | {
        "customers": np.array(basis.customers.likely)
    }


def _sum(basis: Basis, values: Mapping[str, Floats]) -> float:
    return float(sum(part.item() for part in _parts(basis, values).values()))


def _range(drawn: Floats, likely: float) -> Range:
    low, high = np.quantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Range(float(low), likely, float(high))


def currency_of(known: Counted) -> str:
    """Return the currency that most notes with money in them name; empty when none does."""
    columns = known.at(NOTES)
    paid = columns.given > 0
    found = values_of(known, Filter({}), NOTES, "currency") if paid.any() else []
    return found[0][0] if found else ""


def _rates(inputs: Mapping[str, Assumption]) -> dict[str, float]:
    return {name.removeprefix(RATE): one.range.likely for name, one in inputs.items() if name.startswith(RATE)}


def _own_inputs(connection: Connection, themes: Sequence[int]) -> dict[int, dict[str, Assumption]]:
    return {theme: assumed(connection, theme) for theme in with_own(connection) & set(themes)}
