"""Protects the digest: what changed and nothing else, decisions of reviews too, and never more than two minutes to read."""

from __future__ import annotations

import re
from datetime import timedelta

from insights.listening import answers, asking, digest
from insights.listening.ledger import AnswerKind
from insights.review import reviewing, reviews
from insights.review.reviewing import Choice
from insights.review.reviews import Verdict
from insights.store import Store
from insights.trust.people import Role
from tests.insights.loop import AGENTS, found, told
from tests.insights.notes import NOW

LONG = " ".join(["because", *(["every rider has said so for months"] * 11)])
"""Some eighty words, as long as a reason may be."""


def test_a_digest_is_read_in_two_minutes_however_much_was_said(store: Store) -> None:
    company = found(store)
    lead = company.lead("Payments")
    themes = [
        told(store, f"number {number} {LONG}"[:150], AGENTS, tag=f"t{number}", at=NOW - timedelta(days=3))
        for number in range(9)
    ]
    asked = asking.ask_due(store, NOW - timedelta(days=2))
    assert len(asked) == 9
    reviewing.open_week(store, by=lead, at=NOW - timedelta(days=1))
    review = reviews.review(store, None, NOW.date())
    assert review is not None
    for item in review.items[:4]:
        reviewing.decide(store, item.id, Choice(Verdict.DECLINE, LONG), by=lead, at=NOW - timedelta(days=1))
    for theme in themes:
        answers.answer(store, theme, AnswerKind.DECLINED, LONG, by=lead, at=NOW)
    for role in digest.READERS:
        made = digest.digest(store, role, NOW)
        text, page = digest.markdown(made, "https://earshot.example.com"), digest.html(made)
        words = re.sub(r"\(http[^)]*\)", "", text).split()
        assert len(words) <= 480, (role, len(words))
        assert len(re.sub(r"<[^>]+>", " ", page).split()) <= 480, role
        for part in made.parts:
            assert len(part.lines) >= 2
        left_out = [part.more for part in made.parts]
        assert left_out
        assert all(f"and {more} more" in text for more in left_out if more), role
    assert max(part.more for part in digest.digest(store, Role.AGENT, NOW).parts) >= 3
    agents = digest.markdown(digest.digest(store, Role.AGENT, NOW))
    assert "## Decided in the weekly review" in agents
    assert "decline. “because every rider" in agents
    digest.sent(store, digest.digest(store, Role.AGENT, NOW))
    assert digest.digest(store, Role.AGENT, NOW + timedelta(days=1)).parts == ()
