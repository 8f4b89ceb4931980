"""Answers: what an owner team says to a theme that asks, what it ships, and why it closes one.

Each is one entry of the ledger, one audit row, an echo to every author of the notes behind it, and the ballot box in
which they say whether the answer fits, all in one transaction. The ledger keeps what is said for good, so personal data
is taken out of it first.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from insights.listening import echo, ledger, ownership, say, teams
from insights.listening.cases import Ask, fold, last_of
from insights.listening.free_words import redacted
from insights.listening.ledger import AnswerKind, Entry, Event, Value
from insights.store import Store, StoreError
from insights.themes.lineage import live_theme
from insights.trust import audit
from insights.trust.people import Person

WORDS = 3
"""A reason is a sentence that the authors of the notes can read, not a tick."""

LONGEST_WAIT = timedelta(days=90)
"""Who needs evidence looks again within this time."""


class AnswerError(StoreError):
    """The answer is not one the ledger takes; nothing was recorded. The message says what is missing."""


def answer(
    store: Store,
    theme_id: int,
    kind: AnswerKind,
    reason: str,
    *,
    by: Person,
    at: datetime,
    change: str = "",
    due: date | None = None,
    value: Value = Value.NEITHER,
) -> int:
    """Record a team's answer; return its number in the ledger. A later answer stands beside the earlier one.

    Accepted needs ``change`` (what customers will notice) and ``due``; need evidence needs ``due``, the day the team looks
    again. Raises AnswerError, NotAllowed, CurationError for a theme that is gone, StoreError.
    """
    _check(kind, reason, change, due, at)
    with ledger.writing(store) as connection:
        theme = live_theme(connection, theme_id)
        ask = last_of(connection, theme.id)
        owner = ownership.owner_of(connection, theme.id, at)
        if ask is None or ask.ended is not None:
            ask = _unasked(connection, theme.id, owner, by, at)
        who = teams.speaking_for(connection, ask.team_id, by.id)
        superseded = ask.standing.entry.number if ask.standing else None
        entry = Entry(
            Event.ANSWERED, theme.id, ask.team_id, who.name, at, kind.value, redacted(reason),
            due if kind in (AnswerKind.ACCEPTED, AnswerKind.NEED_EVIDENCE) else None,
            redacted(change) if kind is AnswerKind.ACCEPTED else "",
            value.value if kind is AnswerKind.ACCEPTED else "", ask.number, {"supersedes": superseded},
        )  # fmt: skip
        number = _record(connection, entry)
        say.open_box(connection, number, at)
        return number


def ship(store: Store, answer_number: int, what: str, *, by: Person, at: datetime) -> int:
    """Record that an accepted change is out, and what customers will notice. Raises AnswerError, NotAllowed, StoreError."""
    with ledger.writing(store) as connection:
        ask = _ask_with(connection, answer_number)
        promised = next((one for one in ask.answers if one.entry.number == answer_number), None)
        if promised is None or promised.kind is not AnswerKind.ACCEPTED:
            raise AnswerError(f"entry {answer_number} promises nothing; only what was accepted can be shipped")
        if promised.shipped is not None:
            raise AnswerError(f"entry {promised.shipped.number} says already that this is out")
        if promised is not ask.standing:
            raise AnswerError(f"a later answer stands, entry {ask.answers[-1].entry.number}; ship that one")
        _sentence(what)
        who = teams.speaking_for(connection, ask.team_id, by.id)
        entry = Entry(
            Event.SHIPPED, ask.theme_id, ask.team_id, who.name, at, reason=redacted(what), about=answer_number
        )
        return _record(connection, entry)


def close(store: Store, theme_id: int, reason: str, *, by: Person, at: datetime) -> int:
    """Close an answered theme, with a reason. Raises AnswerError when it was never answered, NotAllowed, StoreError."""
    _sentence(reason)
    with ledger.writing(store) as connection:
        ask = last_of(connection, live_theme(connection, theme_id).id)
        if ask is None or ask.ended is not None:
            raise AnswerError(f"nothing is open about theme {theme_id}")
        if ask.standing is None:
            raise AnswerError(f"theme {theme_id} has had no answer yet; answer it first, declining is an answer too")
        who = teams.speaking_for(connection, ask.team_id, by.id)
        entry = Entry(Event.CLOSED, ask.theme_id, ask.team_id, who.name, at, reason=redacted(reason), about=ask.number)
        return _record(connection, entry)


def _record(connection: Connection, entry: Entry) -> int:
    number = ledger.add(connection, entry)
    after = {"theme": entry.theme_id, "event": entry.event.value, "answer": entry.answer}
    audit.add(connection, entry.who, f"theme {entry.event.value}", f"ledger:{number}", None, after, entry.at)
    echo.spread(connection, entry, number)
    return number


def _unasked(connection: Connection, theme_id: int, team: int | None, by: Person, at: datetime) -> Ask:
    """A team may answer before it is asked; that counts neither for nor against it."""
    teams.speaking_for(connection, team, by.id)
    entry = Entry(
        Event.ASKED, theme_id, team, by.name, at, reason="the team speaks first", due=at.date(), facts={"unasked": True}
    )
    return fold([replace(entry, number=ledger.add(connection, entry))])[0]


def _ask_with(connection: Connection, number: int) -> Ask:
    found = ledger.entries(connection, numbers=[number])
    if not found:
        raise AnswerError(f"the ledger has no entry {number}")
    for ask in fold(ledger.entries(connection, themes=[found[0].theme_id])):
        if any(one.entry.number == number for one in ask.answers):
            return ask
    raise AnswerError(f"entry {number} is no answer")


def _check(kind: AnswerKind, reason: str, change: str, due: date | None, at: datetime) -> None:
    _sentence(reason)
    if kind is AnswerKind.ACCEPTED:
        if not change.strip() or due is None:
            raise AnswerError("accepting needs the change that customers will notice, and the day by which")
        if due < at.date():
            raise AnswerError(f"{due} is past; promise a day to come")
    if kind is AnswerKind.NEED_EVIDENCE and (due is None or not at.date() <= due <= at.date() + LONGEST_WAIT):
        raise AnswerError(f"who needs evidence says on which day they look again, within {LONGEST_WAIT.days} days")


def _sentence(reason: str) -> None:
    if len(reason.split()) < WORDS:
        raise AnswerError("give a reason the agents can read: a sentence of at least three words")
