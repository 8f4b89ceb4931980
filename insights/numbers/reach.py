"""Reach: how many customers a theme concerns, not how many messages it made; and how much of whom, by a chosen weight.

Messages of one customer in one conversation are one case. A note without a customer's id may be somebody new or somebody
known: the range goes from "all of them known" to "each somebody new"; the likely number supposes that they come back as
often as those with an id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from insights.board.affected import interval
from insights.counting.counted import Columns, Counted, counted, distinct
from insights.counting.filters import ThemeQuery, filter_of
from insights.counting.packing import NOTES
from insights.counting.weeks import calendar
from insights.numbers import assumptions
from insights.numbers.assumptions import Range
from insights.numbers.rates import Floats
from insights.store import Store


class Weight(StrEnum):
    """By what a segment counts. Switching keeps small customers from being erased by large ones, and the other way round."""

    PEOPLE = "people"
    REVENUE = "revenue"
    EFFORT = "effort"


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a theme reaches. ``known``: customers with an id; ``nameless``: cases without one; ``low`` to ``high`` customers.

    ``share`` of all ``contacts`` (cases), with its 95 % interval.
    """

    notes: int
    cases: int
    known: int
    nameless: int
    low: int
    likely: int
    high: int
    contacts: int
    share: float
    share_low: float
    share_high: float


@dataclass(frozen=True, slots=True)
class Part:
    """What one value of a field weighs in a theme, and among all who were heard. Shares are of what is known."""

    value: str
    weight: float
    share: float
    share_of_all: float


def reach(store: Store, theme_id: int, query: ThemeQuery, today: date) -> Reach:
    """Return the reach of a theme under the filters. Raises StoreError."""
    with store.connect() as connection:
        known = counted(store, connection)
    narrowed = filter_of(query, known, calendar(today))
    some = [known.at(place) for place in (theme_id, NOTES)]
    own, everyone = (columns if (mask := narrowed.mask(columns)) is None else columns.pick(mask) for columns in some)
    return reach_of(own, cases(everyone))


def reach_of(own: Columns, contacts: int) -> Reach:
    """The same of records; ``contacts`` are the cases of everyone."""
    nameless = own.customer == own.note
    known = distinct(own.customer[~nameless])
    alone, with_id = distinct(own.case[nameless]), _pairs(own.customer[~nameless], own.case[~nameless])
    number = alone + with_id
    likely = known + (round(alone * known / with_id) if with_id else alone)
    low = max(known, min(1, alone))
    share_low, share_high = interval(number, contacts)
    share = number / contacts if contacts else 0.0
    return Reach(
        own.notes(), number, known, alone, low, max(low, likely), known + alone, contacts, share, share_low, share_high
    )


def cases(columns: Columns) -> int:
    """Return the distinct cases: a customer's conversations, or a nameless note's."""
    nameless = columns.customer == columns.note
    return distinct(columns.case[nameless]) + _pairs(columns.customer[~nameless], columns.case[~nameless])


def parts(store: Store, theme_id: int, field: str, weight: Weight, query: ThemeQuery, today: date) -> tuple[Part, ...]:
    """Return what each value of a field weighs in a theme, the heaviest first. Raises StoreError.

    People are distinct customers; revenue is what their plans bring a month, by the assumptions; effort is handling minutes.
    """
    with store.connect() as connection:
        known = counted(store, connection)
        prices = {plan: one.range for plan, one in assumptions.prices(connection, known).items()}
    narrowed = filter_of(query, known, calendar(today))
    weights = []
    for place in (theme_id, NOTES):
        columns = known.at(place)
        mask = narrowed.mask(columns)
        weights.append(_weights(known, columns if mask is None else columns.pick(mask), field, weight, prices))
    own, everyone = weights
    sums = [max(float(one.sum()), 1e-12) for one in weights]
    names = known.values.get(field, {})
    found = [
        Part(names.get(at, ""), float(own[at]), float(own[at]) / sums[0], float(everyone[at]) / sums[1])
        for at in map(int, np.flatnonzero(own + everyone))
    ]
    return tuple(sorted(found, key=lambda one: (-one.weight, -one.share_of_all, one.value)))


def _weights(known: Counted, columns: Columns, field: str, weight: Weight, prices: Mapping[str, Range]) -> Floats:
    width = 1 + max((*known.values.get(field, {}), 0))
    codes = columns.of_notes(columns.facets[field]).astype(np.intp)
    if weight is Weight.EFFORT:
        return np.asarray(np.bincount(codes, columns.of_notes(columns.minutes), minlength=width)[:width], np.float64)
    people = columns.of_notes(columns.customer)
    first = _firsts(people, codes)
    if weight is Weight.PEOPLE:
        return np.bincount(codes[first], minlength=width)[:width].astype(np.float64)
    brings = np.zeros(2**16)
    for plan, price in prices.items():
        brings[known.codes.get("plan", {}).get(plan, 0)] = price.likely
    brings[0] = 0.0
    plans = columns.of_notes(columns.facets["plan"])[first]
    return np.asarray(np.bincount(codes[first], brings[plans], minlength=width)[:width], np.float64)


def _firsts(people: NDArray[Any], codes: NDArray[Any]) -> NDArray[np.intp]:
    """Return the place of one record of each customer and value."""
    order = np.lexsort((people, codes))
    new = np.ones(len(order), np.bool_)
    new[1:] = (np.diff(people[order]) != 0) | (np.diff(codes[order]) != 0)
    return order[new]


def _pairs(first: NDArray[Any], second: NDArray[Any]) -> int:
    """Return how many different pairs there are."""
    return len(_firsts(first, second))
