"""Who a theme affects, and who it does not: its customers against all who were heard, value by value."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from insights.counting.counted import Columns, Counted
from insights.counting.packing import NOTES

COMPARED = ("product", "plan", "region", "channel", "app_version", "customer_kind")
SHOWN = 8
FEWEST = 20
"""Customers of a value below which "none of them" says nothing."""
_Z95 = 1.96


@dataclass(frozen=True, slots=True)
class Affected:
    """Of ``everyone`` with this value, ``customers`` spoke of the theme; ``low`` and ``high`` bound the share, 95%."""

    field: str
    value: str
    customers: int
    notes: int
    everyone: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.customers / self.everyone if self.everyone else 0.0


def affected(known: Counted, theme: Columns) -> tuple[Affected, ...]:
    """Return the values of each field, those most spoken of first, then those where nobody spoke of it."""
    found: list[Affected] = []
    for name in COMPARED:
        values = known.values.get(name, {})
        everyone, here = _numbers(known.at(NOTES).people_by(name)), _numbers(theme.people_by(name))
        notes = np.bincount(theme.of_notes(theme.facets[name]), minlength=2**16)
        rows = [
            Affected(name, value, here.get(code, 0), int(notes[code]), everyone.get(code, 0), *interval(here.get(code, 0), everyone.get(code, 0)))
            for code, value in values.items()
            if here.get(code, 0) or everyone.get(code, 0) >= FEWEST
        ]  # fmt: skip
        found += sorted(rows, key=lambda one: (-one.customers, -one.everyone, one.value))[:SHOWN]
    return tuple(found)


def interval(some: int, of: int) -> tuple[float, float]:
    """Return Wilson's 95% interval of a share."""
    if not of:
        return 0.0, 1.0
    part, spread = some / of, _Z95 * _Z95 / of
    middle = (part + spread / 2) / (1 + spread)
    reach = _Z95 * math.sqrt(part * (1 - part) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _numbers(people: NDArray[np.int64]) -> dict[int, int]:
    return {code: int(number) for code, number in enumerate(people) if code and number}
