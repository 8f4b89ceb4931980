"""Jobs: what customers hire a product for, told as job stories, and what stands in the way of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, select

from insights.counted import Columns, Counted, counted, distinct
from insights.counts import values_of
from insights.filters import Filter
from insights.lineage import last_step
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
KEPT = 16
Integers = NDArray[np.int64]
_LOCK = Lock()
_ANSWERS: dict[tuple[str, int, int, str, int], ProductJobs] = {}


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
    """Return the jobs a product is hired for; without a product those of all. Raises StoreError.

    The answer is kept until something is counted or a theme changes: with a million notes it takes half a second.
    """
    with store.connect() as connection:
        known = counted(store, connection)
        key = (known.epoch, known.revision, last_step(connection), product, shown)
        with _LOCK:
            answer = _ANSWERS.get(key)
        if answer is None:
            answer = _jobs(connection, known, product, shown)
            with _LOCK:
                while len(_ANSWERS) >= KEPT:
                    _ANSWERS.pop(next(iter(_ANSWERS)))
                _ANSWERS[key] = answer
        return answer


def _jobs(connection: Connection, known: Counted, product: str, shown: int) -> ProductJobs:
    code = known.codes.get("product", {}).get(product, -1) if product else None
    themes: list[Row[Any]] = list(
        connection.execute(
            select(ThemeRow.id, ThemeRow.kind, ThemeRow.name)
            .where(ThemeRow.status.in_(STANDING), ThemeRow.kind.in_([SignalKind.JOB.value, *IN_THE_WAY]))
            .order_by(ThemeRow.id)
        )
    )
    records = {theme.id: _of_product(known, theme.id, code) for theme in themes if theme.kind == SignalKind.JOB}
    heard = [theme for theme in themes if theme.kind == SignalKind.JOB and len(records[theme.id])]
    size = {theme.id: (-records[theme.id].customers(), -records[theme.id].notes()) for theme in heard}
    heard.sort(key=lambda theme: (size[theme.id], theme.id))
    everyone = [records[theme.id] for theme in heard]
    others = {theme.id: theme for theme in themes if theme.kind != SignalKind.JOB}
    said = _spoken(known, tuple(others), code)
    told = _told(connection, {theme.id: records[theme.id] for theme in heard[:shown]})
    found = tuple(
        _job(theme, records[theme.id], _obstacles(records[theme.id], said, others), told.get(theme.id, []))
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
    slots = _story(told, theme.name)
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


@dataclass(frozen=True)
class _Spoken:
    """Who said what of some themes: by note and by customer, each sorted, with the theme of each record beside it."""

    notes: Integers
    theme_of_note: Integers
    customers: Integers
    theme_of_customer: Integers


def _spoken(known: Counted, themes: tuple[int, ...], code: int | None) -> _Spoken:
    """Return who said what of these themes, of one product or of all."""
    notes: list[Integers] = [np.zeros(0, np.int64)]
    customers: list[Integers] = [np.zeros(0, np.int64)]
    sizes = []
    for theme in themes:
        records = known.at(theme)
        here = slice(None) if code is None else records.facets["product"] == code
        notes.append(records.note[here])
        customers.append(records.customer[here])
        sizes.append(len(notes[-1]))
    theme_ids = np.repeat(np.array(themes, np.int64), sizes)
    by_note, by_customer = np.concatenate(notes), np.concatenate(customers)
    first, second = np.argsort(by_note, kind="stable"), np.argsort(by_customer, kind="stable")
    return _Spoken(by_note[first], theme_ids[first], by_customer[second], theme_ids[second])


def _obstacles(own: Columns, said: _Spoken, others: Mapping[int, Row[Any]]) -> tuple[Obstacle, ...]:
    """What the same notes, then the same customers, complain of or wish."""
    notes = _shared(np.unique(own.note), said.notes, said.theme_of_note)
    customers = _shared(np.unique(own.customer), said.customers, said.theme_of_customer)
    found = [
        Obstacle(theme, others[theme].kind, others[theme].name, notes.get(theme, 0), number)
        for theme, number in customers.items()
    ]
    found.sort(key=lambda one: (-one.notes, -one.customers, one.theme_id))
    return tuple(found[:OBSTACLES])


def _shared(wanted: Integers, values: Integers, themes: Integers) -> dict[int, int]:
    """Return how many distinct wanted values each theme has; ``values`` are sorted."""
    first, end = np.searchsorted(values, wanted, "left"), np.searchsorted(values, wanted, "right")
    lengths = end - first
    if not lengths.any():
        return {}
    places = np.repeat(first - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths) + np.arange(lengths.sum())
    whose = np.repeat(np.arange(len(wanted), dtype=np.int64), lengths)
    once = np.unique(themes[places] << 32 | whose)
    found, numbers = np.unique(once >> 32, return_counts=True)
    return dict(zip(found.tolist(), numbers.tolist(), strict=True))


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
