"""Protects the say: one vote each, only of those whose notes are behind it, and no way back from a vote to a name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import text

from insights.delivery import outbox
from insights.listening import answers, asking, heard, say
from insights.listening.free_words import TooTelling, harmless
from insights.listening.ledger import AnswerKind
from insights.listening.say import Say, SayError
from insights.store import Store
from insights.trust import audit
from insights.trust.people import NotAllowed
from nlp.redaction import people
from tests.insights.loop import KEY, Company, found, told
from tests.insights.notes import NOW

AGENTS = tuple(f"Agent {letter}" for letter in "ABCDEFG")


@pytest.fixture
def answered(store: Store) -> tuple[Company, int]:
    """A company where Payments answered a theme that six of seven agents wrote of."""
    company = found(store, AGENTS)
    theme = told(store, "charged twice", AGENTS[:6])
    asking.ask_due(store, NOW)
    answer = answers.answer(
        store, theme, AnswerKind.DECLINED, "It is too dear to mend", by=company.lead("Payments"), at=NOW
    )
    return company, answer


def vote(company: Company, answer: int, name: str, fits: int, words: str = "", days: int = 1) -> None:
    at = NOW + timedelta(days=days)
    say.cast(company.store, answer, fits, by=company.people[name], key=KEY, at=at, words=words)


def test_a_vote_is_shown_from_three_raters_on_and_moves_on_by_three(answered: tuple[Company, int]) -> None:
    company, answer = answered
    seen = []
    for number, name in enumerate(AGENTS[:6]):
        vote(company, answer, name, number % 5 + 1, words=f"words {number}")
        seen.append((say.on(company.store, answer).raters, say.on(company.store, answer).mean))
    assert seen == [(0, None), (0, None), (3, 2.0), (3, 2.0), (3, 2.0), (6, 16 / 6)] or seen[-1][1] == 2.6667
    assert len(say.on(company.store, answer).words) == 6
    payments = heard.listening(company.store, NOW)[1]
    assert payments.say.raters == 6


def test_voting_again_changes_the_vote_and_never_adds_one(answered: tuple[Company, int]) -> None:
    company, answer = answered
    for fits in (1, 2, 5):
        vote(company, answer, AGENTS[0], fits)
    assert say.mine(company.store, answer, by=company.people[AGENTS[0]], key=KEY) == (5, "")
    assert say.on(company.store, answer) == Say(0, None)
    vote(company, answer, AGENTS[1], 5)
    vote(company, answer, AGENTS[2], 2)
    assert say.on(company.store, answer) == Say(3, 4.0)


def test_no_two_figures_differ_by_fewer_than_three_voters(answered: tuple[Company, int]) -> None:
    """Neither a fourth vote nor one that is changed moves what is shown: else the difference would be that vote."""
    company, answer = answered
    for name, fits in zip(AGENTS[:3], (1, 3, 5), strict=True):
        vote(company, answer, name, fits)
    first = say.on(company.store, answer)
    assert first == Say(3, 3.0)
    for name, fits in ((AGENTS[3], 5), (AGENTS[0], 5), (AGENTS[4], 1), (AGENTS[0], 2)):
        vote(company, answer, name, fits, words="because")
        assert say.on(company.store, answer) == first
        assert heard.listening(company.store, NOW)[1].say == first
    say.close_due(company.store, NOW + timedelta(days=14))
    assert say.on(company.store, answer) == first, "nor does closing: the last one or two votes stay unshown"


def test_only_contributors_vote_and_only_while_the_box_is_open(answered: tuple[Company, int]) -> None:
    company, answer = answered
    for name in (AGENTS[6], "Payments lead", "Admin"):
        with pytest.raises(NotAllowed, match="notes stand behind"):
            vote(company, answer, name, 5)
        assert not say.open_to(company.store, answer, company.people[name], NOW)
    for fits in (0, 6):
        with pytest.raises(SayError):
            vote(company, answer, AGENTS[0], fits)
    with pytest.raises(SayError, match="no answer"):
        vote(company, answer - 1, AGENTS[0], 3)
    with pytest.raises(SayError, match="ended"):
        vote(company, answer, AGENTS[0], 3, days=14)
    vote(company, answer, AGENTS[0], 3, days=13)
    assert say.close_due(company.store, NOW + timedelta(days=14)) == 1
    with pytest.raises(SayError, match="ended"):
        vote(company, answer, AGENTS[0], 4, days=13)


def test_nothing_in_the_database_leads_from_a_vote_to_a_name(answered: tuple[Company, int]) -> None:
    """Neither a name, a key of an agent nor a moment lies beside a vote; other keys find nobody; nor does ours, once closed."""
    company, answer = answered
    before = [event.id for event in outbox.waiting(company.store, 10_000)]
    entries = audit.check(company.store).entries
    for name in AGENTS[:3]:
        vote(company, answer, name, 4)
    with company.store.connect() as connection:
        rows = connection.execute(text("SELECT * FROM ballot")).mappings().all()
    assert {frozenset(row) for row in rows} == {frozenset({"ballot", "answer", "fits", "words"})}
    assert len({row["ballot"] for row in rows}) == 3
    assert [event.id for event in outbox.waiting(company.store, 10_000)] == before
    assert audit.check(company.store).entries == entries
    for name in AGENTS[:3]:
        person = company.people[name]
        assert say.mine(company.store, answer, by=person, key=b"somebody else's key") is None
        assert say.mine(company.store, answer, by=person, key=KEY) == (4, "")
    say.close_due(company.store, NOW, [answer])
    assert all(say.mine(company.store, answer, by=company.people[name], key=KEY) is None for name in AGENTS[:3])
    assert say.on(company.store, answer) == Say(3, 4.0)


@given(some.lists(some.integers(1, 5), min_size=1, max_size=40))
def test_a_team_is_shown_the_mean_of_all_votes_from_three_on(votes: list[int]) -> None:
    parts = [votes[start : start + 4] for start in range(0, len(votes), 4)]
    team = say.together(Say(len(part), sum(part) / len(part)) for part in parts)
    if len(votes) < say.RATERS:
        assert team == say.NOTHING
    else:
        assert team.mean == pytest.approx(sum(votes) / len(votes))


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("mail jan@example.com about it", "mail [EMAIL] about it"),
        ("call 06 12345678 first", "call [PHONE] first"),
        ("account 1234567890 was charged", "account [REF] was charged"),
        ("Mrs. Bakker waits since May", "Mrs. [NAME-1] waits since May"),
        ("NL91ABNA0417164300", "[IBAN]"),
        ("  fits\n 39 euro\0 ", "fits 39 euro"),
        ("two months in winter, for 15000 riders", "two months in winter, for 15000 riders"),
        ("", ""),
    ],
)
def test_personal_data_is_taken_out_of_what_people_write(words: str, kept: str) -> None:
    assert harmless(words) == kept
    assert harmless(kept) == kept


@pytest.mark.parametrize("words", ["see https://x.org/help", "it reads 12 34 56 on the bill", "x" * 301])
def test_words_that_may_still_lead_to_a_customer_are_refused(words: str) -> None:
    with pytest.raises(TooTelling, match=r"leave out|under 300"):
        harmless(words)


def test_redacting_free_words_needs_no_language_model() -> None:
    """The board holds none. Seen to fail when the words are given as English."""
    before = people._model.cache_info()
    harmless("Mrs. Bakker and Anouk van Dijk wait, ask Jan Jansen")
    assert people._model.cache_info() == before
