"""What people decided about themes, as far as the machine must not go against it: their word survives every refresh.

Steps that people took themselves count, not proposals of the machine that they accepted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from insights.desk.verdicts import Verdict
from insights.store import Store
from insights.tables import AnnotationRow, LineageMemberRow, LineageRow, ThemeRow
from insights.themes.lineage import MACHINE, Event, resolve


@dataclass(frozen=True, slots=True)
class Decisions:
    """``placed``: signal to the theme a person put it in last (None: let it wait); it stays there.

    ``whole``: themes a person merged others into; they are not taken apart. ``kept_apart``: themes a person named, split,
    or gave back by undoing a step; they are not merged away. ``refused``: signal to themes a person took it out of, by a step
    or on the desk.
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
        for signal, themes in _refused_on_the_desk(connection, kind).items():
            refused[signal] = refused.get(signal, frozenset()) | themes
    return Decisions(placed, frozenset(whole), frozenset(apart), refused)


def _refused_on_the_desk(connection: Connection, kind: str) -> dict[int, frozenset[int]]:
    """Signals that a person, judging them one by one, took out of the theme they were in."""
    said = AnnotationRow
    wanted = select(said.became, said.theme_before).where(
        said.placed,
        said.applied,
        said.undone_by.is_(None),
        said.verdict != Verdict.UNDONE.value,
        said.corrected_kind == kind,
        said.theme_before != func.coalesce(said.theme_after, 0),
    )
    refused: dict[int, set[int]] = {}
    for row in connection.execute(wanted):
        refused.setdefault(row.became, set()).add(resolve(connection, row.theme_before) or row.theme_before)
    return {signal: frozenset(themes) for signal, themes in refused.items()}


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
