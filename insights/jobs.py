"""Jobs: what customers hire a product for, told as job stories, and what stands in the way of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, select

from insights.counted import Columns, Counted, counted, distinct
from insights.counts import values_of
from insights.filters import Filter
from insights.packing import NOTES
from insights.status import STANDING
from insights.store import Store
from insights.tables import SegmentRow, SignalRow, ThemeRow
from nlp.signals import SignalKind

IN_THE_WAY = (SignalKind.PAIN.value, SignalKind.SUGGESTION.value)
SHOWN = 8
OBSTACLES = 4
READ = 60
"""The newest signals of a job that its story is told from."""
SLOTS = ("situation", "want", "purpose")


@dataclass(frozen=True, slots=True)
class Slot:
    """One part of a job story in a customer's own words, and in how many notes that part was heard."""

    words: str
    notes: int


@dataclass(frozen=True, slots=True)
class Told:
    """What one note says of a job: its own words (``core``), and the slots of all jobs in it by name."""

    core: str
    slots: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A pain or a suggestion that stands in a job's way: said in the same notes, or by the same customers."""

    theme_id: int
    kind: str
    name: str
    notes: int
    customers: int


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
    """The jobs of one product ("" is all of them), those of most customers first. ``more`` are not shown."""

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
    """Return the jobs a product is hired for; without a product those of all. Raises StoreError."""
    with store.connect() as connection:
        known = counted(store, connection)
        code = known.codes.get("product", {}).get(product, -1) if product else None
        themes = connection.execute(
            select(ThemeRow.id, ThemeRow.kind, ThemeRow.name, ThemeRow.terms)
            .where(ThemeRow.status.in_(STANDING), ThemeRow.kind.in_([SignalKind.JOB.value, *IN_THE_WAY]))
            .order_by(ThemeRow.id)
        ).all()
        records = {theme.id: _of_product(known, theme.id, code) for theme in themes}
        heard = [theme for theme in themes if theme.kind == SignalKind.JOB and len(records[theme.id])]
        heard.sort(key=lambda theme: (-records[theme.id].customers(), -records[theme.id].notes(), theme.id))
        others = [theme for theme in themes if theme.kind != SignalKind.JOB and len(records[theme.id])]
        everyone = [records[theme.id] for theme in heard]
        told = _told(connection, {theme.id: records[theme.id] for theme in heard[:shown]})
        found = tuple(_job(theme, records, others, told.get(theme.id, [])) for theme in heard[:shown])
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


def _together(columns: Sequence[NDArray[np.int64]]) -> int:
    return distinct(np.concatenate(columns)) if columns else 0


def _job(theme: Row[Any], records: Mapping[int, Columns], others: Sequence[Row[Any]], told: Sequence[Told]) -> Job:
    own = records[theme.id]
    slots = _story(told, theme.name)
    return Job(
        theme_id=theme.id,
        name=theme.name,
        notes=own.notes(),
        customers=own.customers(),
        situation=slots.get("situation"),
        want=slots.get("want"),
        purpose=slots.get("purpose"),
        obstacles=_obstacles(own, records, others),
    )


def _obstacles(own: Columns, records: Mapping[int, Columns], others: Sequence[Row[Any]]) -> tuple[Obstacle, ...]:
    """What the same notes, then the same customers, complain of or wish."""
    notes, customers = np.unique(own.note), np.unique(own.customer)
    found = []
    for other in others:
        theirs = records[other.id]
        same_notes = distinct(theirs.note[np.isin(theirs.note, notes)])
        same_customers = distinct(theirs.customer[np.isin(theirs.customer, customers)])
        if same_customers:
            found.append(Obstacle(other.id, other.kind, other.name, same_notes, same_customers))
    found.sort(key=lambda one: (-one.notes, -one.customers, one.theme_id))
    return tuple(found[:OBSTACLES])


def _told(connection: Connection, records: Mapping[int, Columns]) -> dict[int, list[Told]]:
    """What the newest notes of each job say, slot by slot: the job's own words first, then others of the same note."""
    newest = {theme: own.id[np.argsort(-own.moment, kind="stable")][:READ] for theme, own in records.items()}
    ids = [int(one) for some in newest.values() for one in some]
    heard = SignalRow
    own = connection.execute(select(heard.id, heard.theme_id, heard.feedback_id).where(heard.id.in_(ids))).all()
    wanted = (
        select(heard.theme_id, heard.feedback_id, heard.slots, SegmentRow.text)
        .join(SegmentRow, (SegmentRow.feedback_id == heard.feedback_id) & (SegmentRow.position == heard.segment))
        .where(heard.feedback_id.in_({row.feedback_id for row in own}), heard.kind == SignalKind.JOB.value)
        .order_by(heard.feedback_id, heard.segment, heard.start)
    )
    said: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(wanted):
        said.setdefault(row.feedback_id, []).append(row)
    told: dict[int, list[Told]] = {}
    for theme, note in dict.fromkeys((row.theme_id, row.feedback_id) for row in own):
        ordered = sorted(said.get(note, ()), key=lambda row: row.theme_id != theme)
        slots: dict[str, str] = {}
        for row in ordered:
            for name, start, end in row.slots:
                if words := " ".join(row.text[start:end].split()):
                    slots.setdefault(name, words)
        core = next(
            (" ".join(row.text[start:end].split()) for row in ordered[:1] for _, start, end in row.slots[:1]), ""
        )
        told.setdefault(theme, []).append(Told(core, slots))
    return told


def _story(told: Sequence[Told], theme_words: str) -> dict[str, Slot]:
    """The story of one note, never pieced together from several: near to the theme's name, and saying most.

    Each slot also tells in how many of the notes that part was said.
    """
    if not told:
        return {}
    own = set(theme_words.casefold().split())

    def order(one: Told) -> tuple[int, int, int, str]:
        return (-len(own & set(one.core.casefold().split())), -len(one.slots), len(one.core), one.core)

    best = min(told, key=order)
    return {
        name: Slot(words, sum(name in one.slots for one in told)) for name, words in best.slots.items() if name in SLOTS
    }
