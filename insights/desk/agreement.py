"""Do two people hear the same? One note in twenty is judged a second time by somebody who does not see the first judgement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from math import sqrt
from typing import Any
from zlib import crc32

from sqlalchemy import Connection, Row, insert, select, update

from insights.desk.verdicts import PERSON, Verdict
from insights.store import Store
from insights.tables import AnnotationRow, PersonRow, SecondOpinionRow, SignalRow
from insights.trust.people import Person, Role
from nlp.signals import SignalKind

ONE_IN = 20
ACTIVE = timedelta(days=14)
NEWEST = 2_000
"""Doubly judged notes that agreement is counted on."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two people agree that words are of a kind, beyond what chance would give.

    The four counts are of marked words: by both, by only one, by neither of them called this kind. ``kappa`` is Cohen's
    (Educational and Psychological Measurement 20, 1960), from ``low`` to ``high`` with 95% certainty; None when nobody,
    or everybody, called everything so.
    """

    kind: str
    both: int
    first_only: int
    second_only: int
    neither: int
    kappa: float | None
    low: float | None
    high: float | None

    @property
    def items(self) -> int:
        return self.both + self.first_only + self.second_only + self.neither


def sampled(feedback_id: str) -> bool:
    """Tell whether a note is in the blind sample. It is the note that decides, so nobody can choose."""
    return crc32(feedback_id.encode()) % ONE_IN == 0


def second_of(feedback_id: str, people: Iterable[str]) -> str | None:
    """Return who gets a note: everybody's lot is drawn by note and name, the lowest one wins; even over many notes."""
    return min(people, key=lambda name: (blake2b(f"{feedback_id}/{name}".encode()).digest(), name), default=None)


def asked_or_done(connection: Connection, feedback_id: str, person: Person, at: datetime, *, blind: bool) -> None:
    """After a judgement: ask somebody for a second opinion on a sampled note, or note that it is given."""
    if not sampled(feedback_id):
        return
    opinion = SecondOpinionRow
    if blind:
        if _suggested(connection, feedback_id) <= _judged_blind(connection, feedback_id, person.name):
            done = update(opinion).where(opinion.feedback_id == feedback_id, opinion.second == person.name)
            connection.execute(done.where(opinion.done_at.is_(None)).values(done_at=at))
        return
    if connection.execute(select(opinion.first).where(opinion.feedback_id == feedback_id)).first():
        return
    second = second_of(feedback_id, _active(connection, at, but=person.name))
    if second is not None:
        row = {"feedback_id": feedback_id, "first": person.name, "second": second, "asked_at": at, "done_at": None}
        connection.execute(insert(opinion).values(row))


def agreement(store: Store) -> tuple[Agreement, ...]:
    """Return the agreement on each kind, over the newest NEWEST notes that were judged twice. Raises StoreError."""
    opinion, said = SecondOpinionRow, AnnotationRow
    with store.connect() as connection:
        wanted = select(opinion.feedback_id, opinion.first, opinion.second).where(opinion.done_at.is_not(None))
        pairs = {
            row.feedback_id: row for row in connection.execute(wanted.order_by(opinion.done_at.desc()).limit(NEWEST))
        }
        found = (
            select(said.__table__)
            .join(opinion, opinion.feedback_id == said.feedback_id)
            .where(opinion.done_at.is_not(None), said.undone_by.is_(None), said.verdict != Verdict.UNDONE.value)
            .order_by(said.id)
        )
        by_note: dict[str, list[Row[Any]]] = {}
        for row in connection.execute(found):
            if row.feedback_id in pairs:
                by_note.setdefault(row.feedback_id, []).append(row)
    items: list[tuple[str, str]] = []
    for note, rows in by_note.items():
        first = [row for row in rows if not row.blind and row.who == pairs[note].first]
        items += compared(first, [row for row in rows if row.blind and row.who == pairs[note].second])
    return tuple(_of_kind(kind.value, items) for kind in SignalKind)


