"""Themes and the issues that stand for them in a tracker: linked by a person, followed both ways.

What the tracker says of an issue reaches the ledger in the name of whoever linked it: done ships the accepted answer,
turned down with a reason declines. What the ledger records about the theme waits to be told to the tracker, once each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from insights.listening import answers, ledger, ownership, teams
from insights.listening.answers import WORDS, AnswerError
from insights.listening.cases import last_of
from insights.listening.ledger import AnswerKind, Entry, Event
from insights.store import Store, StoreError
from insights.tables import LedgerRow, TrackerLinkRow
from insights.themes.lineage import live_theme, resolve
from insights.trust import audit, people
from insights.trust.people import NotAllowed, Person

TOLD = (Event.ANSWERED, Event.SHIPPED, Event.CLOSED)
"""What a tracker hears of."""


class State(StrEnum):
    """How an issue stands. The values are stored; never rename one."""

    OPEN = "open"
    DONE = "done"
    DECLINED = "declined"


class TrackError(StoreError):
    """The theme and the issue cannot be linked like that; the message says why."""


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue as its tracker tells of it. ``reason``: what was said last when it was turned down, empty when nothing was."""

    key: str
    url: str
    title: str
    state: State
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A theme and an issue of the tracker called ``tracker``. ``trouble``: why the ledger did not take its last word."""

    id: int
    theme_id: int
    tracker: str
    issue: Issue
    person_id: int
    told: int
    trouble: str


def link(store: Store, theme_id: int, tracker: str, issue: Issue, *, by: Person, at: datetime) -> Link:
    """Link a theme to an issue. Who may answer for the owner team may link. Raises TrackError, NotAllowed, StoreError."""
    try:
        with store.begin() as connection:
            theme = live_theme(connection, theme_id)
            who = teams.speaking_for(connection, ownership.owner_of(connection, theme.id, at), by.id)
            told = connection.execute(select(func.coalesce(func.max(LedgerRow.number), 0))).scalar_one()
            row = {
                "theme_id": theme.id,
                "tracker": tracker,
                **_plain(issue),
                "key": issue.key,
                "url": issue.url,
                "person_id": who.id,
                "told": told,
                "trouble": "",
                "made_at": at,
                "seen_at": at,
            }
            made = connection.execute(insert(TrackerLinkRow).values(row).returning(TrackerLinkRow.id)).scalar_one()
            after = {"tracker": tracker, "issue": issue.key}
            audit.add(connection, who.name, "theme linked", f"theme:{theme.id}", None, after, at)
    except IntegrityError:
        raise TrackError(f"theme {theme_id} is linked to {issue.key} of {tracker} already") from None
    return Link(made, theme.id, tracker, issue, who.id, told, "")


def unlink(store: Store, link_id: int, *, by: Person, at: datetime) -> None:
    """Take a link away; the issue stays. Raises TrackError, NotAllowed, StoreError."""
    with store.begin() as connection:
        row = connection.execute(select(TrackerLinkRow.__table__).where(TrackerLinkRow.id == link_id)).one_or_none()
        if row is None:
            raise TrackError(f"there is no link with the number {link_id}")
        who = teams.speaking_for(connection, ownership.owner_of(connection, row.theme_id, at), by.id)
        connection.execute(delete(TrackerLinkRow).where(TrackerLinkRow.id == link_id))
        before = {"tracker": row.tracker, "issue": row.key}
        audit.add(connection, who.name, "theme unlinked", f"theme:{row.theme_id}", before, None, at)


def links(store: Store, theme_id: int | None = None) -> tuple[Link, ...]:
    """Return all links, or those of a theme, oldest first. Raises StoreError."""
    wanted = select(TrackerLinkRow.__table__).order_by(TrackerLinkRow.id)
    with store.connect() as connection:
        if theme_id is not None:
            wanted = wanted.where(TrackerLinkRow.theme_id == resolve(connection, theme_id))
        return tuple(_link(row) for row in connection.execute(wanted))


def heard(store: Store, known: Link, issue: Issue, at: datetime) -> Link:
    """Take in what the tracker says of an issue now. A second time changes nothing. Raises StoreError."""
    if issue == known.issue and not known.trouble:
        return known
    trouble, own = "", known.told
    if issue.state is not known.issue.state or known.trouble:
        try:
            own = _into_ledger(store, known, issue, at) or own
        except (AnswerError, NotAllowed, TrackError) as refused:
            trouble = str(refused)
    with store.begin() as connection:
        # The tracker is not told what it said itself.
        values = {**_plain(issue), "trouble": trouble, "seen_at": at, "told": max(own, known.told)}
        connection.execute(update(TrackerLinkRow).where(TrackerLinkRow.id == known.id).values(values))
        if issue.state is not known.issue.state:
            before, after = {"state": known.issue.state.value}, {"state": issue.state.value, "tracker": known.tracker}
            audit.add(connection, known.tracker, "issue changed", f"theme:{known.theme_id}", before, after, at)
    return Link(known.id, known.theme_id, known.tracker, issue, known.person_id, max(own, known.told), trouble)


def untold(store: Store, known: Link) -> Sequence[Entry]:
    """Return what the ledger recorded about the theme that its tracker has not been told, oldest first."""
    with store.connect() as connection:
        theme = resolve(connection, known.theme_id) or known.theme_id
        found = ledger.entries(connection, themes=[theme], after=known.told)
    return [entry for entry in found if entry.event in TOLD]


def told(store: Store, known: Link, number: int) -> None:
    """Note that the tracker heard of an entry. Raises StoreError."""
    with store.begin() as connection:
        wanted = TrackerLinkRow.id == known.id, TrackerLinkRow.told < number
        connection.execute(update(TrackerLinkRow).where(*wanted).values(told=number))


def _into_ledger(store: Store, known: Link, issue: Issue, at: datetime) -> int | None:
    """Record what an issue came to; return the entry, None when there is nothing to record.

    Raises TrackError, AnswerError or NotAllowed when the ledger does not take it.
    """
    if issue.state is State.OPEN:
        return None
    with store.connect() as connection:
        ask = last_of(connection, resolve(connection, known.theme_id) or known.theme_id)
    stands = ask.standing if ask is not None and ask.ended is None else None
    by = people.require(store, known.person_id)
    if issue.state is State.DONE:
        if stands is None or stands.kind is not AnswerKind.ACCEPTED:
            raise TrackError(f"{issue.key} is done, and nothing was accepted: answer the theme")
        if stands.shipped is None:
            return answers.ship(store, stands.entry.number, _sentence(issue, "is done"), by=by, at=at)
    elif stands is None or stands.kind is not AnswerKind.DECLINED:
        if len(issue.reason.split()) < WORDS:
            raise TrackError(f"{issue.key} was turned down without a reason: say why there, or answer the theme")
        return answers.answer(store, known.theme_id, AnswerKind.DECLINED, issue.reason, by=by, at=at)
    return None


def _sentence(issue: Issue, otherwise: str) -> str:
    return issue.reason if len(issue.reason.split()) >= WORDS else f"{issue.title} {otherwise} ({issue.key})"


def _plain(issue: Issue) -> dict[str, str]:
    return {"title": issue.title, "state": issue.state.value, "reason": issue.reason}


def _link(row: Row[Any]) -> Link:
    issue = Issue(row.key, row.url, row.title, State(row.state), row.reason)
    return Link(row.id, row.theme_id, row.tracker, issue, row.person_id, row.told, row.trouble)
