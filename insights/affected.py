"""Who a theme affects, and who it does not: its customers against all who were heard, value by value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from insights.counted import Columns, Counted, distinct
from insights.packing import NOTES

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
        everyone = _people(known.at(NOTES), name)
        here = _people(theme, name)
        notes = np.bincount(theme.facets[name][theme.first_of_note()], minlength=2**16)
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


def _people(columns: Columns, field: str) -> dict[int, int]:
    """Return the distinct customers of each value."""
    codes = columns.facets[field]
    present: Sequence[int] = [int(code) for code in np.flatnonzero(np.bincount(codes, minlength=1)) if code]
    if len(present) > SHOWN * 4:
        common = np.bincount(codes, minlength=1)
        present = sorted(present, key=lambda code: -int(common[code]))[: SHOWN * 4]
    return {code: distinct(columns.customer[codes == code]) for code in present}
