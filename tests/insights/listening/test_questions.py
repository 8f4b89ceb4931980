"""Protects clarifying questions: the next matching conversation gets each, and no wrong one."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import chain

import pytest

from insights.delivery.writer import Home, write
from insights.listening import ledger, questions
from insights.listening.ledger import Event
from insights.listening.questions import QuestionError, State
from insights.store import Store
from insights.themes import curation
from insights.themes.curation import Decision
from insights.trust.people import NotAllowed
from nlp.signals import Attribution
from tests.insights.loop import found, key_of, told
from tests.insights.notes import NOW, analysis, feedback, signal


def store_notes(store: Store, prefix: str, themes: list[int | None], *, by_agent: bool = False) -> list[str]:
    """Store one batch, a note for each theme in the order they happened; return their ids."""
    said = Attribution.AGENT if by_agent else Attribution.CUSTOMER
    batch = [
        analysis(
            feedback(f"{prefix}-{n}", "it hurts", agent_key=key_of("Ada"), occurred_at=NOW + timedelta(seconds=n)),
            [signal("it hurts", attribution=said)],
        )
        for n in range(len(themes))
    ]  # fmt: skip
    write(store, batch, [[Home(theme, 0.9)] for theme in themes], received_at=NOW + timedelta(hours=1))
    return [one.feedback.id for one in batch]


def test_in_a_stream_of_ten_thousand_the_next_matching_note_gets_the_question_and_no_other(store: Store) -> None:
    company = found(store)
    asked, other = (told(store, name, ["Ada"] * 3) for name in ("charged twice", "no invoice"))
    question = questions.ask(
        store, asked, "Which card was it?", by=company.lead("Payments"), at=NOW, choices=["Visa", "Other"]
    )
    draw = random.Random(7)
    first = draw.randrange(4_000, 6_000)
    given: list[str] = []
    ids: list[str] = []
    for start in range(0, 10_000, 1_000):
        themes: list[int | None] = [draw.choice((other, None)) for _ in range(1_000)]
        for place in range(1_000):
            if start + place == first or (start + place > first and draw.random() < 0.05):
                themes[place] = asked
        ids += store_notes(store, f"n{start}", themes)
        if (waiting := questions.of_theme(store, asked)[0].feedback_id) is not None:
            given.append(waiting)
    assert set(given) == {ids[first]}
    holding = [note for note in ids[first - 200 : first + 200] if questions.waiting_for(store, note) is not None]
    assert holding == [ids[first]]
    found_one = questions.waiting_for(store, ids[first])
    assert found_one is not None
    assert (found_one.id, found_one.choices, found_one.state) == (question, ("Visa", "Other"), State.GIVEN)


def test_the_answer_is_evidence_and_the_question_is_done(store: Store) -> None:
    company = found(store)
    theme = told(store, "charged twice", ["Ada"] * 3)
    question = questions.ask(store, theme, "Which card was it?", by=company.lead("Payments"), at=NOW)
    (note,) = store_notes(store, "next", [theme])
    viewer = replace(company.admin, id=99)
    with pytest.raises(NotAllowed):
        questions.answer(store, question, "a debit card", by=viewer, at=NOW)
    questions.answer(store, question, "a debit card", by=company.people["Ada"], at=NOW)
    assert questions.waiting_for(store, note) is None
    (one,) = questions.of_theme(store, theme)
    assert (one.state, one.answer) == (State.ANSWERED, "a debit card")
    (entry,) = ledger.of_theme(store, theme)
    assert (entry.event, entry.facts) == (Event.EVIDENCE, {"question": question, "note": note})
    assert "Ada" not in str(entry)
    with pytest.raises(QuestionError):
        questions.answer(store, question, "another", by=company.people["Ben"], at=NOW)


def test_a_wrong_or_forgotten_conversation_passes_the_question_on(store: Store) -> None:
    company = found(store)
    theme = told(store, "charged twice", ["Ada"] * 3)
    question = questions.ask(store, theme, "Which card was it?", by=company.lead("Payments"), at=NOW)
    first, second = (store_notes(store, tag, [theme])[0] for tag in ("one", "two"))
    questions.does_not_fit(store, question, by=company.people["Ada"], at=NOW)
    (third,) = store_notes(store, "three", [theme])
    assert [questions.waiting_for(store, note) is not None for note in (first, second, third)] == [False, False, True]
    assert questions.lapse(store, NOW + timedelta(days=3)) == 0
    assert questions.lapse(store, NOW + timedelta(days=3, hours=1)) == 1
    (fourth,) = store_notes(store, "four", [theme])
    assert questions.waiting_for(store, fourth) is not None
    questions.withdraw(store, question, by=company.lead("Payments"), at=NOW)
    assert questions.waiting_for(store, fourth) is None


def test_an_agents_guess_and_a_replay_get_nothing_and_a_merge_leads_on(store: Store) -> None:
    company = found(store)
    theme, target = (told(store, name, ["Ada"] * 3) for name in ("charged twice", "paid twice"))
    (before,) = store_notes(store, "old", [theme])
    questions.ask(store, theme, "Which card was it?", by=company.lead("Payments"), at=NOW)
    (guess,) = store_notes(store, "guess", [theme], by_agent=True)
    assert store_notes(store, "old", [theme]) == [before]
    assert [questions.waiting_for(store, note) for note in (before, guess)] == [None, None]
    curation.merge(store, theme, target, Decision("Mira", "the same", NOW))
    (after,) = store_notes(store, "after", [target])
    assert questions.waiting_for(store, after) is not None


def test_two_questions_go_to_two_conversations_and_two_workers_give_one_only_once(store: Store) -> None:
    company = found(store)
    theme = told(store, "charged twice", ["Ada"] * 3)
    asked = [
        questions.ask(store, theme, f"Question number {n}?", by=company.lead("Payments"), at=NOW) for n in range(2)
    ]
    with ThreadPoolExecutor(4) as threads:
        notes = list(chain.from_iterable(threads.map(lambda n: store_notes(store, f"w{n}", [theme]), range(8))))
    held = {note: one.id for note in notes if (one := questions.waiting_for(store, note))}
    assert sorted(held.values()) == asked
    assert len(held) == 2
