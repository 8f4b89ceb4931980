"""What is counted, held in memory as columns: read once, then only what was changed since.

Every number of the board comes from here: the records of each theme, of waiting signals, and of all notes, narrowed to
what a reader asked for. The notes behind a number are the very records that were counted.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select, tuple_

from insights.counting.packing import FACETS, HEAD, unpack
from insights.store import Store
from insights.tables import CountBlockRow, CountRevisionRow, FacetValueRow

Mask = NDArray[np.intp] | None
"""Where the records of a place stand that are meant, in order; None is all of them."""

NUMBERED = 50_000
"""Records of a place up to which its customers are numbered for the sake of one count."""

Integers = NDArray[np.signedinteger[Any]]
EPOCH = date(1970, 1, 1)
_AT_ONCE = 500


def days(day: date) -> int:
    """Return a day as days since 1970."""
    return (day - EPOCH).days


def distinct(values: NDArray[Any]) -> int:
    """Return how many different values there are."""
    if len(values) < 2:
        return len(values)
    ordered = np.sort(values)
    return 1 + int(np.count_nonzero(ordered[1:] != ordered[:-1]))


def uniques(values: NDArray[Any]) -> NDArray[Any]:
    """Return the different values in order; sorting beats numpy's own way for many different numbers."""
    ordered = np.sort(values)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


@dataclass(frozen=True)
class Columns:
    """The records of one place; all arrays have one entry per record. ``week`` is the Monday in days since 1970.

    What the others hold is told in ``insights.counting.packing``.
    """

    id: NDArray[np.int64]
    note: NDArray[np.int64]
    customer: NDArray[np.int64]
    moment: NDArray[np.int64]
    severity: NDArray[np.uint8]
    case: NDArray[np.int64]
    late: NDArray[np.uint8]
    minutes: NDArray[np.float32]
    given: NDArray[np.float32]
    week: NDArray[np.int32]
    facets: Mapping[str, NDArray[np.uint16]]

    def __len__(self) -> int:
        return len(self.id)

    @cached_property
    def firsts(self) -> NDArray[np.intp] | None:
        """The index of one record of each distinct note; None when every record is another note."""
        if distinct(self.note) == len(self):
            return None
        return np.unique(self.note, return_index=True)[1]

    @cached_property
    def everybody(self) -> int:
        return distinct(self.customer)

    def notes(self, mask: Mask = None) -> int:
        """Return the number of distinct notes. Filters are about notes, so a mask takes all records of a note or none."""
        if mask is None:
            return len(self) if self.firsts is None else len(self.firsts)
        return len(mask) if self.firsts is None else int(np.count_nonzero(self._first[mask]))

    def customers(self, mask: Mask = None) -> int:
        """Return the number of distinct customers."""
        if mask is None:
            return self.everybody
        if len(self) > NUMBERED and "_person" not in self.__dict__:
            return distinct(self.customer[mask])
        met = np.zeros(self.everybody, np.bool_)
        met[self._person[mask]] = True
        return int(np.count_nonzero(met))

    def of_notes(self, column: NDArray[Any], mask: Mask = None) -> NDArray[Any]:
        """Return a column with one entry for each distinct note."""
        if self.firsts is None:
            return column if mask is None else column[mask]
        return column[self.firsts if mask is None else mask[self._first[mask]]]

    def people_by(self, field: str) -> NDArray[np.int64]:
        """Return the number of distinct customers of each code of a field, int64[codes]."""
        known = self._people_by.get(field)
        if known is None:
            codes = self.facets[field].astype(np.int64)
            width = int(codes.max(initial=0)) + 1
            met = np.zeros(width * max(1, self.everybody), np.bool_)
            met[codes * max(1, self.everybody) + self._person] = True
            known = self._people_by[field] = met.reshape(width, -1).sum(axis=1)
        return known

    @cached_property
    def _first(self) -> NDArray[np.bool_]:
        """Which records are the first of their note."""
        first = np.zeros(len(self), np.bool_)
        first[slice(None) if self.firsts is None else self.firsts] = True
        return first

    @cached_property
    def _people_by(self) -> dict[str, NDArray[np.int64]]:
        return {}

    @cached_property
    def _person(self) -> NDArray[np.intp]:
        """The customers numbered from 0 without gaps."""
        return np.unique(self.customer, return_inverse=True)[1]

    def without(self, weeks: Iterable[int]) -> Columns:
        stays = ~np.isin(self.week, list(weeks))
        return self.pick(stays)

    def pick(self, chosen: NDArray[Any]) -> Columns:
        """Return some of the records."""
        facets = {name: column[chosen] for name, column in self.facets.items()}
        heads: dict[str, Any] = {name: getattr(self, name)[chosen] for name in HEAD}
        return Columns(**heads, week=self.week[chosen], facets=facets)


