"""The desk: which conversations wait for somebody to judge what was heard in them, and one of them, ready to be judged."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from insights import agreement
from insights.evidence import GATHERED
from insights.nearest import Near, nearest
from insights.status import STANDING
from insights.store import Store
from insights.tables import AnnotationRow, FeedbackRow, SegmentRow, SignalRow, ThemeRow
from insights.verdicts import PERSON, Verdict, words_hash

__all__ = [
    "GATHERED_KINDS",
    "Choice",
    "Conversation",
    "DeskQuery",
    "Inbox",
    "Near",
    "Progress",
    "QueueItem",
    "Suggestion",
    "Turn",
    "conversation",
    "inbox",
    "progress",
    "theme_choices",
]

WINDOW = 1_000
WINDOWS = 20
"""An inbox looks through this many notes at most, so that a rare filter costs no more than a common one."""
COUNTED = 1_000
CHOICES = 500
GATHERED_KINDS = tuple(kind.value for kind in GATHERED)
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
    """The conversations that wait, and where the next ones go on (None: nothing older waits)."""

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


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said. ``words_hash`` goes back with a judgement, so that a changed note is noticed."""

    position: int
    speaker: str
    text: str
    words_hash: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something heard in a conversation, and what people said of it so far ("" for ``verdict``: nothing yet).

    ``seen`` is the last annotation known; ``customers`` said the same, ``many`` when there are more; ``near`` are the
    nearest past notes. ``confidence`` and ``similarity`` are in 0..1.
    """

    signal_id: int | None
    segment: int
    kind: str
    start: int
    end: int
    text: str
    rule: str
    confidence: float
    similarity: float
    theme_id: int | None
    theme_name: str
    customers: int = 0
    many: bool = False
    near: tuple[Near, ...] = ()
    verdict: str = ""
    who: str = ""
    at: datetime | None = None
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Conversation:
    """One note with its suggestions, in the order of the words. ``blind``: what others said of it is not shown."""

    feedback_id: str
    source: str
    external_id: str
    channel: str
    product: str
    plan: str
    region: str
    app_version: str
    occurred_at: datetime
    turns: tuple[Turn, ...]
    suggestions: tuple[Suggestion, ...]
    blind: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A theme that can be chosen."""

    id: int
    name: str


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
        for _ in range(WINDOWS):
            keys, following = _window(connection, query, following)
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


def conversation(store: Store, feedback_id: str, who: str) -> Conversation | None:
    """Return a note to judge, or None when it is gone. Whoever is asked for a second opinion sees it as first heard.

    Raises StoreError.
    """
    with store.connect() as connection:
        note = connection.execute(select(FeedbackRow.__table__).where(FeedbackRow.id == feedback_id)).one_or_none()
        if note is None:
            return None
        said = SegmentRow
        turns = connection.execute(
            select(said.position, said.speaker, said.text)
            .where(said.feedback_id == feedback_id)
            .order_by(said.position)
        )
        blind = agreement.is_asked(connection, feedback_id, who)
        return Conversation(
            feedback_id=note.id,
            source=note.source,
            external_id=note.external_id,
            channel=note.channel,
            product=note.product,
            plan=note.plan,
            region=note.region,
            app_version=note.app_version,
            occurred_at=note.occurred_at,
            turns=tuple(Turn(row.position, row.speaker, row.text, words_hash(row.text)) for row in turns),
            suggestions=_suggestions(connection, feedback_id, who, blind=blind),
            blind=blind,
        )


def theme_choices(store: Store, kind: str) -> tuple[Choice, ...]:
    """Return the themes of a kind that words can be put into, by name, CHOICES at most. Raises StoreError."""
    wanted = select(ThemeRow.id, ThemeRow.name).where(ThemeRow.kind == kind, ThemeRow.status.in_(STANDING))
    child = aliased(ThemeRow)
    wanted = wanted.where(~select(child.id).where(child.parent_id == ThemeRow.id).exists())
    with store.connect() as connection:
        found = connection.execute(wanted.order_by(ThemeRow.name, ThemeRow.id).limit(CHOICES))
        return tuple(Choice(row.id, row.name) for row in found)


def _waits() -> Any:
    """A note in which the machine heard something that nobody spoke of yet."""
    spoken = select(AnnotationRow.id).where(AnnotationRow.signal_id == SignalRow.id, AnnotationRow.blind.is_(False))
    heard = select(SignalRow.id).where(SignalRow.feedback_id == FeedbackRow.id, SignalRow.rule != PERSON)
    return heard.where(~spoken.exists()).exists()


def _window(connection: Connection, query: DeskQuery, after: Key | None) -> tuple[list[Key], Key | None]:
    """Look through the next WINDOW notes; return those that wait and fit, and where to look next."""
    note = FeedbackRow
    newest = select(note.id, note.occurred_at).order_by(note.occurred_at.desc(), note.id.desc()).limit(WINDOW)
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
    return [(row.occurred_at, row.id) for row in found], last if len(window) == WINDOW else None


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


def _suggestions(connection: Connection, feedback_id: str, who: str, *, blind: bool) -> tuple[Suggestion, ...]:
    heard: dict[int, Mapping[str, Any]] = {
        row.id: row._asdict()
        for row in connection.execute(select(SignalRow.__table__).where(SignalRow.feedback_id == feedback_id))
    }
    said = AnnotationRow
    wanted = select(said.__table__).where(said.feedback_id == feedback_id, said.undone_by.is_(None))
    wanted = wanted.where(said.verdict != Verdict.UNDONE.value).order_by(said.id)
    judged = connection.execute(wanted).all()
    last: dict[int | None, Row[Any]] = {}
    for row in judged:
        if blind and row.signal_id is not None and not row.blind and row.before:
            heard.setdefault(row.signal_id, row.before)
        if (row.blind and row.who == who) if blind else row.applied:
            last |= {row.signal_id: row, row.became: row}
            if row.verdict == Verdict.REJECTED and row.before:
                heard.setdefault(row.signal_id, row.before)
    if blind:
        mine = {row.became for row in judged if row.blind and row.who == who}
        heard = {number: row for number, row in heard.items() if row["rule"] != PERSON or number in mine}
    names = _names(connection, heard.values())
    ordered = sorted(heard.values(), key=lambda row: (row["segment"], row["start"], -row["end"], row["kind"]))
    return tuple(_suggestion(connection, row, last.get(row["id"]), names) for row in ordered)


def _suggestion(
    connection: Connection, row: Mapping[str, Any], judged: Row[Any] | None, names: Mapping[int, str]
) -> Suggestion:
    near, customers, many = ((), 0, False) if judged else nearest(connection, row)
    return Suggestion(
        signal_id=row["id"],
        segment=row["segment"],
        kind=row["kind"],
        start=row["start"],
        end=row["end"],
        text=row["text"],
        rule=row["rule"],
        confidence=row["confidence"],
        similarity=row["similarity"],
        theme_id=row["theme_id"],
        theme_name=names.get(row["theme_id"], ""),
        customers=customers,
        many=many,
        near=near,
        verdict=judged.verdict if judged else "",
        who=judged.who if judged else "",
        at=judged.at if judged else None,
        seen=judged.id if judged else 0,
    )


def _names(connection: Connection, rows: Collection[Mapping[str, Any]]) -> dict[int, str]:
    ids = {row["theme_id"] for row in rows} - {None}
    found = connection.execute(select(ThemeRow.id, ThemeRow.name).where(ThemeRow.id.in_(ids)))
    return {row.id: row.name for row in found}
