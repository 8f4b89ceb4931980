"""The page of one theme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from insights.counts import changes_of, trends_of
from insights.evidence import is_evidence
from insights.filters import ThemeQuery
from insights.lineage import Event, resolve
from insights.quotes import Highlight, Quote, QuoteOrder, quotes
from insights.status import STANDING
from insights.store import Store
from insights.tables import FeedbackRow, LineageRow, SignalRow, ThemeRow, VectorRow
from insights.themes import unpack
from insights.weeks import Change, calendar, change

__all__ = ["Change", "Highlight", "LineageStep", "Quote", "QuoteOrder", "Share", "ThemeDetail", "quotes", "theme"]

SHARES = 20
NEIGHBOURS = 5
STEPS = 100


@dataclass(frozen=True, slots=True)
class Share:
    """One value of a field (a product, a region): notes and distinct customers of this theme that carry it."""

    value: str
    notes: int
    customers: int


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
    """Everything the page shows but the quotes. ``redirected_from`` is set when an old id led here."""

    id: int
    kind: str
    name: str
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
    products: tuple[Share, ...]
    regions: tuple[Share, ...]
    plans: tuple[Share, ...]
    neighbours: tuple[tuple[int, str], ...]
    lineage: tuple[LineageStep, ...]
    redirected_from: int | None


def theme(store: Store, theme_id: int, today: date) -> ThemeDetail | None:
    """Return a theme by its id, or by an id that was merged into it; None when no theme ever had it.

    ``today`` is a UTC day. Raises StoreError.
    """
    with store.connect() as connection:
        if not 0 < theme_id < 2**31 or (found := resolve(connection, theme_id)) is None:
            return None
        row = connection.execute(select(ThemeRow.__table__).where(ThemeRow.id == found)).one()
        return _detail(connection, row, theme_id, today)


def _detail(connection: Connection, row: Row[Any], asked: int, today: date) -> ThemeDetail:
    weeks, everything, one = calendar(today), ThemeQuery(), [row.id]
    figures = connection.execute(
        select(
            func.count(SignalRow.feedback_id.distinct()).label("notes"),
            func.count(SignalRow.customer.distinct()).label("customers"),
            func.sum(SignalRow.severity).label("severity"),
            func.sum(case((SignalRow.severity > 0, 1), else_=0)).label("severe"),
            func.min(SignalRow.occurred_at).label("first"),
            func.max(SignalRow.occurred_at).label("last"),
            func.count(case((SignalRow.week == weeks.running, SignalRow.feedback_id)).distinct()).label("running"),
        ).where(SignalRow.theme_id == row.id, is_evidence())
    ).one()
    trend = trends_of(connection, everything, weeks, one)
    return ThemeDetail(
        id=row.id,
        kind=row.kind,
        name=row.name,
        parent=_name(connection, row.parent_id),
        terms=tuple(row.terms),
        typical_quote=_words(connection, row.exemplar_signal_id),
        status=row.status,
        notes=figures.notes,
        customers=figures.customers,
        came_back=_came_back(connection, row.id),
        severity=(2 * int(figures.severity) + int(figures.severe)) // (2 * int(figures.severe))
        if figures.severe
        else 0,
        first_heard=figures.first or row.created_at,
        last_heard=figures.last or row.created_at,
        weeks=tuple((week, trend.get((row.id, week), 0)) for week in weeks.full),
        running_week=figures.running,
        change=changes_of(connection, everything, weeks, one).get(row.id, change(0, 0)),
        products=_shares(connection, row.id, FeedbackRow.product),
        regions=_shares(connection, row.id, FeedbackRow.region),
        plans=_shares(connection, row.id, FeedbackRow.plan),
        neighbours=_neighbours(connection, row),
        lineage=_lineage(connection, row.id),
        redirected_from=None if asked == row.id else asked,
    )


def _name(connection: Connection, theme_id: int | None) -> str:
    if theme_id is None:
        return ""
    wanted = select(ThemeRow.name).where(ThemeRow.id == theme_id, ThemeRow.status.in_(STANDING))
    return connection.execute(wanted).scalar_one_or_none() or ""


def _words(connection: Connection, signal_id: int | None) -> str:
    if signal_id is None:
        return ""
    return connection.execute(select(SignalRow.text).where(SignalRow.id == signal_id)).scalar_one_or_none() or ""


def _came_back(connection: Connection, theme_id: int) -> int:
    """How many customers spoke of it in more than one note."""
    again = (
        select(SignalRow.customer)
        .where(SignalRow.theme_id == theme_id, is_evidence())
        .group_by(SignalRow.customer)
        .having(func.count(SignalRow.feedback_id.distinct()) > 1)
        .subquery()
    )
    return connection.execute(select(func.count()).select_from(again)).scalar_one()


def _shares(connection: Connection, theme_id: int, column: InstrumentedAttribute[str]) -> tuple[Share, ...]:
    counted = (
        select(column, func.count(SignalRow.feedback_id.distinct()), func.count(SignalRow.customer.distinct()))
        .join(FeedbackRow, FeedbackRow.id == SignalRow.feedback_id)
        .where(SignalRow.theme_id == theme_id, column != "", is_evidence())
        .group_by(column)
    )
    found = [Share(value, notes, customers) for value, notes, customers in connection.execute(counted)]
    return tuple(sorted(found, key=lambda share: (-share.notes, share.value))[:SHARES])


def _neighbours(connection: Connection, row: Row[Any]) -> tuple[tuple[int, str], ...]:
    """The live themes of the same kind whose typical signals lie nearest to this one's."""
    wanted = (
        select(ThemeRow.id, ThemeRow.name, VectorRow.encoder_id, VectorRow.data)
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
    return tuple((others[at].id, others[at].name) for at in near[:NEIGHBOURS])


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
