"""Protects what a list says of owners and answers: the team, the newest ask, and how late an answer or a promise is."""

from __future__ import annotations

from datetime import timedelta

from insights.board.owned import Owned, owned
from insights.listening import answers, asking
from insights.listening.cases import State
from insights.listening.ledger import AnswerKind
from insights.store import Store
from tests.insights.loop import found, told
from tests.insights.notes import NOW

DAY = timedelta(days=1)


def test_team_answer_and_lateness(store: Store) -> None:
    company = found(store)
    asks = told(store, "Charged twice", ["Ada", "Ben", "Cleo", "Dora", "Ada", "Ben"])
    small = told(store, "Wrong receipt", ["Ada"])
    nobodys = told(store, "Rude letter", ["Ada"], product="Letters")
    asking.ask_due(store, NOW)
    today = NOW.date()
    assert owned(store, [asks, small, nobodys], today) == {
        asks: Owned("Payments", State.OPEN, today + 7 * DAY),
        small: Owned("Payments"),
    }
    assert owned(store, [asks], today + 9 * DAY)[asks] == Owned("Payments", State.OVERDUE, today + 7 * DAY, 2)
    lead, due = company.lead("Payments"), today + 10 * DAY
    answers.answer(store, asks, AnswerKind.ACCEPTED, "It is wrong", by=lead, at=NOW, change="Charged once", due=due)
    assert owned(store, [asks], today)[asks] == Owned("Payments", State.ACCEPTED, due)
    assert owned(store, [asks], due + 3 * DAY)[asks] == Owned("Payments", State.ACCEPTED, due, 3)
    assert owned(store, [], today) == {}
