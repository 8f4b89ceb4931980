"""Jobs: what customers hire a product for, told as job stories, and what stands in the way of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, select

from insights.board.obstacles import Integers, Obstacle, obstacles, spoken
from insights.board.stories import Slot, Told, story, told_of
from insights.counting.counted import Columns, Counted, counted, distinct
from insights.counting.counts import values_of
from insights.counting.filters import Filter
from insights.counting.packing import NOTES
from insights.store import Store
from insights.tables import ThemeRow
from insights.themes.lineage import last_step
from insights.themes.status import STANDING
from nlp.signals import SignalKind

IN_THE_WAY = (SignalKind.PAIN.value, SignalKind.SUGGESTION.value)
SHOWN = 8
KEPT = 16
_LOCK = Lock()
_ANSWERS: dict[tuple[str, int, int, str, int, int], ProductJobs] = {}


@dataclass(frozen=True, slots=True)
class Job:
    """A job as the story of one note. A slot that this note leaves out is None; then the story does without."""

    theme_id: int
    name: str
    notes: int
    customers: int
    situation: Slot | None
    want: Slot | None
    purpose: Slot | None
    obstacles: tuple[Obstacle, ...]


@dataclass(frozen=True, slots=True)
class ProductJobs:
    """The jobs of one product ("" is all of them), those of most customers first. ``more`` are not shown.

    Jobs that too few customers speak of to be shown to who reads are left out of everything here.
    """

    product: str
    jobs: tuple[Job, ...]
    customers: int
    notes: int
    more: int


def products(store: Store) -> tuple[str, ...]:
    """Return the products that notes speak of, the most frequent first. Raises StoreError."""
    with store.connect() as connection:
        known = counted(store, connection)
        return tuple(value for value, _ in values_of(known, Filter({}), NOTES, "product"))


def jobs(store: Store, product: str = "", *, shown: int = SHOWN) -> ProductJobs:
    """Return the jobs a product is hired for; without a product those of all. Raises StoreError.

    The answer is kept until something is counted or a theme changes: with a million notes it takes half a second.
    """
    with store.connect() as connection:
        known = counted(store, connection)
        key = (known.epoch, known.revision, last_step(connection), product, shown, store.least_customers)
        with _LOCK:
            answer = _ANSWERS.get(key)
        if answer is None:
            answer = _jobs(connection, known, product, shown, store.least_customers)
            with _LOCK:
                while len(_ANSWERS) >= KEPT:
                    _ANSWERS.pop(next(iter(_ANSWERS)))
                _ANSWERS[key] = answer
        return answer


def _jobs(connection: Connection, known: Counted, product: str, shown: int, least: int) -> ProductJobs:
    code = known.codes.get("product", {}).get(product, -1) if product else None
    themes: list[Row[Any]] = list(
        connection.execute(
            select(ThemeRow.id, ThemeRow.kind, ThemeRow.name)
            .where(ThemeRow.status.in_(STANDING), ThemeRow.kind.in_([SignalKind.JOB.value, *IN_THE_WAY]))
            .order_by(ThemeRow.id)
        )
    )
    records = {theme.id: _of_product(known, theme.id, code) for theme in themes if theme.kind == SignalKind.JOB}
    heard = [theme for theme in themes if theme.kind == SignalKind.JOB and records[theme.id].customers() >= least]
    size = {theme.id: (-records[theme.id].customers(), -records[theme.id].notes()) for theme in heard}
    heard.sort(key=lambda theme: (size[theme.id], theme.id))
    everyone = [records[theme.id] for theme in heard]
    others = {theme.id: theme for theme in themes if theme.kind != SignalKind.JOB}
    said = spoken(known, tuple(others), code)
    told = told_of(connection, {theme.id: records[theme.id] for theme in heard[:shown]})
    found = tuple(
        _job(theme, records[theme.id], obstacles(records[theme.id], said, others, least), told.get(theme.id, []))
        for theme in heard[:shown]
    )
    return ProductJobs(
        product=product,
        jobs=found,
        customers=_together([one.customer for one in everyone]),
        notes=_together([one.note for one in everyone]),
        more=len(heard) - len(found),
    )


def _of_product(known: Counted, theme_id: int, code: int | None) -> Columns:
    records = known.at(theme_id)
    return records if code is None else records.pick(records.facets["product"] == code)


def _together(columns: Sequence[Integers]) -> int:
    return distinct(np.concatenate(columns)) if columns else 0


def _job(theme: Row[Any], own: Columns, obstacles: tuple[Obstacle, ...], told: Sequence[Told]) -> Job:
    slots = story(told, theme.name)
    return Job(
        theme_id=theme.id,
        name=theme.name,
        notes=own.notes(),
        customers=own.customers(),
        situation=slots.get("situation"),
        want=slots.get("want"),
        purpose=slots.get("purpose"),
        obstacles=obstacles,
    )
