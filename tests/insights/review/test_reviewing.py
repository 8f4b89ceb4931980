"""Protects weekly reviews: nothing on an agenda gets lost, decisions are only added, the past stays as it was seen."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError

from insights.delivery import outbox
from insights.delivery.writer import Home, write
from insights.review import frozen, reviewing, reviews
from insights.review.agenda import Reason
from insights.review.reviewing import Choice, ReviewError
from insights.review.reviews import Item, Review, Verdict
from insights.store import Store
from insights.tables import (
    AuditRow,
    FeedbackRow,
    LedgerRow,
    OutboxRow,
    ReviewDecisionRow,
    ReviewItemRow,
    ReviewQuoteRow,
    ReviewRow,
    SignalRow,
)
from insights.themes import curation
from insights.themes.lineage import Decision
from insights.trust import audit, erasure, people
from insights.trust.people import NotAllowed, Person, Role
from tests.insights.notes import NOW, analysis, feedback

WEEK = timedelta(weeks=1)
SAID = {
    "Locks": "the lock stays shut",
    "Refunds": "no refund came",
    "Racks": "the rack is full",
    "Codes": "no code came",
}
HEARD = {
    "Locks": (1, 1, 1, 1, 6, 7, 8, 9),
    "Refunds": (9, 8, 9, 8, 1, 1, 1, 0),
    "Racks": (0, 0, 0, 0, 0, 2, 2, 3),
    "Codes": (3, 3, 3, 3, 3, 3, 3, 3),
}
"""Notes in each of the last eight full weeks: one grows, one fades, one is new, one is steady."""


@pytest.fixture
def ada(store: Store) -> Person:
    return people.local(store, "Ada", at=NOW)


@pytest.fixture
def mira(store: Store, ada: Person) -> Person:
    return people.add(store, "Mira", "", Role.PRODUCT_OWNER, by=ada, at=NOW)


@pytest.fixture
def themes(store: Store) -> dict[str, int]:
    """Themes with what was heard of each in eight full weeks, every note by another customer."""
    notes = [
        feedback(
            f"{name}-{back}-{n}",
            f"I say {SAID[name]}.",
            occurred_at=NOW - WEEK * (8 - back),
            customer_key=f"{name}{back}{n}",
        )
        for name, weeks in HEARD.items()
        for back, count in enumerate(weeks)
        for n in range(count)
    ]
    write(store, [analysis(one) for one in notes], [[Home(None, 0.0)]] * len(notes), received_at=NOW)
    made = {}
    for name, said in SAID.items():
        with store.connect() as connection:
            wanted = select(SignalRow.id).where(SignalRow.text.contains(said)).order_by(SignalRow.id)
            members = list(connection.execute(wanted).scalars())
        step = curation.create(store, "pain", name, members, Decision("machine", "", NOW), exemplar=members[0])
        made[name] = step.theme_id
    return made


def look(store: Store, at: datetime = NOW) -> Review:
    found = reviews.review(store, at.date(), at.date())
    assert found is not None
    return found


def item(store: Store, name: str, at: datetime = NOW) -> Item:
    return next(one for one in look(store, at).items if one.evidence.name == name)


def test_the_agenda_is_what_grew_what_is_new_and_what_faded(store: Store, mira: Person, themes: dict[str, int]) -> None:
    reviewing.open_week(store, by=mira, at=NOW)
    found = look(store)
    assert {one.evidence.name: one.reason for one in found.items} == {
        "Locks": Reason.GROWN, "Racks": Reason.NEW, "Refunds": Reason.FADED,
    }  # fmt: skip
    assert item(store, "Locks").why == "from 4 to 30 customers in 4 weeks"
    assert item(store, "Racks").why == "first heard 3 weeks ago"
    locks = item(store, "Locks").evidence
    assert (locks.notes, locks.customers, [count for _, count in locks.weeks][-4:]) == (34, 34, [6, 7, 8, 9])
    assert [said.quote.text for said in locks.quotes][:1] == ["I say the lock stays shut."]
    assert all(said.signal_ids for said in locks.quotes)
    assert found.first
    assert (found.moved.before, found.moved.last) == (14, 15)
    assert [(name, step) for _, name, step in found.moved.themes] == [("Locks", 1), ("Racks", 1), ("Refunds", -1)]
    assert themes["Codes"] not in {one.theme_id for one in found.items}


def test_opening_again_brings_the_agenda_up_to_date_and_doubles_nothing(
    store: Store, mira: Person, themes: dict[str, int]
) -> None:
    first = reviewing.open_week(store, by=mira, at=NOW)
    assert reviewing.open_week(store, by=mira, at=NOW) == first
    assert len(look(store).items) == 3
    with store.begin() as connection:
        entry = {
            "event": "answered",
            "theme_id": themes["Codes"],
            "who": "Team",
            "answer": "accepted",
            "reason": "soon",
        }
        rest = {"number": 1, "at": NOW, "change": "", "value": "", "facts": {}, "previous": "", "hash": ""}
        connection.execute(LedgerRow.__table__.insert().values(entry | rest))  # type: ignore[attr-defined]
    reviewing.open_week(store, by=mira, at=NOW)
    answered = item(store, "Codes")
    assert (answered.reason, answered.why) == (Reason.ANSWERED, "accepted")
    reviewing.decide(store, answered.id, Choice(Verdict.SEEN), by=mira, at=NOW)
    decision = item(store, "Codes").decision
    assert decision is not None
    assert decision.answer_id == 1


def test_a_decision_keeps_what_was_seen_whatever_happens_later(
    store: Store, mira: Person, themes: dict[str, int]
) -> None:
    review_id = reviewing.open_week(store, by=mira, at=NOW)
    seen = item(store, "Locks")
    choice = Choice(Verdict.ACT, "  Retry   must be safe. ", "Payments", NOW.date() + WEEK)
    reviewing.decide(store, seen.id, choice, by=mira, at=NOW)
    reviewing.close(store, review_id, by=mira, at=NOW, carry_rest=True)
    before = look(store)
    late = [feedback(f"late-{n}", "I say the lock stays shut.", customer_key=f"late{n}") for n in range(9)]
    write(store, [analysis(one) for one in late], [[Home(themes["Locks"], 1.0)]] * 9, received_at=NOW)
    curation.rename(store, themes["Locks"], "Something else", Decision("Mira", "", NOW))
    curation.merge(store, themes["Racks"], themes["Codes"], Decision("Mira", "", NOW))
    assert look(store, NOW) == before
    after = next(one for one in before.items if one.id == seen.id)
    assert after.evidence == seen.evidence
    assert after.decision is not None
    assert (after.decision.reason, after.decision.owner) == ("Retry must be safe.", "Payments")


@pytest.mark.usefixtures("themes")
def test_erasing_a_note_takes_its_frozen_words_and_leaves_the_figures(store: Store, mira: Person) -> None:
    reviewing.open_week(store, by=mira, at=NOW)
    seen = item(store, "Locks")
    reviewing.decide(store, seen.id, Choice(Verdict.DECLINE, "Not now"), by=mira, at=NOW)
    gone, by_hand, *_ = [said.quote.feedback_id for said in seen.evidence.quotes]
    with store.begin() as connection:
        connection.execute(delete(FeedbackRow).where(FeedbackRow.id == gone))
        assert frozen.erase(connection, [by_hand, "never there"]) == 1
    after = item(store, "Locks").evidence
    assert after.erased == 2
    assert [said.quote.feedback_id for said in after.quotes] == [seen.evidence.quotes[2].quote.feedback_id]
    assert (after.customers, after.change) == (seen.evidence.customers, seen.evidence.change)
    with store.connect() as connection:
        kept = [
            str(row)
            for table in (ReviewDecisionRow, ReviewQuoteRow, AuditRow)
            for row in connection.execute(select(table.__table__))
        ]
    assert not [row for row in kept if gone in row or by_hand in row]


def test_erasing_a_customer_leaves_neither_their_words_nor_a_name_made_of_them(
    store: Store, ada: Person, mira: Person, themes: dict[str, int]
) -> None:
    notes = [feedback(f"bell-{n}", "I say Mr Quill has no bell.", customer_key=f"quill{n}") for n in range(2)]
    write(store, [analysis(one) for one in notes], [[Home(None, 0.0)]] * 2, received_at=NOW)
    with store.connect() as connection:
        wanted = select(SignalRow.id).where(SignalRow.text.contains("Quill")).order_by(SignalRow.id)
        members = list(connection.execute(wanted).scalars())
    made = curation.create(store, "pain", "Mr Quill has no bell", members, Decision("machine", "", NOW))
    assert made.theme_id not in themes.values()
    review_id = reviewing.open_week(store, by=mira, at=NOW)
    reviewing.close(store, review_id, by=mira, at=NOW, carry_rest=True)
    assert item(store, "Mr Quill has no bell").evidence.quotes
    receipt = erasure.erase(store, "quill0", by=ada, at=NOW)
    assert receipt.counts["review_quote"] == 1
    gone = next(one for one in look(store).items if one.theme_id == made.theme_id)
    assert (gone.evidence.name, gone.evidence.erased, gone.evidence.customers) == (f"Theme {made.theme_id}", 1, 2)
    with store.connect() as connection:
        for table in (ReviewRow, ReviewItemRow, ReviewDecisionRow, OutboxRow, AuditRow):
            kept = str(connection.execute(select(table.__table__)).all())
            assert "Quill" not in kept, table.__tablename__


@pytest.mark.usefixtures("themes")
def test_the_database_itself_refuses_to_change_a_decision(store: Store, mira: Person) -> None:
    reviewing.open_week(store, by=mira, at=NOW)
    reviewing.decide(store, item(store, "Locks").id, Choice(Verdict.DECLINE, "Not now"), by=mira, at=NOW)
    for change in (update(ReviewDecisionRow).values(reason="Yes"), delete(ReviewDecisionRow)):
        with pytest.raises(DatabaseError, match="only ever added"), store.begin() as connection:
            connection.execute(change)


@pytest.mark.usefixtures("themes")
def test_what_makes_no_sense_is_refused_with_the_mend(store: Store, ada: Person, mira: Person) -> None:
    tom = people.add(store, "Tom", "", Role.AGENT, by=ada, at=NOW)
    with pytest.raises(NotAllowed, match="product owner"):
        reviewing.open_week(store, by=tom, at=NOW)
    review_id = reviewing.open_week(store, by=mira, at=NOW)
    locks = item(store, "Locks").id
    for choice, why in (
        (Choice(Verdict.ACT, owner="Payments"), "needs a reason"),
        (Choice(Verdict.TRY, "why not"), "needs an owner"),
        (Choice(Verdict.WAIT, "too early"), "needs a day"),
        (Choice(Verdict.SEEN), "only what faded or was answered"),
    ):
        with pytest.raises(ReviewError, match=why):
            reviewing.decide(store, locks, choice, by=mira, at=NOW)
    with pytest.raises(NotAllowed):
        reviewing.decide(store, locks, Choice(Verdict.DECLINE, "no"), by=tom, at=NOW)
    with pytest.raises(ReviewError, match="no item 9999"):
        reviewing.decide(store, 9999, Choice(Verdict.CARRY), by=mira, at=NOW)
    with pytest.raises(ReviewError, match="3 of the agenda still need a decision"):
        reviewing.close(store, review_id, by=mira, at=NOW)
    with pytest.raises(ReviewError, match="still open; close that one first"):
        reviewing.open_week(store, by=mira, at=NOW + WEEK)
    reviewing.close(store, review_id, by=mira, at=NOW, carry_rest=True)
    for step in (
        lambda: reviewing.decide(store, locks, Choice(Verdict.CARRY), by=mira, at=NOW),
        lambda: reviewing.close(store, review_id, by=mira, at=NOW),
        lambda: reviewing.open_week(store, by=mira, at=NOW),
    ):
        with pytest.raises(ReviewError, match="closed"):
            step()
    assert reviews.review(store, NOW.date() - WEEK, NOW.date()) is None
    assert audit.check(store).broken_at is None


def test_two_themes_left_over_that_become_one_come_back_as_one(
    store: Store, mira: Person, themes: dict[str, int]
) -> None:
    review_id = reviewing.open_week(store, by=mira, at=NOW)
    reviewing.decide(store, item(store, "Racks").id, Choice(Verdict.DECLINE, "No"), by=mira, at=NOW)
    reviewing.close(store, review_id, by=mira, at=NOW, carry_rest=True)
    curation.merge(store, themes["Locks"], themes["Refunds"], Decision("Mira", "", NOW))
    curation.merge(store, themes["Refunds"], themes["Racks"], Decision("Mira", "", NOW))
    reviewing.open_week(store, by=mira, at=NOW + WEEK)
    found = look(store, NOW + WEEK)
    assert [(one.theme_id, one.reason, one.times) for one in found.items] == [(themes["Racks"], Reason.CARRIED, 2)]
    reviewing.decide(store, found.items[0].id, Choice(Verdict.DECLINE, "No"), by=mira, at=NOW + WEEK)
    reviewing.close(store, found.id, by=mira, at=NOW + WEEK)
    reviewing.open_week(store, by=mira, at=NOW + 2 * WEEK)
    assert Reason.CARRIED not in {one.reason for one in look(store, NOW + 2 * WEEK).items}


VERDICTS = st.sampled_from([Verdict.ACT, Verdict.TRY, Verdict.WAIT, Verdict.DECLINE, Verdict.CARRY, None])
PLAN = st.lists(st.lists(st.lists(VERDICTS, min_size=1, max_size=2), min_size=4, max_size=4), min_size=2, max_size=4)


@pytest.mark.usefixtures("themes")
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=PLAN)
def test_nothing_is_lost_from_week_to_week(store: Store, mira: Person, plan: list[list[list[Verdict | None]]]) -> None:
    """``plan``: for each week and item the decisions taken one after the other; None decides nothing."""
    _emptied(store)
    left: dict[int, int] = {}
    waits: dict[int, datetime] = {}
    for week, choices in enumerate(plan):
        at = NOW + week * WEEK
        review_id = reviewing.open_week(store, by=mira, at=at)
        items = look(store, at).items
        times = {one.theme_id: one.times for one in items if one.reason is Reason.CARRIED}
        assert left.items() <= times.items()
        due_now = {theme for theme, due in waits.items() if due <= at}
        assert due_now <= set(times)
        waits = {theme: due for theme, due in waits.items() if theme not in {one.theme_id for one in items}}
        for one, verdicts in zip(items, choices, strict=False):
            for verdict in verdicts:
                if verdict is not None:
                    before = list(_rows(store))
                    choice = Choice(verdict, "because", "Payments", at.date() + WEEK)
                    reviewing.decide(store, one.id, choice, by=mira, at=at)
                    assert list(_rows(store))[: len(before)] == before
        undecided = look(store, at).undecided
        if undecided:
            with pytest.raises(ReviewError, match="still need a decision"):
                reviewing.close(store, review_id, by=mira, at=at)
        reviewing.close(store, review_id, by=mira, at=at, carry_rest=True)
        closed = look(store, at)
        assert closed.undecided == ()
        last = {one.theme_id: one for one in closed.items}
        verdict_of = {theme: one.decision.verdict for theme, one in last.items() if one.decision}
        left = {theme: last[theme].times + 1 for theme, said in verdict_of.items() if said is Verdict.CARRY}
        waits |= {theme: at + WEEK for theme, said in verdict_of.items() if said is Verdict.WAIT}
        assert {one.theme_id for one in undecided} <= set(left)
        assert reviews.summaries(store)[0].decided == len(closed.items)
    assert len(outbox.waiting(store, 10_000)) >= len(plan)


def _rows(store: Store) -> Iterator[str]:
    with store.connect() as connection:
        for row in connection.execute(select(ReviewDecisionRow.__table__).order_by(ReviewDecisionRow.id)):
            yield str(row)


def _emptied(store: Store) -> None:
    """Take all reviews away, as no service could: the tables' triggers are lifted for it."""
    names = ("review_quote", "review_decision", "review_item", "review")
    with store.begin() as connection:
        if store.dialect == "postgresql":
            connection.execute(text(f"TRUNCATE {', '.join(names)} CASCADE"))
            return
        wanted = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'review_decision'")
        triggers = connection.execute(wanted).all()
        for name, _ in triggers:
            connection.execute(text(f"DROP TRIGGER {name}"))
        for name in names:
            connection.execute(text(f"DELETE FROM {name}"))  # noqa: S608
        for _, sql in triggers:
            connection.execute(text(sql))


@pytest.mark.usefixtures("themes")
def test_four_people_opening_and_deciding_at_once_make_one_review(store: Store, mira: Person) -> None:
    def opening(_: int) -> int | None:
        try:
            return reviewing.open_week(store, by=mira, at=NOW)
        except ReviewError:
            return None

    def deciding(number: int) -> int:
        return reviewing.decide(store, locks, Choice(Verdict.DECLINE, f"reason {number}"), by=mira, at=NOW)

    with ThreadPoolExecutor(4) as four:
        assert len({found for found in four.map(opening, range(4)) if found}) == 1
        locks = item(store, "Locks").id
        made = list(four.map(deciding, range(4)))
    found = look(store)
    assert len(found.items) == 3
    decisions = next(one.decisions for one in found.items if one.id == locks)
    assert [one.id for one in decisions] == sorted(made)
    assert audit.check(store).broken_at is None
