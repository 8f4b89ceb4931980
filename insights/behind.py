"""The notes behind a number: the very records that were counted, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from insights.counted import Columns, Counted, distinct
from insights.filters import Filter, ThemeQuery, filter_of
from insights.packing import NOTES, WAITING
from insights.status import STANDING
from insights.tables import ThemeRow
from insights.weeks import calendar

EVERYTHING = ThemeQuery()
NOBODY = -10_000
"""A place where nothing ever is."""


@dataclass(frozen=True, slots=True)
class Behind:
    """Which number: of a theme, of a parent with all its themes, of what waits for a theme, or else of all notes.

    ``first`` and ``end`` are Mondays: weeks from the one, before the other. ``again``: only customers who spoke of it in
    more than one note. ``beside``: only notes that speak of that theme too; ``shared``: only customers who do.
    """

    theme: int | None = None
    parent: int | None = None
    waiting: bool = False
    query: ThemeQuery = EVERYTHING
    first: date | None = None
    end: date | None = None
    again: bool = False
    beside: int | None = None
    shared: int | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Records that were counted, newest first; all arrays have one entry per record, ``of_notes`` when they are notes."""

    ids: NDArray[np.int64]
    notes: NDArray[np.int64]
    customers: NDArray[np.int64]
    of_notes: bool

    @property
    def number(self) -> int:
        """Distinct notes."""
        return distinct(self.notes)

    @property
    def people(self) -> int:
        """Distinct customers."""
        return distinct(self.customers)

    def page(self, limit: int, offset: int) -> NDArray[np.int64]:
        """Return the numbers of some notes, in the order of their newest record."""
        first = np.sort(np.unique(self.notes, return_index=True)[1])
        return self.notes[first[offset : offset + limit]]

    def ids_of(self, notes: Sequence[int] | NDArray[np.int64]) -> list[int]:
        """Return the records of some notes."""
        return [int(one) for one in self.ids[np.isin(self.notes, notes)]]


def select_behind(connection: Connection, known: Counted, asked: Behind, today: date) -> Selection:
    """Return the records behind a number."""
    narrowed = filter_of(asked.query, known, calendar(today))
    if asked.first is not None or asked.end is not None:
        narrowed = narrowed.between(asked.first or date.min, asked.end or date.max)
    found = [_chosen(known.at(place), narrowed) for place in places(connection, asked)]
    moments = np.concatenate([one.moment for one in found])
    ids = np.concatenate([one.id for one in found])
    notes = np.concatenate([one.note for one in found])
    customers = np.concatenate([one.customer for one in found])
    order = np.lexsort((ids, -moments))
    if asked.again:
        order = order[np.isin(customers[order], _came_back(customers, notes))]
    if asked.beside is not None:
        order = order[np.isin(notes[order], _chosen(known.at(asked.beside), narrowed).note)]
    if asked.shared is not None:
        order = order[np.isin(customers[order], _chosen(known.at(asked.shared), narrowed).customer)]
    of_notes = asked.theme is None and asked.parent is None and not asked.waiting
    return Selection(ids[order], notes[order], customers[order], of_notes)


def places(connection: Connection, asked: Behind) -> list[int]:
    """Return where the records of a number stand."""
    if asked.theme is not None:
        return [asked.theme]
    if asked.parent is not None:
        wanted = select(ThemeRow.id).where(ThemeRow.parent_id == asked.parent, ThemeRow.status.in_(STANDING))
        return [asked.parent, *connection.execute(wanted.order_by(ThemeRow.id)).scalars()]
    if asked.waiting:
        return [place for kind, place in WAITING.items() if asked.query.kind in ("", kind)] or [NOBODY]
    return [NOTES]


def came_back(columns: Columns) -> int:
    """Return how many customers spoke of it in more than one note."""
    return len(_often(columns.of_notes(columns.customer)))


def _came_back(customers: NDArray[np.int64], notes: NDArray[np.int64]) -> NDArray[np.int64]:
    return _often(customers[np.unique(notes, return_index=True)[1]])


def _often(people: NDArray[np.int64]) -> NDArray[np.int64]:
    """The people that stand there more than once."""
    ordered = np.sort(people)
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])


def _chosen(columns: Columns, narrowed: Filter) -> Columns:
    mask = narrowed.mask(columns)
    return columns if mask is None else columns.pick(mask)
