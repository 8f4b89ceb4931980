"""What weekly reviews decide about a theme: an entry of the ledger, and an echo to every author of its notes.

How much of care's own voice was in it is kept with the entry, as it stood at that moment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection

from insights.listening import echo, ledger, say
from insights.listening.cases import last_of
from insights.listening.free_words import redacted
from insights.listening.ledger import Entry, Event


class Resolution(StrEnum):
    """What a review can decide that the authors hear of. The values are stored; never rename one."""

    ACT = "act"
    TRY = "try an experiment"
    WAIT = "wait for evidence"
    DECLINE = "decline"


@dataclass(frozen=True, slots=True)
class InReview:
    """A decision as the review took it. ``owner`` does it, by ``due``; ``own_words``: quotes shown that an agent wrote."""

    resolution: Resolution
    reason: str
    owner: str
    due: date | None
    review_id: int
    week: date
    item_id: int
    decision_id: int
    own_words: int


def record(connection: Connection, theme_id: int, taken: InReview, who: str, at: datetime) -> int:
    """Write a decision of a review to the ledger and tell the authors, in the transaction that takes it; return its number."""
    ask = last_of(connection, theme_id)
    before = ledger.entries(connection, themes=[theme_id])
    rated = say.shown(connection, [entry.number for entry in before if entry.event is Event.ANSWERED])
    facts = {
        "review": taken.review_id,
        "week": taken.week.isoformat(),
        "item": taken.item_id,
        "decision": taken.decision_id,
        "owner": taken.owner,
        "own_words": taken.own_words,
        "answers_of_agents": sum(entry.event is Event.EVIDENCE for entry in before),
        "raters": sum(one.raters for one in rated.values()),
    }
    entry = Entry(
        Event.DECIDED, theme_id, None, who, at, taken.resolution.value, redacted(taken.reason), taken.due,
        about=ask.number if ask is not None else None, facts=facts,
    )  # fmt: skip
    number = ledger.add(connection, entry)
    echo.spread(connection, entry, number)
    return number


def standing(entries: Iterable[Entry], since: datetime, until: datetime) -> tuple[Entry, ...]:
    """Return the decisions of reviews in a time; of several on one item of an agenda the last one counts."""
    last = {entry.facts["item"]: entry for entry in entries if entry.event is Event.DECIDED and entry.at < until}
    return tuple(entry for entry in last.values() if entry.at >= since)


def has_cares_voice(entry: Entry) -> bool:
    """Tell whether agents had been heard in it: their own words were read, a question answered, an answer rated."""
    facts = entry.facts
    return bool(facts["own_words"] or facts["answers_of_agents"] or facts["raters"] >= say.RATERS)
