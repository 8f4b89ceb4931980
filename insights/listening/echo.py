"""Echoes: each author of a note hears what became of it, exactly once per change, written in the transaction of the change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update

from insights.counting.evidence import is_evidence
from insights.delivery import outbox
from insights.listening import ledger
from insights.listening.ledger import AnswerKind, Entry, Event
from insights.store import Store
from insights.tables import EchoRow, FeedbackRow, LedgerRow, LineageMemberRow, SignalRow, TeamRow, ThemeRow
from insights.trust.people import Person, allowed

TOLD = (Event.ANSWERED, Event.SHIPPED, Event.CLOSED, Event.MERGED, Event.DECIDED)
"""Entries of the ledger that the authors hear of."""

UNREAD_AFTER = timedelta(days=7)
"""A fate that nobody read for a week did not reach its author: that is counted against the team, not the author."""

AT_LEAST = 3
"""Nothing is said of fewer authors than this."""


@dataclass(frozen=True, slots=True)
class Echo:
    """What became of a person's notes about a theme. ``event``: an answer's kind, a review's decision, shipped, closed, merged.

    ``team`` said or does it. ``about`` is the number of the answer it tells of, for the say; None when it tells of something else.
    """

    id: int
    event: str
    theme_id: int
    theme: str
    team: str
    notes: int
    reason: str
    change: str
    due: date | None
    at: datetime
    read: bool
    about: int | None


@dataclass(frozen=True, slots=True)
class Reach:
    """Of the fates a team decided more than a week ago, how many its authors have read. None: under three authors."""

    team_id: int
    sent: int | None
    unread: int | None


def spread(
    connection: Connection,
    entry: Entry,
    number: int,
    authors: Mapping[str, int] | None = None,
    at: datetime | None = None,
) -> int:
    """Write the echo of an entry of the ledger to each author who has none of it yet; return how many were written.

    ``authors`` (all those behind the theme) with how many notes are theirs; ``at``: when, if later than the entry.
    """
    when = at or entry.at
    behind = authors_of(connection, entry.theme_id) if authors is None else authors
    have = _told(connection, number)
    event = entry.answer or entry.event.value
    fresh = [
        {
            "author": author,
            "entry": number,
            "event": event,
            "theme_id": entry.theme_id,
            "team_id": entry.team_id,
            "notes": notes,
            "at": when,
            "read_at": None,
            "notice_id": None,
        }
        for author, notes in sorted(behind.items())
        if author not in have
    ]
    if not fresh:
        return 0
    connection.execute(insert(EchoRow), fresh)
    for row in fresh:
        payload = {"author": row["author"], "entry": number, "theme": entry.theme_id, "notes": row["notes"]}
        outbox.add(connection, "echo", str(row["author"]), f"echo.{event}", payload, when)
    return len(fresh)


def authors_of(connection: Connection, theme_id: int) -> dict[str, int]:
    """Return the authors of the notes behind a theme, by the key their notes carry, with how many notes are theirs."""
    wanted = (
        select(FeedbackRow.agent_key, func.count(FeedbackRow.id.distinct()))
        .join(SignalRow, SignalRow.feedback_id == FeedbackRow.id)
        .where(SignalRow.theme_id == theme_id, FeedbackRow.agent_key != "", is_evidence())
        .group_by(FeedbackRow.agent_key)
    )
    return {row[0]: row[1] for row in connection.execute(wanted)}


def authors_moved(connection: Connection, lineage_id: int) -> dict[str, int]:
    """Return the authors of the notes that one step in the life of themes moved."""
    wanted = (
        select(FeedbackRow.agent_key, func.count(FeedbackRow.id.distinct()))
        .join(SignalRow, SignalRow.feedback_id == FeedbackRow.id)
        .join(LineageMemberRow, LineageMemberRow.signal_id == SignalRow.id)
        .where(LineageMemberRow.lineage_id == lineage_id, FeedbackRow.agent_key != "", is_evidence())
        .group_by(FeedbackRow.agent_key)
    )
    return {row[0]: row[1] for row in connection.execute(wanted)}


def catch_up(store: Store, at: datetime) -> int:
    """Write the echoes of notes that joined a theme after its last change; return how many. Raises StoreError.

    Who heard of a change already hears nothing twice, however often this runs.
    """
    with ledger.writing(store) as connection:
        return sum(spread(connection, entry, entry.number, at=at) for entry in _last_changes(connection))


def missing(store: Store) -> int:
    """Return how many (author, change) pairs of decided themes have no echo; 0 after `catch_up`. Raises StoreError."""
    with store.connect() as connection:
        return sum(
            len(authors_of(connection, entry.theme_id).keys() - _told(connection, entry.number))
            for entry in _last_changes(connection)
        )


def of_person(store: Store, person: Person, *, unread_only: bool = False, limit: int = 100) -> tuple[Echo, ...]:
    """Return the echoes of a person's own notes, newest first; nobody else's can be asked for. Raises StoreError."""
    if not person.agent_key:
        return ()
    wanted = _wanted().where(EchoRow.author == person.agent_key).order_by(EchoRow.id.desc()).limit(limit)
    if unread_only:
        wanted = wanted.where(EchoRow.read_at.is_(None))
    with store.connect() as connection:
        return tuple(_echo(row) for row in connection.execute(wanted))


def by_notice(connection: Connection, notice_id: str) -> tuple[Echo, ...]:
    """Return the echoes that go out in one notice, oldest first."""
    wanted = _wanted().where(EchoRow.notice_id == notice_id).order_by(EchoRow.id)
    return tuple(_echo(row) for row in connection.execute(wanted))


def read(store: Store, ids: Sequence[int], *, by: Person, at: datetime) -> int:
    """Note that a person has read some of their echoes; return how many were new to them. Raises NotAllowed, StoreError."""
    with store.begin() as connection:
        person = allowed(connection, by.id)
        mine = (EchoRow.id.in_(list(ids)), EchoRow.author == person.agent_key, EchoRow.read_at.is_(None))
        return connection.execute(update(EchoRow).where(*mine).values(read_at=at)).rowcount


def reach(connection: Connection, now: datetime) -> dict[int, Reach]:
    """Return for each team how many of its fates were read, by fates older than a week."""
    wanted = (
        select(
            EchoRow.team_id,
            func.count(),
            func.count(EchoRow.author.distinct()),
            func.count().filter(EchoRow.read_at.is_(None)),
        )
        .where(EchoRow.team_id.is_not(None), EchoRow.at <= now - UNREAD_AFTER)
        .group_by(EchoRow.team_id)
    )
    return {
        team: Reach(team, sent, unread) if authors >= AT_LEAST else Reach(team, None, None)
        for team, sent, authors, unread in connection.execute(wanted)
        if team is not None
    }


def _last_changes(connection: Connection) -> list[Entry]:
    """The last entry of each theme that its authors hear of, and the last decision of a review about it.

    Merged themes have no notes of their own any more.
    """
    last: dict[tuple[int, bool], Entry] = {}
    for entry in ledger.entries(connection):
        if entry.event in TOLD and entry.event is not Event.MERGED:
            last[entry.theme_id, entry.event is Event.DECIDED] = entry
    return list(last.values())


def _told(connection: Connection, number: int) -> set[str]:
    return set(connection.execute(select(EchoRow.author).where(EchoRow.entry == number)).scalars())


def _wanted() -> Select[Any]:
    row = EchoRow
    told = (LedgerRow.number, LedgerRow.reason, LedgerRow.change, LedgerRow.due, LedgerRow.about, LedgerRow.facts)
    return (
        select(row.id, row.event, row.theme_id, row.notes, row.at, row.read_at, *told)
        .add_columns(ThemeRow.name.label("theme"), func.coalesce(TeamRow.name, "").label("team"))
        .join(LedgerRow, LedgerRow.number == row.entry)
        .join(ThemeRow, ThemeRow.id == row.theme_id)
        .outerjoin(TeamRow, TeamRow.id == row.team_id)
    )


def _echo(row: Row[Any]) -> Echo:
    answers = {kind.value for kind in AnswerKind}
    about = row.number if row.event in answers else row.about if row.event == Event.SHIPPED.value else None
    return Echo(
        row.id, row.event, row.theme_id, row.theme, row.team or str(row.facts.get("owner", "")), row.notes, row.reason,
        row.change, row.due, row.at, row.read_at is not None, about,
    )  # fmt: skip
