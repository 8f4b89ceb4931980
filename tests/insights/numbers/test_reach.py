"""Protects reach: people and not messages, honest bounds without ids, and weights a reader can switch."""

from __future__ import annotations

from datetime import timedelta

import pytest

from insights.counting.filters import ThemeQuery
from insights.numbers import assumptions
from insights.numbers.assumptions import Range
from insights.numbers.reach import Weight, parts, reach
from insights.store import Store
from insights.trust import people
from tests.insights.notes import NOW
from tests.insights.numbers.planted_weeks import note, put, themes

TODAY = NOW.date()


def told(store: Store) -> int:
    """Anna writes thrice in one conversation and once in another, Ben once; three notes have no customer, two of them one case."""
    ids = themes(store, ["lock"])
    day = NOW - timedelta(days=3)
    plan = {"plan": "Pro", "handle_minutes": 10.0}
    notes = [
        *(note(f"a{n}", "lock", day, customer_key="anna", conversation_id="k1", **plan) for n in range(3)),
        note("a9", "lock", day, customer_key="anna", conversation_id="k2", **plan),
        note("b1", "lock", day, customer_key="ben", plan="Free", handle_minutes=30.0),
        *(note(f"x{n}", "lock", day, conversation_id="k7") for n in range(2)),
        note("x9", "lock", day),
        note("o1", "", day, customer_key="olga", plan="Free", handle_minutes=70.0),
    ]
    put(store, notes, ids)
    return ids["lock"]


def test_messages_of_one_conversation_are_one_case_and_the_range_is_what_is_certain(store: Store) -> None:
    found = reach(store, told(store), ThemeQuery(weeks=4), TODAY)
    assert (found.notes, found.cases, found.known, found.nameless) == (8, 5, 2, 2)
    # Those with an id make 3 cases of 2 customers, so two nameless cases are likely 1 more; for certain none to 2.
    assert (found.low, found.likely, found.high) == (2, 3, 4)
    assert (found.contacts, found.share) == (6, pytest.approx(5 / 6))
    assert found.share_low < 5 / 6 < found.share_high


def test_where_nobody_has_an_id_at_least_one_customer_spoke(store: Store) -> None:
    ids = themes(store, ["lock"])
    put(store, [note(f"x{n}", "lock", NOW - timedelta(days=1)) for n in range(5)], ids)
    found = reach(store, ids["lock"], ThemeQuery(weeks=4), TODAY)
    assert (found.low, found.likely, found.high) == (1, 5, 5)
    assert reach(store, 999, ThemeQuery(), TODAY).high == 0


def test_a_reader_switches_between_people_revenue_and_effort(store: Store) -> None:
    theme, asked = told(store), ThemeQuery(weeks=4)

    def weights(weight: Weight) -> dict[str, float]:
        return {part.value: part.weight for part in parts(store, theme, "plan", weight, asked, TODAY) if part.weight}

    assert weights(Weight.PEOPLE) == {"Pro": 1, "Free": 1, "": 3}
    assert weights(Weight.EFFORT) == {"Pro": 40, "Free": 30}
    assert weights(Weight.REVENUE) == {"Pro": 1, "Free": 1}
    by = people.local(store, at=NOW)
    assumptions.assume(store, "price of Pro", Range(20, 29, 39), "price list", by=by, at=NOW)
    assert weights(Weight.REVENUE) == {"Pro": 29, "Free": 1}
    (pro,) = [one for one in parts(store, theme, "plan", Weight.EFFORT, asked, TODAY) if one.value == "Pro"]
    assert (pro.share, pro.share_of_all) == (pytest.approx(40 / 70), pytest.approx(40 / 140))
