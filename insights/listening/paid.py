"""What customers paid for a theme beside the price: hand-offs, people told, repeats, workarounds, and what care gave back.

Counted from notes that carry the theme. Exceptions that recur are candidates for a rule to remove, with what each costs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, Select, select, text

from insights.counting.evidence import is_evidence
from insights.store import Store
from insights.tables import FeedbackRow, SegmentRow, SignalRow, ThemeRow
from insights.tables.heard import GIVEN
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
        standing = select(ThemeRow.name).where(ThemeRow.id == theme_id, ThemeRow.status.in_(STANDING))
        name = connection.execute(standing).scalar_one_or_none()
        known = _read(connection, _carrying(theme_id)) if name is not None else {}
    if name is None or not known:
        return None
    found = _bill(theme_id, name, [known[one] for one in sorted(known)])
    return None if fewer_than(store, found.customers) else found


def rules_to_remove(store: Store) -> tuple[RuleToRemove, ...]:
    """Return themes for which exceptions recur, the most customers first. Raises StoreError."""
    found = []
    with store.connect() as connection:
        notes = {one: note for one, note in _read(connection, _compensated()).items() if "exception" in note.marks}
        for (theme, name), ids in _behind(connection, _compensated()):
            granted = [notes[one] for one in sorted(ids & notes.keys())]
            customers = len({note.customer for note in granted})
            if customers >= max(RECURRING, store.least_customers):
                cost = _sums(granted, "refund")
                for currency, amount in _sums(granted, "credit").items():
                    cost[currency] = round(cost.get(currency, 0.0) + amount, 2)
                found.append(RuleToRemove(theme, name, tuple(note.id for note in granted), customers, cost))
    return tuple(sorted(found, key=lambda one: (-one.customers, one.theme_id)))


def _behind(connection: Connection, notes: Select[str]) -> list[tuple[tuple[int, str], set[str]]]:
    """Each standing theme that some notes carry, by id and name, with those of the notes."""
    behind: dict[tuple[int, str], set[str]] = defaultdict(set)
    wanted = (
        select(SignalRow.theme_id, ThemeRow.name, SignalRow.feedback_id)
        .join(ThemeRow, ThemeRow.id == SignalRow.theme_id)
        .where(SignalRow.feedback_id.in_(notes), ThemeRow.status.in_(STANDING), is_evidence())
        .distinct()
    )
    for theme, name, note in connection.execute(wanted):
        behind[theme or 0, name].add(note)
    return sorted(behind.items())


def _carrying(theme_id: int) -> Select[str]:
    """The notes that carry a theme."""
    return select(SignalRow.feedback_id).where(SignalRow.theme_id == theme_id, is_evidence())


def _compensated() -> Select[str]:
    """The notes in which something was given back."""
    return select(SignalRow.feedback_id).where(text(GIVEN), SignalRow.kind == SignalKind.COMPENSATION.value)


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
    for note, position, words in connection.execute(segments):
        texts[note, position] = words
        if is_workaround(words):
            notes[note].marks.add("workaround")
        if is_disclaimer(words):
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
