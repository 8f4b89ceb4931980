"""What the tree of themes needs to know: who put a theme where it is, and which parents are left without themes."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from insights.store import Store
from insights.tables import LineageRow, SignalRow, ThemeRow
from insights.themes.lineage import MACHINE, Event
from insights.themes.status import STANDING


def arranged_by_people(store: Store) -> frozenset[int]:
    """Return the themes that a person put where they are in the tree. Raises StoreError."""
    latest = (
        select(LineageRow.theme_id, func.max(LineageRow.id).label("id"))
        .where(LineageRow.event == Event.ARRANGED.value, LineageRow.undone_by.is_(None))
        .group_by(LineageRow.theme_id)
        .subquery()
    )
    wanted = select(latest.c.theme_id).join(LineageRow, LineageRow.id == latest.c.id).where(LineageRow.who != MACHINE)
    with store.connect() as connection:
        return frozenset(connection.execute(wanted).scalars())


def childless_parents(store: Store, kind: str) -> tuple[int, ...]:
    """Return the parents the machine made and named that have no standing theme under them any more. Raises StoreError."""
    child = aliased(ThemeRow)
    children = select(child.id).where(child.parent_id == ThemeRow.id, child.status.in_(STANDING))
    signals = select(SignalRow.id).where(SignalRow.theme_id == ThemeRow.id)
    wanted = (
        select(ThemeRow.id)
        .join(LineageRow, LineageRow.theme_id == ThemeRow.id)
        .where(
            ThemeRow.kind == kind,
            ThemeRow.status.in_(STANDING),
            ThemeRow.named_by == MACHINE,
            LineageRow.event == Event.CREATED.value,
            LineageRow.moved == 0,
            ~children.exists(),
            ~signals.exists(),
        )
        .order_by(ThemeRow.id)
    )
    with store.connect() as connection:
        return tuple(connection.execute(wanted).scalars())
