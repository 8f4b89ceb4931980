"""The words behind a theme: quoted segments with every signal in them marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import numpy as np
from sqlalchemy import Connection, func, select

from insights.evidence import is_evidence
from insights.store import Store
from insights.tables import FeedbackRow, SegmentRow, SignalRow, VectorRow
from insights.themes import unpack

COMPARED = 2_000
"""The newest signals of a theme among which the most typical and the most different are sought."""

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
    """One segment that belongs to a theme, with all its highlighted signals."""

    feedback_id: str
    speaker: str
    text: str
    highlights: tuple[Highlight, ...]
    channel: str
    product: str
    plan: str
    region: str
    occurred_at: datetime


def quotes(
    store: Store, theme_id: int, order: QuoteOrder, *, week: date | None = None, limit: int = 20, offset: int = 0
) -> tuple[Quote, ...]:
    """Return quotes of a theme, all of them or those of one week (by its Monday). Raises StoreError.

    Typical and different are judged by the cosine to the theme's mean, among its newest COMPARED signals.
    """
    with store.connect() as connection:
        if order is QuoteOrder.NEWEST:
            places = _newest(connection, theme_id, week, limit, offset)
        else:
            places = _by_likeness(connection, theme_id, week, order)[offset : offset + limit]
        return _quoted(connection, places)


def _newest(connection: Connection, theme_id: int, week: date | None, limit: int, offset: int) -> list[Place]:
    latest = func.max(SignalRow.occurred_at)
    wanted = select(SignalRow.feedback_id, SignalRow.segment).where(SignalRow.theme_id == theme_id, is_evidence())
    if week is not None:
        wanted = wanted.where(SignalRow.week == week)
    wanted = wanted.group_by(SignalRow.feedback_id, SignalRow.segment)
    wanted = wanted.order_by(latest.desc(), SignalRow.feedback_id, SignalRow.segment).limit(limit).offset(offset)
    return [(row.feedback_id, row.segment) for row in connection.execute(wanted)]


def _by_likeness(connection: Connection, theme_id: int, week: date | None, order: QuoteOrder) -> list[Place]:
    wanted = (
        select(SignalRow.feedback_id, SignalRow.segment, SignalRow.week, VectorRow.encoder_id, VectorRow.data)
        .join(VectorRow, VectorRow.signal_id == SignalRow.id)
        .where(SignalRow.theme_id == theme_id, is_evidence())
        .order_by(SignalRow.occurred_at.desc(), SignalRow.id)
        .limit(COMPARED)
    )
    newest = connection.execute(wanted).all()
    rows = [row for row in newest if row.encoder_id == newest[0].encoder_id]
    if not rows:
        return []
    vectors = unpack([row.data for row in rows])
    likeness = vectors @ vectors.mean(axis=0)
    falling = np.argsort(-likeness if order is QuoteOrder.TYPICAL else likeness, kind="stable")
    places = [(rows[at].feedback_id, rows[at].segment) for at in falling if week in (None, rows[at].week)]
    return list(dict.fromkeys(places))


def _quoted(connection: Connection, places: Sequence[Place]) -> tuple[Quote, ...]:
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
