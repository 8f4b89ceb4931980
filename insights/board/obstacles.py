"""What stands in the way of a job: pains and suggestions of the same notes, then of the same customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row

from insights.counting.counted import Columns, Counted

SHOWN = 4
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A pain or a suggestion that stands in a job's way: said in the same notes, or by the same customers."""

    theme_id: int
    kind: str
    name: str
    notes: int
    customers: int


@dataclass(frozen=True)
class Spoken:
    """Who said what of some themes: by note and by customer, each sorted, with the theme of each record beside it."""

    notes: Integers
    theme_of_note: Integers
    customers: Integers
    theme_of_customer: Integers


def spoken(known: Counted, themes: tuple[int, ...], code: int | None) -> Spoken:
    """Return who said what of these themes, of one product or of all."""
    notes: list[Integers] = [np.zeros(0, np.int64)]
    customers: list[Integers] = [np.zeros(0, np.int64)]
    sizes = []
    for theme in themes:
        records = known.at(theme)
        here = slice(None) if code is None else records.facets["product"] == code
        notes.append(records.note[here])
        customers.append(records.customer[here])
        sizes.append(len(notes[-1]))
    theme_ids = np.repeat(np.array(themes, np.int64), sizes)
    by_note, by_customer = np.concatenate(notes), np.concatenate(customers)
    first, second = np.argsort(by_note, kind="stable"), np.argsort(by_customer, kind="stable")
    return Spoken(by_note[first], theme_ids[first], by_customer[second], theme_ids[second])


def obstacles(own: Columns, said: Spoken, others: Mapping[int, Row[Any]], least: int = 1) -> tuple[Obstacle, ...]:
    """What the same notes, then the same customers, complain of or wish; at least ``least`` customers each."""
    notes = _shared(np.unique(own.note), said.notes, said.theme_of_note)
    customers = _shared(np.unique(own.customer), said.customers, said.theme_of_customer)
    found = [
        Obstacle(theme, others[theme].kind, others[theme].name, notes.get(theme, 0), number)
        for theme, number in customers.items()
        if number >= least
    ]
    found.sort(key=lambda one: (-one.notes, -one.customers, one.theme_id))
    return tuple(found[:SHOWN])


def _shared(wanted: Integers, values: Integers, themes: Integers) -> dict[int, int]:
    """Return how many distinct wanted values each theme has; ``values`` are sorted."""
    first, end = np.searchsorted(values, wanted, "left"), np.searchsorted(values, wanted, "right")
    lengths = end - first
    if not lengths.any():
        return {}
    places = np.repeat(first - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths) + np.arange(lengths.sum())
    whose = np.repeat(np.arange(len(wanted), dtype=np.int64), lengths)
    once = np.unique(themes[places] << 32 | whose)
    found, numbers = np.unique(once >> 32, return_counts=True)
    return dict(zip(found.tolist(), numbers.tolist(), strict=True))
