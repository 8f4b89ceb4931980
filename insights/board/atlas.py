"""The map of notes: at most AT_MOST signals with their places, made at a refresh, coloured by where they are now."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, func, insert, select

from insights.columns import table
from insights.counting.counted import Columns, Counted, counted
from insights.counting.filters import ThemeQuery, filter_of
from insights.counting.weeks import calendar
from insights.store import Store
from insights.tables import MapPointRow, ThemeRow, VectorRow
from insights.themes.known import unpack
from insights.themes.status import STANDING
from insights.trust.anonymity import fewer_than
from nlp.layout import layout

AT_MOST = 20_000
FEWEST_EACH = 20
_AT_ONCE = 500
LAST_BITS = 2**20 - 1
"""Of a signal's number: most signals that are not on the map are told by them, before anything is looked up."""
POINT = table(MapPointRow)


@dataclass(frozen=True, slots=True)
class Region:
    """A theme on the map: its points, int64[n] signal ids and float64[n, 2] places between 0 and 1."""

    theme: int
    kind: str
    name: str
    ids: NDArray[np.int64]
    places: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Atlas:
    """The regions that the filters leave something of, the largest first; ``drawn`` of ``points`` are left.

    A theme that too few customers speak of to be shown to who reads is left out.
    """

    regions: tuple[Region, ...]
    drawn: int
    points: int


def draw_map(store: Store, encoder_id: str) -> int:
    """Lay the newest signals of every theme out anew; return how many. Raises StoreError."""
    with store.connect() as connection:
        known = counted(store, connection)
        wanted = select(ThemeRow.id).where(ThemeRow.status.in_(STANDING)).order_by(ThemeRow.id)
        themes = [theme for theme in connection.execute(wanted).scalars() if len(known.at(theme))]
        ids, groups = _sample(known, themes)
        vectors: dict[int, bytes] = {}
        for start in range(0, len(ids), _AT_ONCE):
            some = [int(one) for one in ids[start : start + _AT_ONCE]]
            rows = select(VectorRow.signal_id, VectorRow.data)
            rows = rows.where(VectorRow.signal_id.in_(some), VectorRow.encoder_id == encoder_id)
            vectors |= {row.signal_id: row.data for row in connection.execute(rows)}
    held = np.array([int(one) in vectors for one in ids], np.bool_)
    ids, groups = ids[held], groups[held]
    places = layout(unpack([vectors[int(one)] for one in ids]), groups)
    points = [{"signal_id": int(one), "x": float(x), "y": float(y)} for one, (x, y) in zip(ids, places, strict=True)]
    with store.begin() as connection:
        connection.execute(delete(POINT))
        if points:
            connection.execute(insert(POINT), points)
    return len(points)


def atlas(store: Store, query: ThemeQuery, today: date) -> Atlas:
    """Return the map as far as the filters leave it. Raises StoreError."""
    with store.connect() as connection:
        known = counted(store, connection)
        whole = _whole(store, connection, known)
    narrowed = filter_of(query, known, calendar(today))
    regions = []
    for region, records in whole:
        if query.kind not in ("", region.kind):
            continue
        columns = known.at(region.theme)
        if store.least_customers > 1 and fewer_than(store, columns.customers(narrowed.mask(columns))):
            continue
        stays = narrowed.mask(records)
        ids, places = (region.ids, region.places) if stays is None else (region.ids[stays], region.places[stays])
        if len(ids):
            regions.append(Region(region.theme, region.kind, region.name, ids, places))
    regions.sort(key=lambda region: (-len(region.ids), region.theme))
    return Atlas(tuple(regions), sum(len(one.ids) for one in regions), sum(len(one.ids) for one, _ in whole))


@dataclass(frozen=True, slots=True)
class Drawn:
    """The points of the map by signal, int64[n] in order, and their places, float64[n, 2]; ``marked``: by last bits."""

    key: object
    ids: NDArray[np.int64]
    places: NDArray[np.float64]
    marked: NDArray[np.bool_]


Whole = tuple[tuple[Region, Columns], ...]
_kept: WeakKeyDictionary[Store, tuple[object, Drawn, Whole]] = WeakKeyDictionary()
_lock = threading.Lock()


def _whole(store: Store, connection: Connection, known: Counted) -> Whole:
    """All points by the theme they are in now, with their records; looked up anew when something was counted or drawn."""
    of_map = connection.execute(select(func.count(), func.sum(MapPointRow.x)).select_from(MapPointRow)).one()
    key = (known.epoch, known.revision)
    with _lock:
        found = _kept.get(store.whole)
        drawn = found[1] if found is not None and found[1].key == tuple(of_map) else _drawn(connection, tuple(of_map))
        if found is not None and found[0] == key and found[1] is drawn:
            return found[2]
        themes = select(ThemeRow.id, ThemeRow.kind, ThemeRow.name).where(ThemeRow.status.in_(STANDING))
        regions = []
        for row in connection.execute(themes.order_by(ThemeRow.id)):
            records = known.at(row.id)
            some = np.flatnonzero(drawn.marked[records.id & LAST_BITS])
            at = np.minimum(np.searchsorted(drawn.ids, records.id[some]), max(0, len(drawn.ids) - 1))
            there = drawn.ids[at] == records.id[some] if len(drawn.ids) else np.zeros(0, np.bool_)
            here = records.pick(some[there])
            if len(here):
                regions.append((Region(row.id, row.kind, row.name, here.id, drawn.places[at[there]]), here))
        _kept[store.whole] = (key, drawn, tuple(regions))
        return tuple(regions)


def _drawn(connection: Connection, key: object) -> Drawn:
    points = select(MapPointRow.signal_id, MapPointRow.x, MapPointRow.y).order_by(MapPointRow.signal_id).limit(AT_MOST)
    rows = connection.execute(points).all()
    ids = np.array([row.signal_id for row in rows], np.int64)
    marked = np.zeros(LAST_BITS + 1, np.bool_)
    marked[ids & LAST_BITS] = True
    return Drawn(key, ids, np.array([(row.x, row.y) for row in rows], np.float64).reshape(-1, 2), marked)


def _sample(known: Counted, themes: list[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The newest signals of each theme, in proportion to its size, AT_MOST in all."""
    sizes = {theme: len(known.at(theme)) for theme in themes}
    whole = sum(sizes.values())
    share = min(1.0, (AT_MOST - FEWEST_EACH * len(themes)) / whole) if whole else 0.0
    ids, groups = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for theme, size in sizes.items():
        number = size if whole <= AT_MOST else min(size, FEWEST_EACH + int(size * max(0.0, share)))
        columns = known.at(theme)
        newest = np.argsort(-columns.moment, kind="stable")[:number]
        ids.append(columns.id[newest])
        groups.append(np.full(len(newest), theme, np.int64))
    return np.concatenate(ids)[:AT_MOST], np.concatenate(groups)[:AT_MOST]
