"""Take a step back exactly: every signal it moved, and that is still where the step put it, goes back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, or_, select, update

from insights.store import Store
from insights.tables import LineageMemberRow, LineageRow
from insights.themes import lineage
from insights.themes.lineage import CurationError, Decision, Event, Moves, Step
from insights.themes.status import STANDING, Status

STRUCTURAL = (Event.MERGED.value, Event.SPLIT.value, Event.RETIRED.value)
OF_STANDING = (Event.CONFIRMED.value, Event.FADED.value, Event.RETURNED.value)
OF_ONE_FIELD = (Event.RENAMED.value, Event.ARRANGED.value)


def undo(store: Store, lineage_id: int, decision: Decision) -> Step:
    """Undo one step. Signals that came since stay with the theme that keeps living.

    Raises CurationError when the step is undone already or later steps build on it: those must be undone first.
    """
    with lineage.curating(store) as connection:
        wanted = select(LineageRow.__table__).where(LineageRow.id == lineage_id)
        step = connection.execute(wanted).one_or_none()
        if step is None:
            raise CurationError(f"there is no step {lineage_id}")
        if step.undone_by is not None or step.event == Event.UNDONE:
            raise CurationError(f"step {lineage_id} is undone already, or is itself an undoing")
        _refuse_if_built_upon(connection, step)
        moves = _take_back(connection, step, decision)
        for signals, to in _by_goal(moves):
            lineage.move(connection, signals, to)
        done = lineage.record(
            connection,
            Event.UNDONE,
            step.theme_id,
            decision,
            other=step.other_theme_id,
            moves=moves,
            before={"undid": step.id},
        )
        connection.execute(update(LineageRow).where(LineageRow.id == step.id).values(undone_by=done.lineage_id))
        return done


def _refuse_if_built_upon(connection: Connection, step: Row[Any]) -> None:
    """A later merge, split or change of standing of the same themes (for a name, a later name) stands in the way."""
    themes = [step.theme_id] if step.other_theme_id is None else [step.theme_id, step.other_theme_id]
    blocking_events: tuple[str, ...] = STRUCTURAL
    if step.event in OF_ONE_FIELD:
        themes, blocking_events = [step.theme_id], (step.event,)
    elif step.event in (Event.CREATED, Event.EMERGED, *OF_STANDING):
        blocking_events = (*STRUCTURAL, *OF_STANDING)
    later = select(LineageRow.id).where(
        LineageRow.id > step.id,
        LineageRow.undone_by.is_(None),
        LineageRow.event.in_(blocking_events),
        or_(LineageRow.theme_id.in_(themes), LineageRow.other_theme_id.in_(themes)),
    )
    if blocking := connection.execute(later.order_by(LineageRow.id.desc()).limit(5)).scalars().all():
        steps = ", ".join(str(found) for found in blocking)
        raise CurationError(f"later steps build on step {step.id}; undo them first: {steps}")


def _take_back(connection: Connection, step: Row[Any], decision: Decision) -> Moves:
    """Bring the themes back, and return which signals must go where."""
    if step.event in (Event.CREATED, Event.EMERGED):
        _refuse_pinned(connection, step.theme_id)
        lineage.change_theme(connection, step.theme_id, status=Status.RETIRED.value)
        return dict.fromkeys(lineage.signals_in(connection, step.theme_id), (step.theme_id, None))
    if step.event == Event.GROWN:
        return _members_back(connection, step, step.theme_id, None)
    if step.event == Event.MERGED:
        lineage.change_theme(connection, step.theme_id, status=_status_before(step), merged_into=None)
        moves = _members_back(connection, step, step.other_theme_id, step.theme_id)
        brought = lineage.movable(connection, step.before["pinned"], inside=step.other_theme_id, pinned_too=True)
        return {**moves, **dict.fromkeys(brought, (step.other_theme_id, step.theme_id))}
    if step.event == Event.SPLIT:
        if not step.before["new"]:
            return _members_back(connection, step, step.other_theme_id, step.theme_id)
        if decision.by_machine:
            _refuse_pinned(connection, step.other_theme_id)
        lineage.change_theme(connection, step.other_theme_id, status=Status.MERGED.value, merged_into=step.theme_id)
        child = lineage.signals_in(connection, step.other_theme_id)
        return dict.fromkeys(child, (step.other_theme_id, step.theme_id))
    if step.event == Event.RENAMED:
        lineage.change_theme(connection, step.theme_id, **step.before)
    elif step.event == Event.ARRANGED:
        _put_back(connection, step.theme_id, step.before["parent_id"])
    else:
        lineage.change_theme(connection, step.theme_id, status=_status_before(step))
        return _members_back(connection, step, None, step.theme_id)
    return {}


def _status_before(step: Row[Any]) -> str:
    """Steps recorded before themes could fade or emerge say nothing: then every standing theme was live."""
    return str(step.before.get("status", Status.LIVE.value))


def _put_back(connection: Connection, theme_id: int, parent_id: int | None) -> None:
    if parent_id is not None and lineage.theme_row(connection, parent_id).status not in STANDING:
        raise CurationError(f"theme {parent_id}, which it stood under, is gone; undo that step first")
    lineage.change_theme(connection, theme_id, parent_id=parent_id)
    if deep := lineage.deeper_than_two(connection):
        raise CurationError(f"theme {deep} would stand under another theme and be a parent; arrange it first")


def _members_back(connection: Connection, step: Row[Any], inside: int | None, to: int | None) -> Moves:
    wanted = select(LineageMemberRow.signal_id).where(LineageMemberRow.lineage_id == step.id)
    members = connection.execute(wanted).scalars().all()
    return dict.fromkeys(lineage.movable(connection, members, inside=inside), (inside, to))


def _refuse_pinned(connection: Connection, theme_id: int) -> None:
    if lineage.signals_in(connection, theme_id, pinned=True):
        raise CurationError(f"theme {theme_id} holds signals that people placed there; place them elsewhere first")


def _by_goal(moves: Moves) -> list[tuple[list[int], int | None]]:
    goals = {to for _, to in moves.values()}
    return [([signal for signal, (_, to) in moves.items() if to == goal], goal) for goal in goals]
