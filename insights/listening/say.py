"""The say: those whose notes stand behind an answer rate whether it fits what customers told them.

One vote per person and answer, which they may change until the box closes. A vote carries a keyed hash of box and person
and nothing else: the key lies outside the database, and the box's salt is thrown away when it closes, so that from then
on nobody can tell whose a vote was, whatever they hold. What is shown is counted anew only when three more have voted,
so that no two figures differ by the vote of one or two people.

Shown beside a team: the mean of 1 (does not fit) to 5 (fits) over all votes that are shown for its answers.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, insert, select, update

from insights.listening import echo, ledger
from insights.listening.free_words import harmless
from insights.listening.ledger import Event
from insights.store import Store, StoreError
from insights.tables import BallotBoxRow, BallotRow
from insights.themes.lineage import resolve
from insights.trust.people import NotAllowed, Person, allowed

OPEN_FOR = timedelta(days=14)
RATERS = 3
"""Nothing is shown of fewer raters, and figures move on by so many at least."""

Q = "Does this answer fit what customers told you?"


class SayError(StoreError):
    """The vote cannot be taken; nothing was changed. The message says why."""


@dataclass(frozen=True, slots=True)
class Say:
    """What is shown of the votes on an answer, or on all of a team's: raters, and their mean from 1 to 5.

    ``mean`` is None under three raters; ``words`` are shown only when at least three people wrote some.
    """

    raters: int
    mean: float | None
    words: tuple[str, ...] = ()


NOTHING = Say(0, None)


def open_box(connection: Connection, answer: int, at: datetime) -> None:
    """Open the ballot box of an answer, in the transaction that records the answer."""
    row = {"answer": answer, "salt": secrets.token_hex(16), "closes_at": at + OPEN_FOR, "closed": False, "shown": {}}
    connection.execute(insert(BallotBoxRow).values(row))


def cast(store: Store, answer: int, fits: int, *, by: Person, key: bytes, at: datetime, words: str = "") -> None:
    """Take or change a person's vote. ``key`` is the privacy key. Raises SayError, NotAllowed, TooTelling, StoreError."""
    if fits not in range(1, 6):
        raise SayError("a vote is a number from 1 (does not fit) to 5 (fits)")
    kept = harmless(words)
    with store.begin() as connection:
        person = allowed(connection, by.id)
        box = connection.execute(
            select(BallotBoxRow.salt, BallotBoxRow.closed, BallotBoxRow.closes_at)
            .where(BallotBoxRow.answer == answer)
            .with_for_update()
        ).one_or_none()
        if box is None:
            raise SayError(f"entry {answer} of the ledger is no answer to vote on")
        if box.closed or at >= box.closes_at:
            raise SayError("the vote on this answer has ended")
        if not contributed(connection, answer, person):
            raise NotAllowed("only those whose notes stand behind this theme have a say on its answer")
        ballot = _ballot(key, box.salt, answer, person.id)
        values = {"fits": fits, "words": kept}
        changed = connection.execute(update(BallotRow).where(BallotRow.ballot == ballot).values(values))
        if not changed.rowcount:
            connection.execute(insert(BallotRow).values(values | {"ballot": ballot, "answer": answer}))
        _show(connection, answer)


def mine(store: Store, answer: int, *, by: Person, key: bytes) -> tuple[int, str] | None:
    """Return a person's own vote while the box is open, for them to change; None without one. Raises StoreError."""
    with store.connect() as connection:
        row = BallotBoxRow
        salt = connection.execute(select(row.salt).where(row.answer == answer, ~row.closed)).scalar_one_or_none()
        if salt is None:
            return None
        wanted = select(BallotRow.fits, BallotRow.words).where(BallotRow.ballot == _ballot(key, salt, answer, by.id))
        found = connection.execute(wanted).one_or_none()
        return None if found is None else (found.fits, found.words)


def open_to(store: Store, answer: int, person: Person, now: datetime) -> bool:
    """Tell whether a person may vote on an answer now. Raises StoreError."""
    with store.connect() as connection:
        row = BallotBoxRow
        wanted = select(row.closes_at).where(row.answer == answer, ~row.closed)
        closes = connection.execute(wanted).scalar_one_or_none()
        return closes is not None and now < closes and contributed(connection, answer, person)


def close_due(store: Store, at: datetime, answers: Iterable[int] = ()) -> int:
    """Close the boxes whose time is over, and those of ``answers`` at once; return how many. Raises StoreError."""
    row = BallotBoxRow
    with store.begin() as connection:
        ended = (row.closes_at <= at) | row.answer.in_(list(answers))
        return connection.execute(update(row).where(~row.closed, ended).values(closed=True, salt="")).rowcount


def shown(connection: Connection, answers: Iterable[int]) -> Mapping[int, Say]:
    """Return what is shown of the votes on answers."""
    row = BallotBoxRow
    wanted = select(row.answer, row.shown).where(row.answer.in_(list(answers)))
    return {answer: _said(kept) for answer, kept in connection.execute(wanted)}


def on(store: Store, answer: int) -> Say:
    """Return what is shown of the votes on one answer. Raises StoreError."""
    with store.connect() as connection:
        return shown(connection, [answer]).get(answer, NOTHING)


def together(says: Iterable[Say]) -> Say:
    """Return what is shown beside a team: the mean over all votes shown for its answers, each vote the same weight."""
    counted = [(one.raters, one.mean) for one in says if one.mean is not None]
    raters = sum(number for number, _ in counted)
    return Say(raters, sum(number * mean for number, mean in counted) / raters) if raters >= RATERS else NOTHING


def contributed(connection: Connection, answer: int, person: Person) -> bool:
    """Tell whether notes of a person stand behind the theme of an answer."""
    entry = next(iter(ledger.entries(connection, numbers=[answer])), None)
    if entry is None or entry.event is not Event.ANSWERED or not person.agent_key:
        return False
    theme = resolve(connection, entry.theme_id) or entry.theme_id
    return person.agent_key in echo.authors_of(connection, theme)


def _show(connection: Connection, answer: int) -> None:
    """Count anew what is shown, when at least three more have voted than at the last count."""
    before = connection.execute(select(BallotBoxRow.shown).where(BallotBoxRow.answer == answer)).scalar_one()
    row = BallotRow
    raters = connection.execute(select(func.count()).select_from(row).where(row.answer == answer)).scalar_one()
    if raters < int(before.get("raters", 0)) + RATERS:
        return
    votes = connection.execute(select(row.fits, row.words).where(row.answer == answer)).all()
    words = sorted(vote.words for vote in votes if vote.words)
    kept = {
        "raters": raters,
        "mean": round(sum(vote.fits for vote in votes) / raters, 4),
        "words": words if len(words) >= RATERS else [],
    }
    connection.execute(update(BallotBoxRow).where(BallotBoxRow.answer == answer).values(shown=kept))


def _said(kept: Mapping[str, object]) -> Say:
    if not kept:
        return NOTHING
    words = kept["words"]
    assert isinstance(words, list)
    return Say(int(str(kept["raters"])), float(str(kept["mean"])), tuple(words))


def _ballot(key: bytes, salt: str, answer: int, person_id: int) -> str:
    return hmac.new(key, f"say:{salt}:{answer}:{person_id}".encode(), hashlib.sha256).hexdigest()
