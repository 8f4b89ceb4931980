"""What people decided about themes, as far as the machine must not go against it: their word survives every refresh.

Steps that people took themselves count, not proposals of the machine that they accepted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from insights.lineage import MACHINE, Event, resolve
from insights.store import Store
from insights.tables import LineageMemberRow, LineageRow, ThemeRow


@dataclass(frozen=True, slots=True)
class Decisions:
    """``placed``: signal to the theme a person put it in last (None: let it wait); it stays there.

    ``whole``: themes a person merged others into; they are not taken apart. ``kept_apart``: themes a person named, split,
    or gave back by undoing a step; they are not merged away. ``refused``: signal to themes a person took it out of.
    """

    placed: Mapping[int, int | None]
    whole: frozenset[int]
    kept_apart: frozenset[int]
    refused: Mapping[int, frozenset[int]]


def decisions(store: Store, kind: str) -> Decisions:
    """Return what people decided about the themes of a kind. Raises StoreError."""
    with store.connect() as connection:
        whole: set[int] = set()
        apart = set(
            connection.execute(select(ThemeRow.id).where(ThemeRow.kind == kind, ThemeRow.named_by != MACHINE)).scalars()
        )
        steps = (
            select(LineageRow.event, LineageRow.theme_id, LineageRow.other_theme_id)
            .join(ThemeRow, ThemeRow.id == LineageRow.theme_id)
            .where(ThemeRow.kind == kind, LineageRow.who != MACHINE, LineageRow.undone_by.is_(None))
        )
        for step in connection.execute(steps):
            if step.event == Event.MERGED:
                whole.add(resolve(connection, step.other_theme_id) or step.other_theme_id)
            elif step.event in (Event.SPLIT, Event.UNDONE) and step.other_theme_id is not None:
                apart |= {step.theme_id, step.other_theme_id}
        placed, refused = _moved_by_people(connection, kind)
    return Decisions(placed, frozenset(whole), frozenset(apart), refused)


def _moved_by_people(connection: Connection, kind: str) -> tuple[dict[int, int | None], dict[int, frozenset[int]]]:
    member = LineageMemberRow
    wanted = (
        select(member.signal_id, member.from_theme, member.to_theme, LineageRow.event)
        .join(LineageRow, LineageRow.id == member.lineage_id)
        .join(ThemeRow, ThemeRow.id == LineageRow.theme_id)
        .where(ThemeRow.kind == kind, LineageRow.who != MACHINE, LineageRow.undone_by.is_(None))
        .order_by(LineageRow.id)
    )
    placed: dict[int, int | None] = {}
    refused: dict[int, set[int]] = {}
    for row in connection.execute(wanted):
        placed[row.signal_id] = row.to_theme
        if row.event == Event.UNDONE and row.from_theme is not None:
            refused.setdefault(row.signal_id, set()).add(row.from_theme)
    return placed, {signal: frozenset(themes) for signal, themes in refused.items()}
