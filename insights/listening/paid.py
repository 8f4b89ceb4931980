"""What customers paid for a theme beside the price: hand-offs, people told, repeats, workarounds, and what care gave back.

Counted from notes that carry the theme. Exceptions that recur are candidates for a rule to remove, with what each costs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Select, select

from insights.counting.evidence import is_evidence
from insights.store import Store
from insights.tables import FeedbackRow, SegmentRow, SignalRow, ThemeRow
from insights.themes.status import STANDING
from insights.trust.anonymity import fewer_than
from nlp.concessions import is_disclaimer, is_exception, is_workaround, sentence_around
from nlp.signals import SignalKind

RECURRING = 3
"""An exception is a rule's doing when it was granted to so many distinct customers."""


@dataclass(frozen=True, slots=True)
class Paid:
    """The bill of one theme. ``people_told``: mean number of people a customer told the story to, hand-offs included.

    ``came_back``: customers with more than one note. ``refunds`` and ``credits`` by currency, ``minutes`` of handling of
    its notes. Each of the tuples holds the ids of the notes behind the figure.
    """

    theme_id: int
    name: str
    customers: int
    came_back: int
    people_told: float
    minutes: float
    refunds: Mapping[str, float]
    credits: Mapping[str, float]
    handoffs: tuple[str, ...]
    compensations: tuple[str, ...]
    exceptions: tuple[str, ...]
    workarounds: tuple[str, ...]
    disclaimers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleToRemove:
    """A theme for which care keeps making exceptions: how often, for how many customers, and what they cost together."""

    theme_id: int
    name: str
    exceptions: tuple[str, ...]
    customers: int
    cost: Mapping[str, float]


@dataclass(slots=True)
class _Note:
    id: str
    customer: str
    agent: str
    minutes: float
    refund: float
    credit: float
    currency: str
    handoffs: int = 0
    marks: set[str] = field(default_factory=set)


def paid(store: Store, theme_id: int) -> Paid | None:
    """Return the bill of one theme; None when it has no notes, or none that may be shown to who reads.

    Raises StoreError.
    """
    with store.connect() as connection:
        found = next(iter(_bills(connection, theme_id)), None)
    return found if found is not None and not fewer_than(store, found.customers) else None


def bills(store: Store) -> tuple[Paid, ...]:
    """Return the bill of every standing theme, by id. Raises StoreError."""
    with store.connect() as connection:
        return tuple(_bills(connection, None))


def rules_to_remove(store: Store) -> tuple[RuleToRemove, ...]:
    """Return themes for which exceptions recur, the most customers first. Raises StoreError."""
    found = []
    with store.connect() as connection:
        notes = {one: note for one, note in _read(connection, _compensated()).items() if "exception" in note.marks}
        for (theme, name), ids in _behind(connection, None):
            granted = [notes[one] for one in sorted(ids & notes.keys())]
            customers = len({note.customer for note in granted})
            if customers >= max(RECURRING, store.least_customers):
                cost = _sums(granted, "refund")
                for currency, amount in _sums(granted, "credit").items():
                    cost[currency] = round(cost.get(currency, 0.0) + amount, 2)
                found.append(RuleToRemove(theme, name, tuple(note.id for note in granted), customers, cost))
    return tuple(sorted(found, key=lambda one: (-one.customers, one.theme_id)))


def _bills(connection: Connection, only: int | None) -> list[Paid]:
    known = _read(connection, _carrying(only))
    return [_bill(*theme, [known[one] for one in sorted(ids)]) for theme, ids in _behind(connection, only)]


def _behind(connection: Connection, only: int | None) -> list[tuple[tuple[int, str], set[str]]]:
    """Each standing theme, by id and name, with the notes behind it."""
    behind: dict[tuple[int, str], set[str]] = defaultdict(set)
    wanted = (
        select(SignalRow.theme_id, ThemeRow.name, SignalRow.feedback_id)
        .join(ThemeRow, ThemeRow.id == SignalRow.theme_id)
        .where(ThemeRow.status.in_(STANDING), is_evidence())
        .distinct()
    )
    if only is not None:
        wanted = wanted.where(SignalRow.theme_id == only)
    for theme, name, note in connection.execute(wanted):
        behind[theme or 0, name].add(note)
    return sorted(behind.items())


def _carrying(only: int | None) -> Select[str]:
    """The notes that carry a theme, or one theme."""
    carrying = select(SignalRow.feedback_id).where(SignalRow.theme_id.is_not(None), is_evidence())
    return carrying if only is None else carrying.where(SignalRow.theme_id == only)


def _compensated() -> Select[str]:
    """The notes in which something was given back."""
    return select(SignalRow.feedback_id).where(SignalRow.kind == SignalKind.COMPENSATION.value)


def _bill(theme_id: int, name: str, notes: Sequence[_Note]) -> Paid:
    visits = Counter(note.customer for note in notes)
    told: dict[str, int] = {}
    for customer in visits:
        own = [note for note in notes if note.customer == customer]
        agents = len({note.agent or note.id for note in own})
        told[customer] = agents + sum(note.handoffs for note in own)
    return Paid(
        theme_id,
        name,
        len(visits),
        sum(count > 1 for count in visits.values()),
        round(sum(told.values()) / len(told), 2),
        round(sum(note.minutes for note in notes), 1),
        _sums(notes, "refund"),
        _sums(notes, "credit"),
        *(tuple(note.id for note in notes if mark in note.marks) for mark in _MARKS),
    )


_MARKS = ("handoff", "compensation", "exception", "workaround", "disclaimer")


def _sums(notes: Sequence[_Note], what: str) -> dict[str, float]:
    sums: dict[str, float] = {}
    for note in notes:
        amount = note.refund if what == "refund" else note.credit
        if amount:
            sums[note.currency] = round(sums.get(note.currency, 0.0) + amount, 2)
    return sums


def _read(connection: Connection, carrying: Select[str]) -> dict[str, _Note]:
    """Read notes, and what their words say beside the rules."""
    row = FeedbackRow
    wanted = select(
        row.id, row.customer_key, row.agent_key, row.handle_minutes, row.refund, row.credit, row.currency
    ).where(row.id.in_(carrying))
    notes = {
        note: _Note(note, customer or note, agent, minutes or 0.0, refund or 0.0, credit or 0.0, currency)
        for note, customer, agent, minutes, refund, credit, currency in connection.execute(wanted)
    }
    texts: dict[tuple[str, int], str] = {}
    segments = select(SegmentRow.feedback_id, SegmentRow.position, SegmentRow.text).where(
        SegmentRow.feedback_id.in_(carrying)
    )
    for note, position, text in connection.execute(segments):
        texts[note, position] = text
        if is_workaround(text):
            notes[note].marks.add("workaround")
        if is_disclaimer(text):
            notes[note].marks.add("disclaimer")
    given = (SignalKind.COMPENSATION.value, SignalKind.HANDOFF.value)
    signals = select(SignalRow.feedback_id, SignalRow.segment, SignalRow.kind, SignalRow.start, SignalRow.end).where(
        SignalRow.feedback_id.in_(carrying), SignalRow.kind.in_(given)
    )
    for note, segment, kind, start, end in connection.execute(signals):
        notes[note].marks.add(kind)
        if kind == SignalKind.HANDOFF.value:
            notes[note].handoffs += 1
        elif is_exception(sentence_around(texts.get((note, segment), ""), start, end)):
            notes[note].marks.add("exception")
    return notes
