"""What the entries of the ledger add up to: for each ask its answers, its promises, and how it stands on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection

from insights.listening.ledger import AnswerKind, Entry, Event, entries
from insights.store import Store


class State(StrEnum):
    """How an ask stands."""

    OPEN = "answer due"
    OVERDUE = "answer overdue"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    NEED_EVIDENCE = "need evidence"
    TRIED_BEFORE = "tried before"
    SHIPPED = "shipped"
    CLOSED = "closed"
    JOINED = "joined another theme"


class Promise(StrEnum):
    """What became of the change and the day that an accepting answer named."""

    OPEN = "open"
    KEPT = "kept"
    LATE = "kept late"
    BROKEN = "broken"
    MOVED = "moved in time"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. ``shipped``: the entry that says the change is out; ``superseded_at``: when a later answer came."""

    entry: Entry
    shipped: Entry | None = None
    superseded_at: datetime | None = None

    @property
    def kind(self) -> AnswerKind:
        return AnswerKind(self.entry.answer)

    def promise(self, today: date) -> Promise | None:
        """Return what became of the promise; None when there was none. A day that has passed is not made good by a new one."""
        due = self.entry.due
        if self.kind is not AnswerKind.ACCEPTED or due is None:
            return None
        if self.shipped is not None:
            return Promise.KEPT if self.shipped.at.date() <= due else Promise.LATE
        if self.superseded_at is not None and self.superseded_at.date() <= due:
            return Promise.MOVED
        return Promise.BROKEN if today > due else Promise.OPEN


@dataclass(frozen=True, slots=True)
class Ask:
    """One demand for an answer. ``since`` is when it was first made: joining themes does not turn the clock back.

    ``unasked``: the team answered before it had to, so it counts neither for nor against it.
    """

    entry: Entry
    team_id: int | None
    since: datetime
    due: date
    answers: tuple[Answer, ...] = ()
    ended: Entry | None = None
    unasked: bool = False

    @property
    def number(self) -> int:
        return self.entry.number

    @property
    def theme_id(self) -> int:
        return self.entry.theme_id

    @property
    def standing(self) -> Answer | None:
        """The answer that counts now: the last one."""
        return self.answers[-1] if self.answers else None

    @property
    def first(self) -> Entry | None:
        return self.answers[0].entry if self.answers else None

    @property
    def heard_in_time(self) -> bool:
        return self.first is not None and self.first.at.date() <= self.due

    def state(self, today: date) -> State:
        """Return how the ask stands on a day."""
        if self.ended is not None:
            return State.CLOSED if self.ended.event is Event.CLOSED else State.JOINED
        if self.standing is None:
            return State.OVERDUE if today > self.due else State.OPEN
        if self.standing.shipped is not None:
            return State.SHIPPED
        kind, due = self.standing.kind, self.standing.entry.due
        if kind is AnswerKind.NEED_EVIDENCE and due is not None and today > due:
            return State.OVERDUE
        return State(kind.value)

    def late_since(self, today: date) -> date | None:
        """Return the day that passed without an answer; None unless one is overdue."""
        if self.state(today) is not State.OVERDUE:
            return None
        return self.due if self.standing is None else self.standing.entry.due


def cases(store: Store) -> tuple[Ask, ...]:
    """Return every ask there ever was, oldest first. Raises StoreError."""
    with store.connect() as connection:
        return fold(entries(connection))


def last_of(connection: Connection, theme_id: int) -> Ask | None:
    """Return the newest ask about a theme that did not end by joining another."""
    asks = fold(entries(connection, themes=[theme_id]))
    return next((ask for ask in reversed(asks) if ask.ended is None or ask.ended.event is Event.CLOSED), None)


def fold(rows: Iterable[Entry]) -> tuple[Ask, ...]:
    """Return the asks that entries, in their order, add up to."""
    asks: dict[int, Ask] = {}
    asked_by: dict[int, int] = {}
    for row in rows:
        if row.event is Event.ASKED:
            asks[row.number] = _asked(row)
            continue
        number = asked_by.get(row.about or 0, row.about or 0)
        ask = asks.get(number)
        if ask is None:
            continue
        asked_by[row.number] = number
        asks[number] = _next(ask, row)
    return tuple(asks.values())


def _asked(row: Entry) -> Ask:
    since = row.facts.get("since")
    assert row.due is not None
    return Ask(
        row,
        row.team_id,
        datetime.fromisoformat(str(since)) if since else row.at,
        row.due,
        unasked=bool(row.facts.get("unasked")),
    )


def _next(ask: Ask, row: Entry) -> Ask:
    match row.event:
        case Event.ANSWERED:
            before = tuple(replace(one, superseded_at=one.superseded_at or row.at) for one in ask.answers)
            return replace(ask, answers=(*before, Answer(row)))
        case Event.SHIPPED:
            return replace(ask, answers=_shipped(ask.answers, row))
        case Event.PASSED:
            return replace(ask, team_id=row.team_id)
        case Event.CLOSED | Event.MERGED:
            return replace(ask, ended=row)
        case Event.PARTED:
            return replace(ask, ended=None if ask.ended is not None else row)
        case _:
            return ask


def _shipped(answers: Sequence[Answer], row: Entry) -> tuple[Answer, ...]:
    return tuple(replace(one, shipped=row) if one.entry.number == row.about else one for one in answers)
