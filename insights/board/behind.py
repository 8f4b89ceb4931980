"""The notes behind a number: the very records that were counted, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from insights.counting.counted import Columns, Counted, joined, uniques
from insights.counting.filters import Filter, ThemeQuery, filter_of
from insights.counting.packing import NOTES, WAITING
from insights.counting.weeks import calendar
from insights.tables import ThemeRow
from insights.themes.status import STANDING

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
    """Records that were counted, in no order; arrays have one entry per record, ``of_notes`` when they are notes.

    ``number`` and ``people`` count distinct notes and customers.
    """

    ids: NDArray[np.int64]
    notes: NDArray[np.int64]
    moments: NDArray[np.int64]
    number: int
    people: int
    of_notes: bool

    def newest(self, number: int) -> NDArray[np.intp]:
        """Return the places of the newest records in order, ``number`` of them and whatever ties with the last."""
        at = np.arange(len(self.ids))
        if number < len(at):
            oldest = np.partition(self.moments, len(at) - number)[len(at) - number]
            at = np.flatnonzero(self.moments >= oldest)
        return at[np.lexsort((self.ids[at], -self.moments[at]))]

    def page(self, limit: int, offset: int) -> NDArray[np.int64]:
        """Return the numbers of some notes, in the order of their newest record."""
        take = 2 * (offset + limit) + 50
        while True:
            notes = self.notes[self.newest(take)]
            first = np.sort(np.unique(notes, return_index=True)[1])
            if len(first) >= offset + limit or take >= len(self.ids):
                return notes[first[offset : offset + limit]]
            take *= 4

    def ids_of(self, notes: Sequence[int] | NDArray[np.int64]) -> list[int]:
        """Return the records of some notes."""
        return [int(one) for one in self.ids[np.isin(self.notes, notes)]]


def select_behind(connection: Connection, known: Counted, asked: Behind, today: date) -> Selection:
    """Return the records behind a number."""
    narrowed = filter_of(asked.query, known, calendar(today))
    if asked.first is not None or asked.end is not None:
        narrowed = narrowed.between(asked.first or date.min, asked.end or date.max)
    chosen = [(columns, narrowed.mask(columns)) for columns in map(known.at, places(connection, asked))]
    of_notes = asked.theme is None and asked.parent is None and not asked.waiting
    if len(chosen) == 1 and not asked.again and asked.beside is None and asked.shared is None:
        columns, mask = chosen[0]
        found = columns if mask is None else columns.pick(mask)
        number, people = columns.notes(mask), columns.customers(mask)
        return Selection(found.id, found.note, found.moment, number, people, of_notes)
    found = joined([columns if mask is None else columns.pick(mask) for columns, mask in chosen])
    if asked.beside is not None:
        found = found.pick(np.isin(found.note, _records(known, narrowed, asked.beside).note))
    if asked.shared is not None:
        found = found.pick(np.isin(found.customer, _records(known, narrowed, asked.shared).customer))
    if asked.again:
        found = found.pick(np.isin(found.customer, _often(found.of_notes(found.customer))))
    return Selection(found.id, found.note, found.moment, found.notes(), found.customers(), of_notes)


def _records(known: Counted, narrowed: Filter, theme: int) -> Columns:
    columns = known.at(theme)
    mask = narrowed.mask(columns)
    return columns if mask is None else columns.pick(mask)


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


def _often(people: NDArray[np.int64]) -> NDArray[np.int64]:
    """The people that stand there more than once."""
    ordered = np.sort(people)
    return uniques(ordered[1:][ordered[1:] == ordered[:-1]])
