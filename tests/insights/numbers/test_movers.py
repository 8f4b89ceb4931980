"""Protects movers and drivers: equal to a count by hand in SQL, on planted weeks and on dated complaints of real years."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from insights.counting.filters import ThemeQuery
from insights.numbers.drivers import drivers
from insights.numbers.movers import movers
from insights.store import Store
from tests.insights.notes import NOW
from tests.insights.numbers.planted_weeks import MONDAY, note, put, themes, weekly

TODAY = NOW.date()
BY_HAND = """
WITH heard AS (SELECT week, COUNT(DISTINCT CASE WHEN customer_key = '' THEN id ELSE customer_key END) AS n
               FROM feedback GROUP BY week),
     spoke AS (SELECT theme_id, week, COUNT(DISTINCT customer) AS n FROM signal
               WHERE attribution <> 'agent' AND theme_id IS NOT NULL GROUP BY theme_id, week)
SELECT spoke.theme_id,
       SUM(CASE WHEN spoke.week >= :late THEN spoke.n ELSE 0 END) AS recent,
       SUM(CASE WHEN spoke.week < :late THEN spoke.n ELSE 0 END) AS before_,
       (SELECT SUM(n) FROM heard WHERE week >= :late AND week < :end) AS heard,
       (SELECT SUM(n) FROM heard WHERE week >= :first AND week < :late) AS heard_before
FROM spoke WHERE spoke.week >= :first AND spoke.week < :end GROUP BY spoke.theme_id
"""


def agree_with_sql(store: Store, today: date, recent: int) -> None:
    found = movers(store, ThemeQuery(), recent, today)
    running = today - timedelta(days=today.weekday())
    days = {"end": running, "late": running - timedelta(weeks=recent), "first": running - timedelta(weeks=recent + 12)}
    with store.connect() as connection:
        rows = connection.execute(
            text(BY_HAND),
            {name: day.isoformat() if store.dialect == "sqlite" else day for name, day in days.items()},
        ).all()
    by_hand = {
        row.theme_id: (int(row.recent), int(row.before_), 1000 * float(row.recent) / float(row.heard)) for row in rows
    }
    assert {row.id: (row.recent, row.before, pytest.approx(row.rate)) for row in found.rows} == by_hand


def test_planted_changes_are_found_and_nothing_else(store: Store) -> None:
    steady = {f"steady {at}": [9, 11, 10, 8, 12, 10, 9, 11, 10, 10, 9, 11, 10, 9, 11, 10] for at in range(6)}
    ids = themes(store, [*steady, "rising", "fading", "rare"])
    counts = steady | {
        "rising": [5] * 12 + [14, 15, 13, 16],
        "fading": [20] * 12 + [6, 5, 7, 4],
        "rare": [0] * 15 + [3],
    }
    put(store, weekly(counts, others=200), ids)
    found = movers(store, ThemeQuery(), 4, TODAY)
    assert [row.name for row in found.moved] == ["fading", "rising"]
    rising = next(row for row in found.rows if row.name == "rising")
    assert (rising.recent, rising.before, rising.weeks[-4:]) == (58, 60, (14, 15, 13, 16))
    assert rising.low < 58 / 60 * 3 < rising.high
    assert next(row for row in found.rows if row.name == "rare").adjusted is None
    assert found.tested == 8
    agree_with_sql(store, TODAY, 4)
    agree_with_sql(store, TODAY, 1)


def test_repeats_of_a_customer_in_a_week_are_one_contact(store: Store) -> None:
    ids = themes(store, ["lock"])
    week = MONDAY - timedelta(days=5)
    put(store, [note(f"r{at}", "lock", week + timedelta(hours=at), customer_key="anna") for at in range(9)], ids)
    (row,) = movers(store, ThemeQuery(), 1, TODAY).rows
    assert (row.recent, sum(row.weeks)) == (1, 1)


def test_late_notes_restate_a_week_and_both_views_are_kept(store: Store) -> None:
    ids = themes(store, ["lock"])
    at = MONDAY - timedelta(days=9)
    put(store, [note(f"in time {n}", "lock", at, customer_key=f"c{n}") for n in range(4)], ids, at + timedelta(days=1))
    put(store, [note(f"late {n}", "lock", at, customer_key=f"d{n}") for n in range(3)], ids, at + timedelta(days=8))
    found = movers(store, ThemeQuery(), 4, TODAY)
    (row,) = found.rows
    assert (row.weeks[-2], row.then[-2], row.restated) == (7, 4, 3)
    assert (found.heard[-2], found.then[-2]) == (7, 4)


def test_a_change_is_broken_down_to_the_last_contact(store: Store) -> None:
    ids = themes(store, ["lock"])
    old = weekly({"lock": [10] * 16}, others=100, app_version="1.0")
    new = weekly({"lock": [0] * 12 + [20] * 4}, others=10, app_version="2.0")
    renamed = [note(f"v2 {one.feedback.external_id}", "lock" if one.signals else "", one.feedback.occurred_at,
                    app_version="2.0", customer_key=f"v2 {one.feedback.customer_key}") for one in new]  # fmt: skip
    put(store, [*old, *renamed], ids)
    found = drivers(store, ids["lock"], ThemeQuery(), 4, TODAY)
    versions = dict(found.fields)["app_version"]
    assert sum(one.part for one in versions) == pytest.approx(found.change)
    largest = found.largest()
    assert largest is not None
    assert (largest.field, largest.value) == ("app_version", "2.0")
    assert [one.value for one in versions if one.clear] == ["2.0"]


def test_movers_of_dated_complaints_agree_with_sql_by_hand(store: Store, shared: Path) -> None:
    with (shared / "data" / "notes" / "dated_complaints.csv").open(encoding="utf-8") as lines:
        rows = [(row["id"], row["label"], datetime.strptime(row["date"], "%m/%d/%y").replace(tzinfo=UTC), row["sub_product"])
                for row in csv.DictReader(lines)]  # fmt: skip
    ids = themes(store, sorted({label for _, label, _, _ in rows}))
    put(store, [note(key, label, at, product=product) for key, label, at, product in rows], ids)
    last = max(at for _, _, at, _ in rows).date()
    for back in (0, 26, 52):
        agree_with_sql(store, last - timedelta(weeks=back), 4)
