"""Protects the ledger: entries follow one another, nobody changes one unseen, and what they add up to is told truly."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from insights.listening import ledger
from insights.listening.cases import Promise, State, fold
from insights.listening.ledger import AnswerKind, Entry, Event
from insights.store import Store
from tests.insights.notes import NOW
from tests.insights.tampering import without_triggers

DAY = NOW.date()


def asked(store: Store, theme: int = 1, days: int = 7) -> int:
    with ledger.writing(store) as connection:
        return ledger.add(connection, Entry(Event.ASKED, theme, 1, "machine", NOW, due=DAY + timedelta(days=days)))


def test_entries_are_numbered_chained_and_read_back_as_written(store: Store) -> None:
    entry = Entry(
        Event.ANSWERED, 7, 2, "Mira", NOW, AnswerKind.ACCEPTED.value, "it hurts many", DAY, "a new button", "giving", 1,
        {"supersedes": None, "n": 0.5},
    )  # fmt: skip
    with ledger.writing(store) as connection:
        ledger.add(connection, entry)
    asked(store)
    (first, second) = ledger.of_theme(store, 7)[0], ledger.of_theme(store, 1)[0]
    assert (first.reason, first.due, first.facts, first.number) == (entry.reason, DAY, entry.facts, 1)
    assert second.number == 2
    verdict = ledger.check(store)
    assert (verdict.entries, verdict.head, verdict.whole) == (2, second.hash, True)
    assert ledger.check(store, first.hash).whole


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE ledger SET reason = 'another' WHERE number = 2", 2),
        ("UPDATE ledger SET due = '2030-01-01' WHERE number = 3", 3),
        ("UPDATE ledger SET team_id = 9 WHERE number = 4", 4),
        ("UPDATE ledger SET at = '2026-09-30 11:00:00' WHERE number = 1", 1),
        ("UPDATE ledger SET facts = '{}' WHERE number = 2", 2),
        ("DELETE FROM ledger WHERE number = 2", 3),
    ],
)
def test_tampering_behind_the_triggers_back_is_found_and_the_row_named(store: Store, change: str, named: int) -> None:
    for theme in range(1, 5):
        with ledger.writing(store) as connection:
            entry = Entry(Event.ASKED, theme, 1, "machine", NOW, due=DAY, facts={"customers": theme})
            ledger.add(connection, entry)
    without_triggers(store, "ledger", change)
    found = ledger.check(store).tampered
    assert found is not None
    assert (found.number, found.theme_id, found.who) == (named, named, "machine")


def _answer(number: int, about: int, kind: AnswerKind, day: date, due: date | None = None) -> Entry:
    at = NOW + (day - DAY)
    return Entry(Event.ANSWERED, 1, 1, "Mira", at, kind.value, "because it is so", due, about=about, number=number)


ASK = Entry(Event.ASKED, 1, 1, "machine", NOW, due=DAY + timedelta(days=7), number=1)


def test_an_ask_is_open_then_overdue_and_an_answer_ends_that() -> None:
    (ask,) = fold([ASK])
    assert ask.state(DAY + timedelta(days=7)) is State.OPEN
    assert ask.state(DAY + timedelta(days=8)) is State.OVERDUE
    (late,) = fold([ASK, _answer(2, 1, AnswerKind.DECLINED, DAY + timedelta(days=9))])
    assert (late.state(DAY + timedelta(days=30)), late.heard_in_time) == (State.DECLINED, False)


def test_needing_evidence_is_an_answer_until_the_day_one_looks_again() -> None:
    again = DAY + timedelta(days=20)
    (ask,) = fold([ASK, _answer(2, 1, AnswerKind.NEED_EVIDENCE, DAY, again)])
    assert ask.heard_in_time
    assert ask.state(again) is State.NEED_EVIDENCE
    assert ask.state(again + timedelta(days=1)) is State.OVERDUE


@pytest.mark.parametrize(
    ("shipped_after", "second_after", "today_after", "became"),
    [
        (None, None, 5, Promise.OPEN),
        (None, None, 11, Promise.BROKEN),
        (10, None, 30, Promise.KEPT),
        (12, None, 30, Promise.LATE),
        (None, 9, 30, Promise.MOVED),
        (None, 11, 30, Promise.BROKEN),
    ],
)
def test_a_promise_is_kept_late_broken_or_moved(
    shipped_after: int | None, second_after: int | None, today_after: int, became: Promise
) -> None:
    rows = [ASK, _answer(2, 1, AnswerKind.ACCEPTED, DAY, DAY + timedelta(days=10))]
    if shipped_after is not None:
        rows.append(Entry(Event.SHIPPED, 1, 1, "Mira", NOW + timedelta(days=shipped_after), about=2, number=3))
    if second_after is not None:
        later = DAY + timedelta(days=second_after)
        rows.append(_answer(3, 1, AnswerKind.ACCEPTED, later, DAY + timedelta(days=60)))
    (ask,) = fold(rows)
    assert ask.answers[0].promise(DAY + timedelta(days=today_after)) is became
