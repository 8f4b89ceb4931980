"""How much evidence stands behind themes: notes, distinct customers, weeks and products, counted in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, case, func, select
from sqlalchemy.orm import aliased

from insights.evidence import is_evidence
from insights.filters import ThemeQuery, filtered
from insights.status import STANDING, Status
from insights.tables import SignalRow
from insights.tables import ThemeRow as ThemeTable
from insights.weeks import Calendar, Change, change


@dataclass(frozen=True, slots=True)
class Tally:
    """What one theme amounts to under the filters."""

    id: int
    kind: str
    name: str
    parent: str
    words: str
    notes: int
    customers: int
    severity: float
    first_heard: date
    status: Status


def tallies_of(connection: Connection, query: ThemeQuery) -> list[Tally]:
    """Every standing theme that has evidence under the filters, by id."""
    counted = filtered(
        select(
            SignalRow.theme_id,
            func.count(SignalRow.feedback_id.distinct()).label("notes"),
            func.count(SignalRow.customer.distinct()).label("customers"),
            func.sum(SignalRow.severity).label("severity"),
            func.sum(case((SignalRow.severity > 0, 1), else_=0)).label("severe"),
            func.min(SignalRow.occurred_at).label("first"),
        ),
        query,
    )
    counted = counted.where(SignalRow.theme_id.is_not(None), is_evidence()).group_by(SignalRow.theme_id)
    heard = {row.theme_id: row for row in connection.execute(counted)}
    parent = aliased(ThemeTable)
    columns = (ThemeTable.id, ThemeTable.kind, ThemeTable.name, ThemeTable.terms, ThemeTable.status)
    standing = (
        select(*columns, parent.name.label("parent"))
        .outerjoin(parent, and_(parent.id == ThemeTable.parent_id, parent.status.in_(STANDING)))
        .where(ThemeTable.status.in_(STANDING))
        .order_by(ThemeTable.id)
    )
    return [
        Tally(
            id=theme.id,
            kind=theme.kind,
            name=theme.name,
            parent=theme.parent or "",
            words=" ".join([theme.name, *theme.terms]).casefold(),
            notes=found.notes,
            customers=found.customers,
            severity=int(found.severity) / int(found.severe) if found.severe else 0.0,
            first_heard=found.first.date(),
            status=Status(theme.status),
        )
        for theme in connection.execute(standing)
        if (found := heard.get(theme.id)) is not None
    ]


def changes_of(connection: Connection, query: ThemeQuery, weeks: Calendar, ids: Sequence[int]) -> dict[int, Change]:
    if not ids:
        return {}
    recent = case((SignalRow.week >= weeks.recent, SignalRow.customer))
    before = case((SignalRow.week < weeks.recent, SignalRow.customer))
    counted = filtered(
        select(SignalRow.theme_id, func.count(recent.distinct()), func.count(before.distinct())), query
    ).where(SignalRow.theme_id.in_(ids), SignalRow.week >= weeks.before, SignalRow.week < weeks.running, is_evidence())
    return {theme: change(a, b) for theme, a, b in connection.execute(counted.group_by(SignalRow.theme_id))}


def trends_of(
    connection: Connection, query: ThemeQuery, weeks: Calendar, ids: Sequence[int]
) -> dict[tuple[int, date], int]:
    counted = filtered(
        select(SignalRow.theme_id, SignalRow.week, func.count(SignalRow.feedback_id.distinct())), query
    ).where(SignalRow.theme_id.in_(ids), SignalRow.week >= weeks.full[0], SignalRow.week < weeks.running, is_evidence())
    rows = connection.execute(counted.group_by(SignalRow.theme_id, SignalRow.week))
    return {(theme, week): notes for theme, week, notes in rows}


def products_of(connection: Connection, query: ThemeQuery, ids: Sequence[int]) -> dict[int, str]:
    """The product that most notes of each theme name; "" when none does."""
    counted = filtered(
        select(SignalRow.theme_id, SignalRow.product, func.count(SignalRow.feedback_id.distinct())), query
    ).where(SignalRow.theme_id.in_(ids), SignalRow.product != "", is_evidence())
    best: dict[int, tuple[int, str]] = {}
    for theme, product, notes in connection.execute(counted.group_by(SignalRow.theme_id, SignalRow.product)):
        best[theme] = min(best.get(theme, (0, "")), (-notes, product))
    return {theme: product for theme, (_, product) in best.items()}
