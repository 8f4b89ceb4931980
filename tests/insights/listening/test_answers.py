"""Protects the loop's heart: who is asked, who may answer, what the authors hear, and that nothing is heard twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import func, select, text

from insights.delivery import outbox
from insights.listening import answers, asking, echo, heard, ledger, ownership, teams
from insights.listening.answers import AnswerError
from insights.listening.cases import State, cases
from insights.listening.ledger import AnswerKind, Event, Value
from insights.listening.ownership import Offering, Part, Place, Rule, owner_by
from insights.listening.teams import TeamError
from insights.store import Store
from insights.tables import EchoRow
from insights.themes import curation
from insights.themes.curation import CurationError, Decision
from insights.trust.people import NotAllowed
from tests.insights.loop import found, told
from tests.insights.notes import NOW

DAY = NOW.date()
REASON = "It hurts many riders."


def test_the_closest_rule_wins_and_without_one_it_is_nobodys() -> None:
    rules = [
        Rule(1, 10, 0, "App", ""),
        Rule(2, 20, 0, "App", "policy"),
        Rule(3, 30, 7, "", ""),
        Rule(4, 40, 0, "", "policy"),
    ]
    assert owner_by(rules, Place(7, "App", "policy")) == 30
    assert owner_by(rules, Place(8, "App", "policy")) == 20
    assert owner_by(rules, Place(8, "App", "process")) == 10
    assert owner_by(rules, Place(8, "Bikes", "policy")) == 40
    assert owner_by(rules, Place(8, "Bikes", "")) is None


@given(
    some.permutations([Rule(n, n, 0, p, q) for n, (p, q) in enumerate([("A", ""), ("A", "policy"), ("", "policy")])])
)
def test_the_order_of_rules_does_not_matter(rules: list[Rule]) -> None:
    assert owner_by(rules, Place(1, "A", "policy")) == 1


def test_a_theme_past_its_owners_threshold_asks_once(store: Store) -> None:
    company = found(store)
    theme = told(store, "charged twice", ["Ada", "Ada", "Ben", "Cleo"])
    told(store, "too few", ["Ada", "Ben", "Cleo"])
    told(store, "nobody owns the scooter", ["Ada"] * 9, product="Scooter")
    assert len(asking.ask_due(store, NOW)) == 1
    assert asking.ask_due(store, NOW + timedelta(days=1)) == ()
    (ask,) = cases(store)
    assert (ask.theme_id, ask.team_id, ask.due) == (theme, company.teams["Payments"].id, DAY + timedelta(days=7))
    assert "4 customers" in ask.entry.reason


def test_severity_and_growth_ask_too(store: Store) -> None:
    found(store, terms=teams.Terms(ask_customers=100, answer_days=7))
    severe = told(store, "brakes fail", ["Ada"] * 3, severity=5)
    growing = told(store, "lock is stuck", ["Ben"] * 12, at=NOW - timedelta(days=10))
    told(store, "steady", ["Ben"] * 8, at=NOW - timedelta(days=70))
    asking.ask_due(store, NOW)
    assert {ask.theme_id for ask in cases(store)} == {severe, growing}


def test_nobodys_land_is_listed_ages_and_ends_when_somebody_takes_it(store: Store) -> None:
    company = found(store)
    old = told(store, "the scooter beeps", ["Ada"] * 5, product="Scooter", at=NOW - timedelta(days=60))
    new = told(store, "nobody answers the phone", ["Ada"] * 2, product="", at=NOW - timedelta(days=20))
    asking.ask_due(store, NOW)
    land = asking.nobodys_land(store, NOW, teams.Terms(ask_customers=4))
    assert [(one.weight.theme_id, one.would_ask) for one in land] == [(old, True), (new, False)]
    assert (NOW - land[0].since).days == 60
    ownership.own(store, company.teams["Riding"].id, by=company.admin, at=NOW, theme_id=old)
    assert [one.weight.theme_id for one in asking.nobodys_land(store, NOW)] == [new]
    asking.ask_due(store, NOW)
    assert [ask.team_id for ask in cases(store)] == [company.teams["Riding"].id]


def test_a_part_of_the_offering_moves_a_theme_and_its_open_ask_with_its_day(store: Store) -> None:
    company = found(store)
    theme = told(store, "no refund after 14 days", ["Ada"] * 4)
    asking.ask_due(store, NOW)
    riding = company.teams["Riding"].id
    ownership.own(store, riding, by=company.admin, at=NOW, product="Billing", part="policy")
    later = NOW + timedelta(days=3)
    offering = Offering(Part.POLICY, riding, company.teams["Payments"].id)
    ownership.classify(store, theme, offering, by=company.lead("Riding"), at=later)
    (ask,) = cases(store)
    assert (ask.team_id, ask.due) == (riding, DAY + timedelta(days=7))
    assert ownership.offering(store, theme) == offering
    with pytest.raises(NotAllowed, match="Riding"):
        answers.answer(store, theme, AnswerKind.DECLINED, REASON, by=company.lead("Payments"), at=later)
    with pytest.raises(TeamError, match="not both"):
        ownership.own(store, riding, by=company.admin, at=NOW, product="Billing", theme_id=theme)


def test_an_answer_needs_a_reason_a_change_and_a_day_and_the_right_person(store: Store) -> None:
    company = found(store)
    theme = told(store, "charged twice", ["Ada"] * 4)
    asking.ask_due(store, NOW)
    lead = company.lead("Payments")
    for kind, reason, fields in (
        (AnswerKind.DECLINED, "no", {}),
        (AnswerKind.ACCEPTED, REASON, {"change": "one charge only"}),
        (AnswerKind.ACCEPTED, REASON, {"due": DAY + timedelta(days=9)}),
        (AnswerKind.ACCEPTED, REASON, {"change": "one charge", "due": DAY - timedelta(days=1)}),
        (AnswerKind.NEED_EVIDENCE, REASON, {}),
        (AnswerKind.NEED_EVIDENCE, REASON, {"due": DAY + timedelta(days=91)}),
    ):
        with pytest.raises(AnswerError):
            answers.answer(store, theme, kind, reason, by=lead, at=NOW, **fields)  # type: ignore[arg-type]
    for who in ("Riding lead", "Ada"):
        with pytest.raises(NotAllowed):
            answers.answer(store, theme, AnswerKind.DECLINED, REASON, by=company.people[who], at=NOW)
    with pytest.raises(AnswerError, match="answer it first"):
        answers.close(store, theme, "we are done here", by=lead, at=NOW)
    assert ledger.check(store).entries == 1
    assert echo.of_person(store, company.people["Ada"]) == ()


def test_a_later_answer_stands_and_the_earlier_one_shows(store: Store) -> None:
    company = found(store)
    theme = told(store, "charged twice", ["Ada"] * 4)
    asking.ask_due(store, NOW)
    lead = company.lead("Payments")
    first = answers.answer(store, theme, AnswerKind.DECLINED, REASON, by=lead, at=NOW)
    due = DAY + timedelta(days=30)
    second = answers.answer(
        store, theme, AnswerKind.ACCEPTED, "We were wrong about it", by=lead, at=NOW + timedelta(days=2),
        change="one charge only", due=due, value=Value.GIVING,
    )  # fmt: skip
    (ask,) = cases(store)
    assert [one.entry.number for one in ask.answers] == [first, second]
    assert ask.answers[1].entry.facts == {"supersedes": first}
    assert ask.state(DAY) is State.ACCEPTED
    with pytest.raises(AnswerError, match="promises nothing"):
        answers.ship(store, first, "one charge only now", by=lead, at=NOW)
    answers.ship(store, second, "one charge only now", by=lead, at=NOW + timedelta(days=20))
    answers.close(store, theme, "it is out and works", by=lead, at=NOW + timedelta(days=40))
    assert cases(store)[0].state(DAY) is State.CLOSED
    told_of = [one.event for one in echo.of_person(store, company.people["Ada"])]
    assert told_of == ["closed", "shipped", "accepted", "declined"]


def test_each_author_hears_once_per_change_also_late_ones_and_again_and_again(store: Store) -> None:
    company = found(store)
    theme = told(store, "charged twice", ["Ada", "Ada", "Ben", "Cleo", ""])
    asking.ask_due(store, NOW)
    answers.answer(store, theme, AnswerKind.DECLINED, REASON, by=company.lead("Payments"), at=NOW)
    told(store, "charged twice", ["Dora", "Ada"], theme=theme, tag="late", at=NOW + timedelta(days=1))
    assert echo.missing(store) == 1
    assert [echo.catch_up(store, NOW + timedelta(days=2)) for _ in range(3)] == [1, 0, 0]
    assert echo.missing(store) == 0
    with store.connect() as connection:
        rows = connection.execute(select(EchoRow.author, EchoRow.notes).order_by(EchoRow.author)).all()
    assert [tuple(row) for row in rows] == [
        ("key-of-Ada", 2),
        ("key-of-Ben", 1),
        ("key-of-Cleo", 1),
        ("key-of-Dora", 1),
    ]
    assert sum(event.aggregatetype == "echo" for event in outbox.waiting(store, 1000)) == 4


def test_an_answer_that_fails_half_way_leaves_neither_entry_nor_echo(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = found(store)
    theme = told(store, "charged twice", ["Ada"] * 4)
    asking.ask_due(store, NOW)

    def fall(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("insights.listening.say.open_box", fall)
        with pytest.raises(ZeroDivisionError):
            answers.answer(store, theme, AnswerKind.DECLINED, REASON, by=company.lead("Payments"), at=NOW)
    with store.connect() as connection:
        assert connection.execute(select(func.count()).select_from(EchoRow)).scalar_one() == 0
    assert ledger.check(store).entries == 1
    answers.answer(store, theme, AnswerKind.DECLINED, REASON, by=company.lead("Payments"), at=NOW)
    assert len(echo.of_person(store, company.people["Ada"])) == 1


def test_reading_is_ones_own_and_fates_unread_for_a_week_count_against_the_team(store: Store) -> None:
    company = found(store)
    theme = told(store, "charged twice", ["Ada", "Ben", "Cleo", "Cleo"])
    asking.ask_due(store, NOW)
    answers.answer(store, theme, AnswerKind.DECLINED, REASON, by=company.lead("Payments"), at=NOW)
    (mine,) = echo.of_person(store, company.people["Ada"], unread_only=True)
    assert (mine.team, mine.event, mine.notes, mine.reason) == ("Payments", "declined", 1, REASON)
    assert echo.read(store, [mine.id], by=company.people["Ben"], at=NOW) == 0
    assert echo.read(store, [mine.id], by=company.people["Ada"], at=NOW) == 1
    assert echo.of_person(store, company.lead("Payments")) == ()
    soon, later = (heard.listening(store, NOW + timedelta(days=days))[1].reach for days in (6, 7))
    assert (soon.sent, later.sent, later.unread) == (None, 3, 2)


def test_merging_carries_the_ask_and_tells_the_authors_and_undoing_brings_it_back(store: Store) -> None:
    company = found(store)
    source = told(store, "paid twice", ["Ada", "Ben", "Cleo", "Cleo"])
    target = told(store, "charged twice", ["Dora"] * 2)
    asking.ask_due(store, NOW)
    by = Decision("Mira", "they say the same", NOW + timedelta(days=1))
    step = curation.merge(store, source, target, by)
    old, carried = cases(store)
    assert (old.state(DAY), carried.theme_id, carried.due) == (State.JOINED, target, old.due)
    assert carried.since == old.since
    (mine,) = echo.of_person(store, company.people["Ada"])
    assert (mine.event, mine.notes) == ("merged", 1)
    assert echo.of_person(store, company.people["Dora"]) == ()
    curation.undo(store, step.lineage_id, by)
    old, carried = cases(store)
    assert (old.state(DAY), carried.state(DAY)) == (State.OPEN, State.JOINED)
    assert ledger.check(store).whole


def test_no_theme_that_asked_is_closed_without_a_reason(store: Store) -> None:
    company = found(store)
    theme = told(store, "charged twice", ["Ada"] * 4)
    asking.ask_due(store, NOW)
    with pytest.raises(CurationError, match="say why"):
        curation.retire(store, theme, Decision("Mira", " ", NOW))
    step = curation.retire(store, theme, Decision("Mira", "the product is gone", NOW))
    assert cases(store)[0].state(DAY) is State.CLOSED
    assert echo.of_person(store, company.people["Ada"])[0].event == "closed"
    payments = heard.listening(store, NOW)[1]
    assert (payments.asked, payments.heard) == (1, 0)
    curation.undo(store, step.lineage_id, Decision("Mira", "it is not", NOW))
    assert cases(store)[0].state(DAY) is State.OPEN


def test_what_a_team_heard_is_counted_by_hand(store: Store) -> None:
    company = found(store)
    lead = company.lead("Payments")
    themes = [told(store, f"pain {n} is bad", ["Ada"] * 4) for n in range(5)]
    asking.ask_due(store, NOW)
    day = timedelta(days=1)
    answers.answer(store, themes[0], AnswerKind.DECLINED, REASON, by=lead, at=NOW + 2 * day)
    promised = answers.answer(
        store, themes[1], AnswerKind.ACCEPTED, REASON, by=lead, at=NOW + 6 * day, change="one charge", due=DAY + 20 * day
    )  # fmt: skip
    answers.answer(store, themes[2], AnswerKind.TRIED_BEFORE, REASON, by=lead, at=NOW + 9 * day)
    answers.ship(store, promised, "one charge only now", by=lead, at=NOW + 21 * day)
    (mobile, payments, riding) = heard.listening(store, NOW + 12 * day)
    assert [one.team for one in (mobile, payments, riding)] == ["Mobile", "Payments", "Riding"]
    assert (payments.asked, payments.heard, payments.half_heard_days) == (5, 2, 9.0)
    assert payments.answers == {AnswerKind.ACCEPTED: 1, AnswerKind.DECLINED: 1, AnswerKind.TRIED_BEFORE: 1}
    assert [(late.theme_id, late.days_late) for late in payments.overdue] == [(themes[3], 5), (themes[4], 5)]
    assert {promise.value: count for promise, count in payments.promises.items()} == {"kept late": 1}
    assert (riding.asked, riding.half_heard_days) == (0, None)


def test_speaking_before_one_is_asked_counts_neither_way_and_growing_asks_anew(store: Store) -> None:
    company = found(store)
    theme = told(store, "charged twice", ["Ada"] * 2)
    asking.ask_due(store, NOW)
    answers.answer(store, theme, AnswerKind.DECLINED, REASON, by=company.lead("Payments"), at=NOW)
    assert heard.listening(store, NOW)[1].asked == 0
    told(store, "charged twice", ["Ada"] * 4, theme=theme, tag="more", at=NOW)
    assert len(asking.ask_due(store, NOW + timedelta(days=1))) == 1
    answers.answer(store, theme, AnswerKind.DECLINED, REASON, by=company.lead("Payments"), at=NOW + timedelta(days=2))
    assert asking.ask_due(store, NOW + timedelta(days=3)) == ()
    told(store, "charged twice", ["Ada"] * 6, theme=theme, tag="many more", at=NOW)
    assert len(asking.ask_due(store, NOW + timedelta(days=4))) == 1


def test_a_deputy_may_answer_and_who_left_may_not(store: Store) -> None:
    company = found(store)
    theme = told(store, "charged twice", ["Ada"] * 4)
    asking.ask_due(store, NOW)
    team, deputy = company.teams["Payments"], company.lead("Riding")
    teams.join(store, team.id, deputy.id, by=company.admin, at=NOW, deputy=True)
    answers.answer(store, theme, AnswerKind.DECLINED, REASON, by=deputy, at=NOW)
    teams.leave(store, team.id, deputy.id, by=company.admin, at=NOW)
    with pytest.raises(NotAllowed):
        answers.answer(store, theme, AnswerKind.DECLINED, REASON, by=deputy, at=NOW)
    with pytest.raises(TeamError, match="agent"):
        teams.join(store, team.id, company.people["Ada"].id, by=company.admin, at=NOW)
    with pytest.raises(NotAllowed):
        teams.add(store, "Another", by=deputy, at=NOW)


def test_every_answer_is_told_to_others(store: Store) -> None:
    company = found(store)
    theme = told(store, "charged twice", ["Ada"] * 4)
    asking.ask_due(store, NOW)
    answers.answer(store, theme, AnswerKind.DECLINED, REASON, by=company.lead("Payments"), at=NOW)
    types = [event.type for event in outbox.waiting(store, 1000)]
    assert types.count(f"ledger.{Event.ASKED}") == types.count(f"ledger.{Event.ANSWERED}") == 1
    with store.connect() as connection:
        actions = connection.execute(text("SELECT action FROM audit ORDER BY number")).scalars().all()
    assert actions[-1] == "theme answered"
