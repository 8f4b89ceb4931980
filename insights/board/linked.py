"""What the notes of a theme also speak of: jobs it stands in the way of, what is asked for, what is praised."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, select

from insights.counting.counted import Columns, Counted, uniques
from insights.tables import ThemeRow
from insights.themes.status import STANDING

LINKED = 5
BEYOND = 2**31
"""More than any theme's id."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A theme of another kind that is spoken of in ``notes`` of the same notes."""

    id: int
    kind: str
    name: str
    notes: int


def linked(connection: Connection, known: Counted, kind: str, own: Columns) -> tuple[Linked, ...]:
    """Themes of other kinds that the same notes speak of, the most frequent of each kind."""
    wanted = select(ThemeRow.id, ThemeRow.kind, ThemeRow.name)
    wanted = wanted.where(ThemeRow.status.in_(STANDING), ThemeRow.kind != kind).order_by(ThemeRow.id)
    numbers = _beside(known, own)
    shared: dict[str, list[Linked]] = {}
    for other in connection.execute(wanted):
        if number := numbers.get(other.id):
            shared.setdefault(other.kind, []).append(Linked(other.id, other.kind, other.name, number))
    return tuple(
        one
        for other_kind in sorted(shared)
        for one in sorted(shared[other_kind], key=lambda one: (-one.notes, one.id))[:LINKED]
    )


def _beside(known: Counted, own: Columns) -> dict[int, int]:
    """How many of a theme's notes each theme is spoken of in."""
    notes, places = known.by_note
    mine = np.sort(own.of_notes(own.note))
    starts, ends = np.searchsorted(notes, mine, "left"), np.searchsorted(notes, mine, "right")
    sizes = ends - starts
    at = np.repeat(starts - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
    once = uniques(np.repeat(np.arange(len(mine)), sizes) * BEYOND + places[at]) % BEYOND
    return {theme: int(number) for theme, number in enumerate(np.bincount(once)) if number}
