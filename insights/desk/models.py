"""Models learnt from annotations: every trial is kept, one model is in use, and the way back is one step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, insert, select

from insights.store import Store
from insights.tables import ModelTrialRow


class Outcome(StrEnum):
    """How a trial ended. ``returned``: a person went back to an earlier model."""

    SWITCHED = "switched"
    KEPT = "kept"
    RETURNED = "returned"


class NothingToReturnTo(RuntimeError):
    """The model in use is the one that ships; no earlier one exists."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One trial as people read it. ``old`` and ``new``: F1 by kind on held-back annotations."""

    id: int
    at: datetime
    who: str
    outcome: Outcome
    reason: str
    learnt_from: int
    held_back: int
    old: Mapping[str, float]
    new: Mapping[str, float]
    in_use: bool


def record(
    store: Store,
    *,
    at: datetime,
    who: str,
    reason: str,
    recipe_id: str,
    learnt_from: int,
    held_back: int,
    old: Mapping[str, float],
    new: Mapping[str, float],
    data: bytes | None,
) -> int:
    """Keep a trial; with ``data`` that model is in use from now on. Returns its id. Raises StoreError."""
    row = {
        "at": at,
        "who": who,
        "outcome": Outcome.KEPT if data is None else Outcome.SWITCHED,
        "reason": reason,
        "recipe_id": recipe_id,
        "learnt_from": learnt_from,
        "held_back": held_back,
        "figures": {"old": dict(old), "new": dict(new)},
        "data": data,
    }
    with store.begin() as connection:
        return int(connection.execute(insert(ModelTrialRow).values(row).returning(ModelTrialRow.id)).scalar_one())


def roll_back(store: Store, *, at: datetime, who: str, why: str = "") -> int | None:
    """Return to the model that was in use before; None when that is the one that ships. Raises NothingToReturnTo, StoreError."""
    with store.begin() as connection:
        now = _in_use(connection)
        if now is None:
            raise NothingToReturnTo("the model that ships is in use; there is nothing to return to")
        earlier = connection.execute(
            select(ModelTrialRow.id)
            .where(ModelTrialRow.outcome == Outcome.SWITCHED, ModelTrialRow.id < now)
            .order_by(ModelTrialRow.id.desc())
            .limit(1)
        ).scalar_one_or_none()
        row = {
            "at": at,
            "who": who,
            "outcome": Outcome.RETURNED,
            "reason": why or "a person went back",
            "recipe_id": "",
            "learnt_from": 0,
            "held_back": 0,
            "figures": {},
            "model_id": earlier,
        }
        connection.execute(insert(ModelTrialRow).values(row))
        return earlier


def in_use(store: Store) -> tuple[str, bytes] | None:
    """Return recipe id and files of the model in use, or None: the one that ships. Raises StoreError."""
    with store.connect() as connection:
        now = _in_use(connection)
        if now is None:
            return None
        wanted = select(ModelTrialRow.recipe_id, ModelTrialRow.data).where(ModelTrialRow.id == now)
        name, data = connection.execute(wanted).one()
    assert data is not None, "a model in use keeps its files"
    return name, data


def history(store: Store, limit: int = 100) -> tuple[Trial, ...]:
    """Return the trials, newest first. Raises StoreError."""
    row = ModelTrialRow
    columns = (row.id, row.at, row.who, row.outcome, row.reason, row.learnt_from, row.held_back, row.figures)
    with store.connect() as connection:
        now = _in_use(connection)
        found = connection.execute(select(*columns).order_by(row.id.desc()).limit(limit)).all()
    return tuple(
        Trial(
            one.id,
            one.at,
            one.who,
            Outcome(one.outcome),
            one.reason,
            one.learnt_from,
            one.held_back,
            one.figures.get("old", {}),
            one.figures.get("new", {}),
            one.id == now,
        )
        for one in found
    )


def _in_use(connection: Connection) -> int | None:
    row = ModelTrialRow
    last = connection.execute(
        select(row.id, row.outcome, row.model_id).where(row.outcome != Outcome.KEPT).order_by(row.id.desc()).limit(1)
    ).one_or_none()
    if last is None:
        return None
    number, outcome, earlier = last
    return number if outcome == Outcome.SWITCHED else earlier
