"""Protects the reckoning of money: each part by hand, no hour counted twice, every input with its source and its author."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError

from insights.counting.counted import counted
from insights.counting.filters import Filter
from insights.delivery.writer import Home, write
from insights.numbers import assumptions
from insights.numbers.assumptions import KINDS, Assumption, AssumptionError, Range
from insights.numbers.costs import Basis, bases, cost, likely_costs, reckon
from insights.store import Store
from insights.tables import AssumptionRow
from insights.trust import audit, people
from insights.trust.people import NotAllowed, Role
from tests.insights.notes import NOW, analysis, feedback, signal
from tests.insights.numbers.planted_weeks import MONDAY, note, put, themes

TODAY = NOW.date()
DAY = MONDAY - timedelta(days=10)
FIXED = {"wage": 60.0, "minutes": 5.0, "avoidable": 0.5, "churn": 0.1, "margin": 100.0}


def fix(store: Store, theme: int = 0, **other: float) -> None:
    by = people.local(store, at=NOW)
    for name, value in (FIXED | other).items():
        assumptions.assume(
            store, name, Range(value, value, value), "agreed with finance", by=by, at=NOW, theme_id=theme
        )


def told(store: Store) -> dict[str, int]:
    ids = themes(store, ["lock", "bill"])
    both = feedback("both", "lock and bill", occurred_at=DAY, customer_key="ben", handle_minutes=40.0)
    notes = [
        note(
            "a1",
            "lock",
            DAY,
            customer_key="anna",
            conversation_id="k1",
            handle_minutes=10.0,
            refund=20.0,
            currency="EUR",
        ),
        note("a2", "lock", DAY + timedelta(hours=1), customer_key="anna", conversation_id="k1", handle_minutes=2.0),
        note("a3", "lock", DAY + timedelta(days=1), customer_key="anna", conversation_id="k2", handle_minutes=6.0),
        note("c1", "lock", DAY, customer_key="cleo", credit=7.0, currency="GBP"),
        note("old", "lock", DAY - timedelta(weeks=20), customer_key="dora", handle_minutes=500.0),
        note("now", "lock", MONDAY + timedelta(days=1), customer_key="emil", handle_minutes=500.0),
    ]
    put(store, notes, ids)
    spoken = analysis(both, [signal("lock and"), signal("bill", start=9)])
    write(store, [spoken], [[Home(ids["lock"], 0.9), Home(ids["bill"], 0.9)]], received_at=NOW)
    return ids


def test_each_part_is_as_reckoned_by_hand(store: Store) -> None:
    ids = told(store)
    fix(store)
    found = cost(store, ids["lock"], TODAY)
    assert found.currency == "EUR"
    # Anna's first case took 12 minutes, Ben's note is shared with the other theme: 20; Cleo's says nothing: 5 by assumption.
    assert found.parts["handling"].likely == pytest.approx((12 + 20 + 5) / 60 * 60 * 0.5)
    assert found.parts["repeats"].likely == pytest.approx(6 * 0.5)
    assert found.parts["given"].likely == pytest.approx(20.0)
    assert found.basis.foreign == ("GBP",)
    assert found.parts["churn"].likely == pytest.approx(3 * 0.1 * 100)
    assert found.sum.likely == pytest.approx(18.5 + 3 + 20 + 30)
    by = people.local(store, at=NOW)
    assumptions.assume(store, "rate of GBP", Range(1.1, 1.2, 1.3), "the bank, today", by=by, at=NOW)
    assert cost(store, ids["lock"], TODAY).parts["given"].likely == pytest.approx(20 + 7 * 1.2)


def test_themes_of_one_note_share_it_so_that_they_add_up(store: Store) -> None:
    ids = told(store)
    with store.connect() as connection:
        known = counted(store, connection)
        found = bases(known, list(ids.values()), MONDAY.date(), {}, "EUR")
        ranked = likely_costs(connection, known, list(ids.values()), Filter({}), MONDAY.date())
    assert sum(one.minutes + one.minutes_again for one in found.values()) == pytest.approx(10 + 2 + 6 + 40)
    for theme, likely in ranked.items():
        assert likely == pytest.approx(cost(store, theme, TODAY).sum.likely)


def test_a_number_of_its_own_counts_for_one_theme_and_nothing_is_overwritten(store: Store) -> None:
    ids = told(store)
    fix(store)
    before = {name: cost(store, theme, TODAY).sum.likely for name, theme in ids.items()}
    by = people.local(store, at=NOW)
    dear = Range(120, 120, 120)
    assumptions.assume(store, "wage", dear, "night shift", by=by, at=NOW + timedelta(days=1), theme_id=ids["lock"])
    after = cost(store, ids["lock"], TODAY)
    assert after.sum.likely == pytest.approx(before["lock"] + 18.5 + 3)
    assert cost(store, ids["bill"], TODAY).sum.likely == before["bill"]
    used = after.inputs["wage"]
    assert (used.source, used.who, used.own) == ("night shift", by.name, True)
    assert [one.range.likely for one in assumptions.history(store, "wage")] == [60.0]
    (entry,) = audit.entries(store, subject=f"theme:{ids['lock']}", action="assumed wage")
    assert entry.after == {"low": 120, "likely": 120, "high": 120, "source": "night shift"}
    with pytest.raises(DatabaseError, match=r"only ever added|change"), store.begin() as connection:
        connection.execute(update(AssumptionRow).values(likely=1.0))


def test_numbers_that_cannot_be_are_refused_and_so_is_who_may_not(store: Store) -> None:
    by = people.local(store, at=NOW)
    for given_, name in (
        (Range(3, 2, 4), "wage"),
        (Range(0, 0.5, 1.2), "churn"),
        (Range(-1, 2, 3), "wage"),
        (Range(0, 0, float("nan")), "wage"),
    ):
        with pytest.raises(AssumptionError):
            assumptions.assume(store, name, given_, "x", by=by, at=NOW)
    with pytest.raises(AssumptionError, match="where"):
        assumptions.assume(store, "wage", Range(1, 2, 3), "  ", by=by, at=NOW)
    with pytest.raises(AssumptionError, match="nothing asks"):
        assumptions.assume(store, "luck", Range(1, 2, 3), "x", by=by, at=NOW)
    agent = people.add(store, "Ada", "", Role.AGENT, by=by, at=NOW)
    with pytest.raises(NotAllowed):
        assumptions.assume(store, "wage", Range(1, 2, 3), "x", by=agent, at=NOW)
    assert assumptions.assumptions(store)["wage"].source == assumptions.DEFAULT


def inputs(**ranges: Range) -> dict[str, Assumption]:
    return {name: Assumption(name, kind, ranges.get(name, kind.default), "") for name, kind in KINDS.items()}


@given(st.floats(0, 1e5), st.floats(0, 1e5), st.floats(0, 1e6), st.integers(0, 10_000))
def test_the_range_holds_the_likely_sum_and_the_tornado_is_in_order(
    minutes: float, again: float, money: float, people_: int
) -> None:
    basis = Basis(1, Range(people_, people_, people_), people_, minutes, 0.0, again, 0.0, money)
    found = reckon(basis, inputs())
    assert found.sum.low <= found.sum.high
    assert found.sum.likely == pytest.approx(sum(part.likely for part in found.parts.values()))
    assert [one.width for one in found.swings] == sorted((one.width for one in found.swings), reverse=True)
    assert reckon(basis, inputs()) == found
    wider = reckon(basis, inputs(wage=Range(1, 35, 500)))
    assert wider.sum.high - wider.sum.low >= (found.sum.high - found.sum.low) * 0.99
