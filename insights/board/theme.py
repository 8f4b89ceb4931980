"""The page of one theme."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, or_, select
from sqlalchemy.orm import aliased

from insights.board.affected import Affected, affected
from insights.board.behind import came_back
from insights.board.linked import Linked, linked
from insights.board.quotes import Highlight, Quote, QuoteOrder, quotes
from insights.counting.counted import Counted, counted, days, moment
from insights.counting.counts import changes_of, severity_of, together, trend_of
from insights.counting.filters import Filter
from insights.counting.packing import NOTES
from insights.counting.weeks import Change, calendar, change
from insights.store import Store
from insights.tables import LineageRow, SignalRow, ThemeRow, VectorRow
from insights.themes.known import unpack
from insights.themes.lineage import Event, resolve
from insights.themes.status import STANDING
from insights.trust.anonymity import fewer_than

__all__ = [
    "Affected",
    "Change",
    "Highlight",
    "LineageStep",
    "Linked",
    "Neighbour",
    "Quote",
    "QuoteOrder",
    "ThemeDetail",
    "quotes",
    "theme",
]

NEIGHBOURS = 5
STEPS = 100


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A theme close by; ``theirs`` and ``ours`` are words that only one of the two is told by."""

    id: int
    name: str
    theirs: tuple[str, ...]
    ours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineageStep:
    """What happened to the theme, by the value of ``insights.lineage.Event``.

    ``outgoing``: this theme was merged into, or split towards, the other one; otherwise it received.
    ``id`` is what undoing takes; ``undone`` says that it was taken back.
    """

    at: datetime
    event: str
    other_theme: int | None
    other_name: str
    moved: int
    who: str
    why: str
    id: int = 0
    undone: bool = False
    outgoing: bool = True


@dataclass(frozen=True, slots=True)
class ThemeDetail:
    """Everything the page shows but the quotes. ``redirected_from`` is set when an old id led here.

    ``fewer_than``: 0, or how many customers there had to be: then only the name and what happened to it are told.
    """

    id: int
    kind: str
    name: str
    parent_id: int | None
    parent: str
    terms: tuple[str, ...]
    typical_quote: str
    status: str
    notes: int
    customers: int
    came_back: int
    severity: int
    first_heard: datetime
    last_heard: datetime
    weeks: tuple[tuple[date, int], ...]
    running_week: int
    change: Change
    customers_heard: int
    affected: tuple[Affected, ...]
    neighbours: tuple[Neighbour, ...]
    linked: tuple[Linked, ...]
    below: tuple[tuple[int, str], ...]
    lineage: tuple[LineageStep, ...]
    redirected_from: int | None
    fewer_than: int = 0


def theme(store: Store, theme_id: int, today: date) -> ThemeDetail | None:
    """Return a theme by its id, or by an id that was merged into it; None when no theme ever had it.

    ``today`` is a UTC day. Raises StoreError.
    """
    with store.connect() as connection:
        if not 0 < theme_id < 2**31 or (found := resolve(connection, theme_id)) is None:
            return None
        row = connection.execute(select(ThemeRow.__table__).where(ThemeRow.id == found)).one()
        known = counted(store, connection)
        detail = _detail(connection, known, row, theme_id, today, store.least_customers)
        if hidden := fewer_than(store, _speaking(known, detail)):
            return _name_only(detail, hidden)
        if store.least_customers > 1:
            return replace(detail, change=replace(detail.change, fewer_than=store.least_customers))
        return detail


def _speaking(known: Counted, detail: ThemeDetail) -> int:
    """Return how many customers speak of a theme, or, of a parent, of the themes under it."""
    return together(known, Filter({}), [detail.id, *(below for below, _ in detail.below)])[1]


def _name_only(detail: ThemeDetail, hidden: int) -> ThemeDetail:
    """Return a theme without figures and without words."""
    return replace(
        detail, fewer_than=hidden, terms=(), typical_quote="", notes=0, customers=0, came_back=0, severity=0,
        weeks=tuple((monday, 0) for monday, _ in detail.weeks), running_week=0, change=change(0, 0),
        affected=(), neighbours=(), linked=(),
    )  # fmt: skip


