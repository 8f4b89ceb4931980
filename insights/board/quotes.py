"""The words behind a number: quoted segments with every signal in them marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, case, func, select

from insights.board.against import against
from insights.board.behind import Behind, Selection, select_behind
from insights.counting.counted import counted
from insights.counting.packing import hashed
from insights.store import Store
from insights.tables import FeedbackRow, SearchNoteRow, SegmentRow, SignalRow, VectorRow
from insights.themes.known import unpack
from insights.trust.anonymity import fewer_than

COMPARED = 1_000
"""The newest signals of a theme among which the most typical and the most different are sought."""
PARAMETERS = 500

FAR = date(9000, 1, 1)
Place = tuple[str, int]
"""A feedback id and the number of a segment in it."""


class QuoteOrder(StrEnum):
    """Which quotes come first."""

    NEWEST = "newest"
    TYPICAL = "typical"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Highlight:
    """A signal inside the quoted segment: offsets into ``Quote.text``."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Quote:
    """One segment, with all its highlighted signals. ``why`` says why it is shown when that is not plain."""

    feedback_id: str
    speaker: str
    text: str
    highlights: tuple[Highlight, ...]
    channel: str
    product: str
    plan: str
    region: str
    occurred_at: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Notes:
    """One page of the notes behind a number, with how many notes and customers there are in all.

    ``fewer_than``: 0, or how many customers there had to be; then the page is empty and the numbers are 0.
    """

    notes: int
    customers: int
    quotes: tuple[Quote, ...]
    fewer_than: int = 0


def quotes(
    store: Store,
    theme_id: int,
    order: QuoteOrder,
    *,
    week: date | None = None,
    today: date | None = None,
    limit: int = 20,
    offset: int = 0,
) -> tuple[Quote, ...]:
    """Return quotes of ``limit`` notes of a theme, all of them or those of one week (by its Monday). Raises StoreError."""
    end = None if week is None else week + timedelta(weeks=1)
    asked = Behind(theme=theme_id, first=week, end=end)
    return notes(store, asked, order, today or FAR, limit=limit, offset=offset).quotes


def notes(store: Store, asked: Behind, order: QuoteOrder, today: date, *, limit: int = 20, offset: int = 0) -> Notes:
    """Return quotes of ``limit`` of the notes behind a number. Raises StoreError.

    Typical and different are judged by the cosine to the mean of the newest COMPARED signals.
    """
    with store.connect() as connection:
        chosen = select_behind(connection, counted(store, connection), asked, today)
        if chosen.number and (hidden := fewer_than(store, chosen.people)):
            return Notes(0, 0, (), hidden)
        if order is QuoteOrder.NEWEST or chosen.of_notes:
            page = chosen.page(limit, offset)
        else:
            page = _by_likeness(connection, chosen, order)[offset : offset + limit]
        where = spoken(connection, page) if chosen.of_notes else _places(connection, chosen.ids_of(page))
        rank = {int(note): at for at, note in enumerate(page)}
        where = sorted(set(where), key=lambda place: (rank[hashed(place[0])], place[1]))
        return Notes(chosen.number, chosen.people, quoted(connection, where))


def quotes_of(store: Store, signals: Sequence[int]) -> tuple[Quote, ...]:
    """Return the segments that some signals stand in, once each; none when too few customers said them.

    Raises StoreError.
    """
    with store.connect() as connection:
        people = select(func.count(SignalRow.customer.distinct())).where(SignalRow.id.in_(signals))
        if fewer_than(store, connection.execute(people).scalar_one()):
            return ()
        return quoted(connection, sorted(set(_places(connection, signals))))


def opposed(store: Store, theme_id: int, *, limit: int = 20) -> tuple[Quote, ...]:
    """Return what speaks against a theme, each with why: praise by the same people later, or close in meaning."""
    with store.connect() as connection:
        known = counted(store, connection)
        if fewer_than(store, known.at(theme_id).customers()):
            return ()
        whys = against(connection, known, theme_id, limit)
        where = {place: why for signal, why in whys.items() for place in _places(connection, [signal])}
        said = quoted(connection, list(where))
    return tuple(replace(one, why=why) for one, why in zip(said, where.values(), strict=True))


