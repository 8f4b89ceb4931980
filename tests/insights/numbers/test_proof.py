"""Protects proof: the effect of a fix against themes left alone, refused while too young, kept with quotes that can be erased."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select

from insights.listening import answers
from insights.listening.ledger import AnswerKind
from insights.numbers import pitch, proof
from insights.numbers.effects import effect
from insights.numbers.pitch import Audience
from insights.numbers.proof import ProofError
from insights.store import Store
from insights.tables import ProofQuoteRow
from insights.trust import people
from insights.trust.people import NotAllowed, Role
from insights.trust.removal import remove_notes
from tests.insights.notes import NOW
from tests.insights.numbers.planted_weeks import MONDAY, put, themes, weekly

CHANGED = MONDAY - timedelta(weeks=6, days=-2)
BEFORE, AFTER = [20, 22, 18, 21, 19, 20, 22, 18, 20, 21, 19, 20], [15, 8, 7, 9, 8, 10]


def shipped(store: Store) -> int:
    ids = themes(store, ["lock", "bill", "map"])
    counts = {"lock": BEFORE + AFTER, "bill": [15, 16, 14] * 6, "map": [25, 24, 26] * 6}
    put(store, weekly(counts, others=40), ids)
    by = people.local(store, at=NOW)
    number = answers.answer(
        store, ids["lock"], AnswerKind.ACCEPTED, "It hurts many riders", by=by, at=CHANGED - timedelta(days=9),
        change="The lock *opens* by itself", due=CHANGED.date(),
    )  # fmt: skip
    answers.ship(store, number, "the lock opens by itself", by=by, at=CHANGED)
    return ids["lock"]


def test_the_ratio_is_that_of_the_theme_over_that_of_its_controls() -> None:
    theme, controls = np.array([20.0] * 12 + [10.0] * 6), np.array([40.0] * 12 + [60.0] * 6)
    found = effect(theme, controls, np.arange(18) >= 12)
    assert found is not None
    assert found.ratio == pytest.approx(10 / 20 / (60 / 40))
    assert found.low < found.ratio < found.high < 1
    assert found.saved == pytest.approx(60 / (1 / 3) - 60)
    assert effect(theme[:13], controls[:13], np.arange(13) >= 12) is None


def test_themes_that_parted_before_the_change_put_it_in_doubt() -> None:
    falling = np.r_[np.linspace(60, 20, 12).round(), np.full(6, 15.0)]
    found = effect(falling, np.full(18, 100.0), np.arange(18) >= 12)
    assert found is not None
    assert found.parallel < 0.01


def test_a_case_is_kept_with_its_figures_and_found_by_its_words(store: Store) -> None:
    lock = shipped(store)
    by = people.local(store, at=NOW)
    made = proof.prove(store, lock, by=by, at=NOW)
    (case,) = proof.cases(store, "LOCK opens")
    assert proof.cases(store, "bicycle") == ()
    assert (case.id, case.changed_on, case.weeks_after, case.weeks[-5:]) == (made, CHANGED.date(), 5, (8, 7, 9, 8, 10))
    assert case.weeks[:12] == tuple(BEFORE)
    assert case.effect.high < 1
    assert 0.3 < case.effect.ratio < 0.6
    assert len(case.controls) == 2
    assert len(case.quotes) == 5
    for audience in Audience:
        told = pitch.page(case, audience)
        assert told.count("\n> — ") == 5
        assert r"The lock \*opens\* by itself" in told
        assert pitch.verdict(case.effect) in told
    erased = _quoted(store)[:2]
    with store.begin() as connection:
        remove_notes(connection, erased)
    (left,) = proof.cases(store)
    assert (len(left.quotes), left.quoted) == (3, 5)
    assert "2 quotes were erased since" in pitch.page(left, Audience.FINANCE)


def test_too_young_not_shipped_and_not_allowed_are_refused(store: Store) -> None:
    lock = shipped(store)
    by = people.local(store, at=NOW)
    with pytest.raises(ProofError, match="too young"):
        proof.prove(store, lock, by=by, at=CHANGED + timedelta(weeks=2))
    with pytest.raises(ProofError, match="no accepted answer"):
        proof.prove(store, lock + 1, by=by, at=NOW)
    agent = people.add(store, "Ada", "", Role.AGENT, by=by, at=NOW)
    with pytest.raises(NotAllowed):
        proof.prove(store, lock, by=agent, at=NOW)
    assert proof.cases(store) == ()


def _quoted(store: Store) -> list[str]:
    with store.connect() as connection:
        return list(connection.execute(select(ProofQuoteRow.feedback_id).order_by(ProofQuoteRow.position)).scalars())