def _columns(blocks: Sequence[tuple[date, bytes]]) -> Columns:
    records = unpack(b"".join(data for _, data in blocks))
    sizes = [len(data) // records.itemsize for _, data in blocks]
    weeks = np.repeat(np.array([days(week) for week, _ in blocks], np.int32), sizes)
    facets = {name: np.ascontiguousarray(records[name]) for name in FACETS}
    heads: dict[str, Any] = {name: np.ascontiguousarray(records[name]) for name in HEAD}
    return Columns(**heads, week=weeks, facets=facets)


NOTHING = _columns(())


def joined(parts: Sequence[Columns]) -> Columns:
    """Return the records of several places, or of several times, as one."""
    if len(parts) == 1:
        return parts[0]
    some = parts or (NOTHING,)
    facets = {name: np.concatenate([one.facets[name] for one in some]) for name in FACETS}
    heads: dict[str, Any] = {name: np.concatenate([getattr(one, name) for one in some]) for name in (*HEAD, "week")}
    return Columns(**heads, facets=facets)


@dataclass(frozen=True)
class Counted:
    """Everything counted, as of one revision of the store."""

    epoch: str = ""
    revision: int = -1
    places: Mapping[int, Columns] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def at(self, place: int) -> Columns:
        """Return the records of a place, none when nothing is there."""
        return self.places.get(place, NOTHING)

    @cached_property
    def by_note(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The notes of all themes in order, and the theme of each record."""
        themes = [(place, columns) for place, columns in sorted(self.places.items()) if place > 0]
        notes = np.concatenate([NOTHING.note, *(columns.note for _, columns in themes)])
        places = np.repeat([place for place, _ in themes], [len(columns) for _, columns in themes]).astype(np.int64)
        order = np.argsort(notes)
        return notes[order], places[order]

    @cached_property
    def values(self) -> Mapping[str, Mapping[int, str]]:
        """The value of each code, by field."""
        return {name: {code: value for value, code in known.items()} for name, known in self.codes.items()}


_kept: WeakKeyDictionary[Store, Counted] = WeakKeyDictionary()
_lock = threading.Lock()


def counted(store: Store, connection: Connection) -> Counted:
    """Return what is counted at the moment the connection sees. Safe to call from many threads."""
    now = connection.execute(select(CountRevisionRow.epoch, CountRevisionRow.revision)).one_or_none()
    if now is None:
        return Counted()
    with _lock:
        known = _kept.get(store.whole)
        if known is not None and (known.epoch, known.revision) == (now.epoch, now.revision):
            return known
        follows = known is not None and known.epoch == now.epoch and known.revision < now.revision
        places = _changed(connection, known) if follows and known is not None else _all(connection)
        found = Counted(now.epoch, now.revision, places, _codes(connection))
        if known is None or known.epoch != found.epoch or known.revision < found.revision:
            _kept[store.whole] = found
        return found


def moment(seconds: int) -> datetime:
    """Return a record's moment in UTC."""
    return datetime.fromtimestamp(int(seconds), UTC)


def monday(day: int) -> date:
    """Return a record's week as a date."""
    return EPOCH + timedelta(days=int(day))


def _all(connection: Connection) -> dict[int, Columns]:
    columns = (CountBlockRow.place, CountBlockRow.week, CountBlockRow.data)
    blocks: dict[int, list[tuple[date, bytes]]] = defaultdict(list)
    for row in connection.execute(select(*columns).where(CountBlockRow.records > 0)):
        blocks[row.place].append((row.week, row.data))
    return {place: _columns(found) for place, found in blocks.items()}


def _changed(connection: Connection, known: Counted) -> dict[int, Columns]:
    """Read the cells that were changed since, and put them in place of what was known of them."""
    cell = (CountBlockRow.place, CountBlockRow.week)
    wanted = select(*cell).where(CountBlockRow.revision > known.revision).distinct()
    cells = [(row.place, row.week) for row in connection.execute(wanted)]
    fresh: dict[int, list[tuple[date, bytes]]] = defaultdict(list)
    weeks: dict[int, set[int]] = defaultdict(set)
    for place, week in cells:
        weeks[place].add(days(week))
    for start in range(0, len(cells), _AT_ONCE):
        some = tuple_(*cell).in_(cells[start : start + _AT_ONCE])
        blocks = select(*cell, CountBlockRow.data).where(some, CountBlockRow.records > 0)
        for row in connection.execute(blocks):
            fresh[row.place].append((row.week, row.data))
    places = dict(known.places)
    for place, changed in weeks.items():
        places[place] = joined([known.at(place).without(changed), _columns(fresh[place])])
    return places


def _codes(connection: Connection) -> dict[str, dict[str, int]]:
    codes: dict[str, dict[str, int]] = {name: {} for name in FACETS}
    for row in connection.execute(select(FacetValueRow.field, FacetValueRow.value, FacetValueRow.code)):
        codes[row.field][row.value] = row.code
    return codes