def spoken(connection: Connection, notes: Iterable[int]) -> list[Place]:
    """Return where the customer first speaks in each of some notes; in a note without the customer, where it begins."""
    customers_first = case((SegmentRow.speaker == "customer", 0), else_=1)
    wanted = (
        select(SegmentRow.feedback_id, SegmentRow.position)
        .join(SearchNoteRow, SearchNoteRow.feedback_id == SegmentRow.feedback_id)
        .where(SearchNoteRow.note.in_([int(one) for one in notes]))
        .order_by(customers_first, SegmentRow.position)
    )
    first: dict[str, int] = {}
    for row in connection.execute(wanted):
        first.setdefault(row.feedback_id, row.position)
    return list(first.items())


def _places(connection: Connection, ids: Sequence[int]) -> list[Place]:
    found: list[Place] = []
    for start in range(0, len(ids), PARAMETERS):
        wanted = select(SignalRow.feedback_id, SignalRow.segment).where(
            SignalRow.id.in_(ids[start : start + PARAMETERS])
        )
        found += [(row.feedback_id, row.segment) for row in connection.execute(wanted)]
    return found


def _by_likeness(connection: Connection, chosen: Selection, order: QuoteOrder) -> NDArray[np.int64]:
    """Return the notes of the newest signals, the most or the least typical first."""
    newest = chosen.newest(COMPARED)[:COMPARED]
    ids, notes = [int(one) for one in chosen.ids[newest]], chosen.notes[newest]
    data: dict[int, bytes] = {}
    encoder = ""
    for start in range(0, len(ids), PARAMETERS):
        wanted = select(VectorRow.signal_id, VectorRow.encoder_id, VectorRow.data)
        rows = connection.execute(wanted.where(VectorRow.signal_id.in_(ids[start : start + PARAMETERS]))).all()
        encoder = encoder or next((row.encoder_id for row in rows), "")
        data |= {row.signal_id: row.data for row in rows if row.encoder_id == encoder}
    held = np.array([one in data for one in ids], np.bool_)
    if not held.any():
        return notes[:0]
    vectors = unpack([data[one] for one in ids if one in data])
    likeness = vectors @ vectors.mean(axis=0)
    falling = notes[held][np.argsort(-likeness if order is QuoteOrder.TYPICAL else likeness, kind="stable")]
    return falling[np.sort(np.unique(falling, return_index=True)[1])]


def quoted(connection: Connection, places: Sequence[Place]) -> tuple[Quote, ...]:
    """Return segments as quotes, in the order of the places."""
    if not places:
        return ()
    said = (
        select(SegmentRow.__table__, FeedbackRow.channel, FeedbackRow.product, FeedbackRow.plan, FeedbackRow.region)
        .add_columns(FeedbackRow.occurred_at)
        .join(FeedbackRow, FeedbackRow.id == SegmentRow.feedback_id)
    )
    notes = sorted({feedback_id for feedback_id, _ in places})
    said = said.where(SegmentRow.feedback_id.in_(notes))
    marks = select(SignalRow.feedback_id, SignalRow.segment, SignalRow.kind, SignalRow.start, SignalRow.end)
    marks = marks.where(SignalRow.feedback_id.in_(notes))
    highlights: dict[Place, list[Highlight]] = {}
    for mark in connection.execute(marks.order_by(SignalRow.start, SignalRow.end.desc(), SignalRow.kind)):
        highlights.setdefault((mark.feedback_id, mark.segment), []).append(Highlight(mark.kind, mark.start, mark.end))
    found = {
        (row.feedback_id, row.position): Quote(
            feedback_id=row.feedback_id,
            speaker=row.speaker,
            text=row.text,
            highlights=tuple(highlights.get((row.feedback_id, row.position), ())),
            channel=row.channel,
            product=row.product,
            plan=row.plan,
            region=row.region,
            occurred_at=row.occurred_at,
        )
        for row in connection.execute(said)
    }
    return tuple(found[place] for place in places if place in found)
