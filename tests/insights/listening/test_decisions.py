"""Protects what reviews decide: it stands in the ledger, reaches every author once, and counts in the litmus test."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from insights.delivery import outbox
from insights.listening import answers, asking, echo, ledger, litmus, questions
from insights.listening.cases import cases
from insights.listening.echo_words import sentence
from insights.listening.ledger import AnswerKind, Event
from insights.listening.litmus import Figure
from insights.review import reviewing, reviews
from insights.review.reviewing import Choice, ReviewError
from insights.review.reviews import Review, Verdict
from insights.store import Store
from insights.trust.people import NotAllowed
from tests.insights.loop import AGENTS, Company, found, told
from tests.insights.notes import NOW

SOON = NOW.date() + timedelta(days=12)


@pytest.fixture
def company(store: Store) -> Company:
    made = found(store)
    for name in ("charged twice", "no invoice"):
        told(store, name, AGENTS, at=NOW - timedelta(days=3))
    reviewing.open_week(store, by=made.lead("Payments"), at=NOW)
    return made


def held(company: Company) -> Review:
    review = reviews.review(company.store, None, NOW.date())
    assert review is not None
    return review


def decide(company: Company, choice: Choice, item: int = 0) -> int:
    """Decide on an item of the agenda; return its theme."""
    chosen = held(company).items[item]
    reviewing.decide(company.store, chosen.id, choice, by=company.lead("Payments"), at=NOW)
    return chosen.theme_id


def figure(company: Company, name: str) -> Figure:
    return next(one for one in litmus.litmus(company.store, NOW + timedelta(hours=1)).now if one.name.startswith(name))


def test_a_decision_leads_from_the_ledger_to_the_review_and_to_the_authors(company: Company) -> None:
    store = company.store
    theme = decide(company, Choice(Verdict.ACT, "It hurts many, call 06 12345678", "Riding", SOON))
    (entry,) = ledger.of_theme(store, theme)
    assert (entry.event, entry.answer, entry.who, entry.due) == (Event.DECIDED, "act", "Payments lead", SOON)
    assert entry.reason == "It hurts many, call [PHONE]"
    review = held(company)
    (item,) = [one for one in review.items if one.theme_id == theme]
    assert item.decision is not None
    links = {name: entry.facts[name] for name in ("review", "week", "item", "decision", "owner")}
    assert links == {
        "review": review.id, "week": review.week.isoformat(), "item": item.id, "decision": item.decision.id, "owner": "Riding",
    }  # fmt: skip
    for name in AGENTS:
        (heard,) = echo.of_person(store, company.people[name])
        assert sentence(heard, NOW.date()) == (
            f"Your note: the weekly review decided to act by Riding, until {SOON.day} {SOON:%B}."
        )
        assert heard.about is None, "a review's decision has no ballot"
    types = [event.type for event in outbox.waiting(store, 10_000)]
    assert types.count("echo.act") == len(AGENTS)
    assert echo.missing(store) == echo.catch_up(store, NOW) == 0
    assert ledger.check(store).whole
    assert cases(store) == (), "nobody was asked, so nothing counts for or against a team"


def test_what_a_review_only_saw_or_carried_over_is_told_to_nobody(company: Company) -> None:
    decide(company, Choice(Verdict.CARRY))
    assert ledger.check(company.store).entries == 0
    with pytest.raises(ReviewError):
        decide(company, Choice(Verdict.DECLINE, ""), 1)
    item, choice = held(company).items[1], Choice(Verdict.DECLINE, "too dear")
    with pytest.raises(NotAllowed):
        reviewing.decide(company.store, item.id, choice, by=company.people["Ada"], at=NOW)
    assert ledger.check(company.store).entries == 0


def test_an_author_who_comes_late_hears_of_the_answer_and_of_the_review(company: Company) -> None:
    store, lead = company.store, company.lead("Payments")
    asking.ask_due(store, NOW)
    theme = held(company).items[0].theme_id
    answers.answer(store, theme, AnswerKind.DECLINED, "It is too dear to mend", by=lead, at=NOW)
    decide(company, Choice(Verdict.TRY, "We try it with ten riders", "Payments", SOON))
    assert cases(store)[0].state(NOW.date()).value == "declined", "the team's answer stands beside the decision"
    told(store, "charged twice", ["Eve"], theme=theme, tag="late")
    assert echo.missing(store) == 2
    assert echo.catch_up(store, NOW) == 2
    assert echo.missing(store) == echo.catch_up(store, NOW) == 0


def test_decisions_count_once_an_item_and_care_is_in_them_when_it_was_heard_before(company: Company) -> None:
    store, lead = company.store, company.lead("Payments")
    theme = decide(company, Choice(Verdict.DECLINE, "It is too dear"))
    decide(company, Choice(Verdict.WAIT, "We do not know enough", due=SOON))
    traced, voice = figure(company, "Decisions that care"), figure(company, "Review decisions with")
    assert (traced.part, traced.whole, traced.rows) == (1, 1, (theme,))
    assert (voice.part, voice.whole) == (0, 1)
    other = held(company).items[1].theme_id
    asked = questions.ask(store, other, "Which invoice is it?", by=lead, at=NOW)
    told(store, "no invoice", ["Ada"], theme=other, tag="next", at=NOW + timedelta(seconds=1))
    questions.answer(store, asked, "the one of May", by=company.people["Ada"], at=NOW)
    decide(company, Choice(Verdict.ACT, "We send it again", "Payments", date(2030, 1, 1)), 1)
    voice = figure(company, "Review decisions with")
    assert (voice.part, voice.whole, voice.counting, voice.rows[0]) == (1, 2, 1, other)
    reached = figure(company, "Agents whose")
    assert (reached.part, reached.whole) == (len(AGENTS), len(AGENTS))