def _detail(connection: Connection, known: Counted, row: Row[Any], asked: int, today: date, least: int) -> ThemeDetail:
    weeks, own = calendar(today), known.at(row.id)
    moments = own.moment if len(own) else np.array([row.created_at.timestamp()], np.int64)
    return ThemeDetail(
        id=row.id,
        kind=row.kind,
        name=row.name,
        parent_id=row.parent_id,
        parent=_name(connection, row.parent_id),
        terms=tuple(row.terms),
        typical_quote=_words(connection, row.exemplar_signal_id),
        status=row.status,
        notes=own.notes(),
        customers=own.customers(),
        came_back=came_back(own),
        severity=math.floor(severity_of(own) + 0.5),
        first_heard=moment(moments.min()),
        last_heard=moment(moments.max()),
        weeks=tuple(zip(weeks.full, trend_of(known, Filter({}), weeks.full, row.id), strict=True)),
        running_week=own.notes(np.flatnonzero(own.week == days(weeks.running))),
        change=changes_of(known, Filter({}), weeks, [row.id]).get(row.id, change(0, 0)),
        customers_heard=known.at(NOTES).customers(),
        affected=tuple(one for one in affected(known, own) if not 0 < one.customers < least) if len(own) else (),
        neighbours=tuple(near for near in _neighbours(connection, row) if known.at(near.id).customers() >= least)[
            :NEIGHBOURS
        ],
        linked=tuple(one for one in linked(connection, known, row.kind, own) if one.notes >= least),
        below=_below(connection, row.id),
        lineage=_lineage(connection, row.id),
        redirected_from=None if asked == row.id else asked,
    )


def _below(connection: Connection, theme_id: int) -> tuple[tuple[int, str], ...]:
    """The standing themes under a parent."""
    wanted = select(ThemeRow.id, ThemeRow.name).where(ThemeRow.parent_id == theme_id, ThemeRow.status.in_(STANDING))
    return tuple((row.id, row.name) for row in connection.execute(wanted.order_by(ThemeRow.name)))


def _name(connection: Connection, theme_id: int | None) -> str:
    if theme_id is None:
        return ""
    wanted = select(ThemeRow.name).where(ThemeRow.id == theme_id, ThemeRow.status.in_(STANDING))
    return connection.execute(wanted).scalar_one_or_none() or ""


def _words(connection: Connection, signal_id: int | None) -> str:
    if signal_id is None:
        return ""
    return connection.execute(select(SignalRow.text).where(SignalRow.id == signal_id)).scalar_one_or_none() or ""


def _neighbours(connection: Connection, row: Row[Any]) -> tuple[Neighbour, ...]:
    """The live themes of the same kind whose typical signals lie nearest to this one's, more than are shown."""
    wanted = (
        select(ThemeRow.id, ThemeRow.name, ThemeRow.terms, VectorRow.encoder_id, VectorRow.data)
        .join(VectorRow, VectorRow.signal_id == ThemeRow.exemplar_signal_id)
        .where(ThemeRow.kind == row.kind, or_(ThemeRow.status.in_(STANDING), ThemeRow.id == row.id))
        .order_by(ThemeRow.id)
    )
    found = connection.execute(wanted).all()
    own = next((other for other in found if other.id == row.id), None)
    others = [other for other in found if own is not None and other.id != row.id and other.encoder_id == own.encoder_id]
    if own is None or not others:
        return ()
    near = np.argsort(-(unpack([other.data for other in others]) @ unpack([own.data])[0]), kind="stable")
    return tuple(
        Neighbour(other.id, other.name, _only(other.terms, own.terms), _only(own.terms, other.terms))
        for other in (others[at] for at in near[: 4 * NEIGHBOURS])
    )


def _only(words: Sequence[str], without: Sequence[str]) -> tuple[str, ...]:
    """The first words of one theme that the other is not told by."""
    return tuple(word for word in words if word not in without)[:3]


def _lineage(connection: Connection, theme_id: int) -> tuple[LineageStep, ...]:
    """What happened to a theme, newest first. Growth is left out: it happens every week."""
    first, second = aliased(ThemeRow), aliased(ThemeRow)
    wanted = (
        select(LineageRow.__table__, first.name.label("first_name"), second.name.label("second_name"))
        .join(first, first.id == LineageRow.theme_id)
        .outerjoin(second, second.id == LineageRow.other_theme_id)
        .where(
            or_(LineageRow.theme_id == theme_id, LineageRow.other_theme_id == theme_id),
            LineageRow.event != Event.GROWN.value,
        )
        .order_by(LineageRow.id.desc())
        .limit(STEPS)
    )
    return tuple(
        LineageStep(
            at=row.at,
            event=row.event,
            other_theme=row.other_theme_id if row.theme_id == theme_id else row.theme_id,
            other_name=(row.second_name or "") if row.theme_id == theme_id else row.first_name,
            moved=row.moved,
            who=row.who,
            why=row.why,
            id=row.id,
            undone=row.undone_by is not None,
            outgoing=row.theme_id == theme_id,
        )
        for row in connection.execute(wanted)
    )
