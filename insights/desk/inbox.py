"""The desk: which conversations wait for somebody to judge what was heard in them, and how far one has come today."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, tuple_

from insights.desk import agreement
from insights.desk.verdicts import PERSON, Verdict
from insights.store import Store
from insights.tables import AnnotationRow, FeedbackRow, SignalRow

WINDOWS = (100, 400, 1_600)
"""An inbox looks through so many notes, then more, then no further: a rare filter costs hardly more than a common one."""
COUNTED = 1_000
_TITLE = 80

Key = tuple[datetime, str]
"""When a conversation was, and its feedback id: where a list goes on."""


@dataclass(frozen=True, slots=True)
class DeskQuery:
    """What somebody wants to judge. Empty means "any"; ``kind``: something of this kind was heard in it."""

    kind: str = ""
    products: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One conversation in the inbox. ``title`` is the first thing heard in it; ``blind``: a second opinion is asked."""

    feedback_id: str
    title: str
    channel: str
    product: str
    occurred_at: datetime
    signals: int
    blind: bool = False


@dataclass(frozen=True, slots=True)
class Inbox:
    """The conversations that wait, and where looking goes on: there may be older ones (None: nothing older waits)."""

    items: tuple[QueueItem, ...]
    following: Key | None


@dataclass(frozen=True, slots=True)
class Progress:
    """One person's day: conversations judged, seconds per judgement (None before the first), and how many of today wait.

    ``left`` stops counting at COUNTED.
    """

    done: int
    seconds: float | None
    left: int


def inbox(
    store: Store,
    who: str,
    query: DeskQuery,
    *,
    limit: int = 8,
    after: Key | None = None,
    besides: Collection[str] = (),
) -> Inbox:
    """Return conversations with something nobody has judged, newest first, ``besides`` left out; then older ones by ``after``.

    Second opinions asked of this person come first. Raises StoreError.
    """
    with store.connect() as connection:
        asked = [] if after else [one for one in agreement.waiting_for(connection, who, limit) if one not in besides]
        found: list[Key] = []
        following = after
        for size in WINDOWS:
            keys, following = _window(connection, query, following, size)
            found += [key for key in keys if key[1] not in besides and key[1] not in asked]
            if len(found) >= limit or following is None:
                break
        if len(found) > limit:
            found, following = found[:limit], found[limit - 1]
        items = _items(connection, [*asked, *(feedback_id for _, feedback_id in found)], frozenset(asked))
        return Inbox(items[:limit], following)


def progress(store: Store, who: str, since: datetime) -> Progress:
    """Return what a person did since a moment (their midnight), and what of that time still waits. Raises StoreError."""
    said, note = AnnotationRow, FeedbackRow
    mine = (said.who == who, said.at >= since, said.undone_by.is_(None), said.verdict != Verdict.UNDONE.value)
    left = select(note.id).where(note.occurred_at >= since, _waits()).limit(COUNTED).subquery()
    with store.connect() as connection:
        done, seconds = connection.execute(
            select(func.count(said.feedback_id.distinct()), func.avg(said.seconds)).where(*mine)
        ).one()
        waiting = connection.execute(select(func.count()).select_from(left)).scalar_one()
    return Progress(done, None if seconds is None else float(seconds), waiting)


def _waits() -> Any:
    """A note in which the machine heard something that nobody spoke of yet."""
    spoken = select(AnnotationRow.id).where(AnnotationRow.signal_id == SignalRow.id, AnnotationRow.blind.is_(False))
    heard = select(SignalRow.id).where(SignalRow.feedback_id == FeedbackRow.id, SignalRow.rule != PERSON)
    return heard.where(~spoken.exists()).exists()


def _window(connection: Connection, query: DeskQuery, after: Key | None, size: int) -> tuple[list[Key], Key | None]:
    """Look through the next ``size`` notes; return those that wait and fit, and where to look next."""
    note = FeedbackRow
    newest = select(note.id, note.occurred_at).order_by(note.occurred_at.desc(), note.id.desc()).limit(size)
    if after is not None:
        newest = newest.where(note.occurred_at <= after[0], or_(note.occurred_at < after[0], and_(note.id < after[1])))
    window = connection.execute(newest).all()
    if not window:
        return [], None
    last = (window[-1].occurred_at, window[-1].id)
    upper = (window[0].occurred_at, window[0].id)
    place = tuple_(note.occurred_at, note.id)
    inside = and_(note.occurred_at >= last[0], note.occurred_at <= upper[0], place >= last, place <= upper)
    wanted = select(note.occurred_at, note.id).where(inside, *_chosen(query), _waits())
    if query.kind:
        kind = select(SignalRow.id).where(SignalRow.feedback_id == note.id, SignalRow.kind == query.kind)
        wanted = wanted.where(kind.exists())
    found = connection.execute(wanted.order_by(note.occurred_at.desc(), note.id.desc())).all()
    return [(row.occurred_at, row.id) for row in found], last if len(window) == size else None


def _chosen(query: DeskQuery) -> list[ColumnElement[bool]]:
    note = FeedbackRow
    fields = ((note.product, query.products), (note.channel, query.channels), (note.detected_language, query.languages))
    return [column.in_(values) for column, values in fields if values]


def _items(connection: Connection, ids: Sequence[str], blind: Collection[str]) -> tuple[QueueItem, ...]:
    note, heard = FeedbackRow, SignalRow
    columns = (note.id, note.channel, note.product, note.occurred_at)
    notes = {row.id: row for row in connection.execute(select(*columns).where(note.id.in_(ids)))}
    first: dict[str, str] = {}
    counts: dict[str, int] = {}
    wanted = select(heard.feedback_id, heard.text).where(heard.feedback_id.in_(ids))
    for row in connection.execute(wanted.order_by(heard.feedback_id, heard.segment, heard.start)):
        first.setdefault(row.feedback_id, row.text)
        counts[row.feedback_id] = counts.get(row.feedback_id, 0) + 1
    return tuple(
        QueueItem(
            feedback_id=one,
            title=" ".join(first.get(one, "").split())[:_TITLE],
            channel=notes[one].channel,
            product=notes[one].product,
            occurred_at=notes[one].occurred_at,
            signals=counts.get(one, 0),
            blind=one in blind,
        )
        for one in ids
        if one in notes
    )