def compared(first: Sequence[Row[Any]], second: Sequence[Row[Any]]) -> list[tuple[str, str]]:
    """Pair what two people said of one note: the kind each gives to the same words, "" where one says nothing is there.

    Suggested words are the same by their signal, added ones when they share at least half of the shorter.
    """
    left = {row.signal_id: row for row in first if row.signal_id is not None}
    right = {row.signal_id: row for row in second if row.signal_id is not None}
    pairs = [(_label(left[signal]), _label(right[signal])) for signal in left.keys() & right.keys()]
    mine = [row for row in first if row.signal_id is None]
    theirs = [row for row in second if row.signal_id is None]
    for row in mine:
        same = next((other for other in theirs if _overlap(row, other)), None)
        if same is not None:
            theirs.remove(same)
        pairs.append((row.corrected_kind, same.corrected_kind if same else ""))
    return [*pairs, *(("", row.corrected_kind) for row in theirs)]


def _label(row: Row[Any]) -> str:
    return "" if row.verdict == Verdict.REJECTED else str(row.corrected_kind)


def _overlap(one: Row[Any], other: Row[Any]) -> bool:
    shared = min(one.corrected_end, other.corrected_end) - max(one.corrected_start, other.corrected_start)
    shorter = min(row.corrected_end - row.corrected_start for row in (one, other))
    return bool(one.segment == other.segment and 2 * shared >= shorter)


def _of_kind(kind: str, items: Sequence[tuple[str, str]]) -> Agreement:
    both = sum(first == kind and second == kind for first, second in items)
    first_only = sum(first == kind != second for first, second in items)
    second_only = sum(second == kind != first for first, second in items)
    neither = len(items) - both - first_only - second_only
    return Agreement(kind, both, first_only, second_only, neither, *kappa(both, first_only, second_only, neither))


def kappa(
    both: int, first_only: int, second_only: int, neither: int
) -> tuple[float | None, float | None, float | None]:
    """Return Cohen's kappa of a two-by-two table with its 95% interval; three times None when chance explains all."""
    n = both + first_only + second_only + neither
    if n == 0:
        return None, None, None
    seen = (both + neither) / n
    chance = ((both + first_only) * (both + second_only) + (neither + first_only) * (neither + second_only)) / n**2
    if chance >= 1.0:
        return None, None, None
    value = (seen - chance) / (1 - chance)
    reach = 1.96 * sqrt(seen * (1 - seen) / n) / (1 - chance)
    return value, max(-1.0, value - reach), min(1.0, value + reach)


def _suggested(connection: Connection, feedback_id: str) -> set[int]:
    """What the machine had marked, whether it still stands or not."""
    standing = select(SignalRow.id).where(SignalRow.feedback_id == feedback_id, SignalRow.rule != PERSON)
    judged = select(AnnotationRow.signal_id).where(
        AnnotationRow.feedback_id == feedback_id, AnnotationRow.signal_id.is_not(None), AnnotationRow.blind.is_(False)
    )
    return {*connection.execute(standing).scalars(), *connection.execute(judged).scalars()}


def _judged_blind(connection: Connection, feedback_id: str, who: str) -> set[int]:
    row = AnnotationRow
    wanted = select(row.signal_id).where(
        row.feedback_id == feedback_id, row.who == who, row.blind, row.undone_by.is_(None)
    )
    return {signal for signal in connection.execute(wanted).scalars() if signal is not None}


def _active(connection: Connection, at: datetime, *, but: str) -> list[str]:
    """Everybody who judged notes lately."""
    lately = (
        select(AnnotationRow.id).where(AnnotationRow.who == PersonRow.name, AnnotationRow.at > at - ACTIVE).exists()
    )
    wanted = select(PersonRow.name).where(PersonRow.active, PersonRow.role != Role.VIEWER.value, PersonRow.name != but)
    return list(connection.execute(wanted.where(lately).order_by(PersonRow.name)).scalars())


def waiting_for(connection: Connection, who: str, limit: int) -> list[str]:
    """Return the notes a person is asked for a second opinion on, the oldest request first."""
    row = SecondOpinionRow
    wanted = select(row.feedback_id).where(row.second == who, row.done_at.is_(None))
    return list(connection.execute(wanted.order_by(row.asked_at, row.feedback_id).limit(limit)).scalars())


def is_asked(connection: Connection, feedback_id: str, who: str) -> bool:
    """Tell whether a person was asked for a second opinion on a note; what they see of it stays blind for good."""
    row = SecondOpinionRow
    wanted = select(row.second).where(row.feedback_id == feedback_id, row.second == who)
    return connection.execute(wanted).first() is not None
