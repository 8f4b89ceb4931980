"""Protects alerts: a rise is named once, by figures that can be checked; threads hold what people decided."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

from insights.counting.counted import counted
from insights.counting.packing import NOTES
from insights.numbers import alerts
from insights.numbers.alerts import AlertError, Kind, State, Step
from insights.numbers.backtest import replay
from insights.numbers.expected import SPAN, by_age
from insights.store import Store
from insights.trust import audit, people
from insights.trust.people import NotAllowed, Role
from nlp.analyzer import Analysis
from tests.insights.notes import NOW
from tests.insights.numbers.planted_weeks import note, put, themes

NAMES = ("lock", "bill", "map", "rack")
DAY = timedelta(days=1)


def usual(now: datetime, days: range) -> list[Analysis]:
    """Two notes a day of each theme but the last, ten of nothing; weekends only half."""
    made = []
    for back in days:
        at = now - back * DAY - timedelta(hours=3)
        for name in (*NAMES[:3], ""):
            for number in range((10 if not name else 2) // (2 if at.weekday() > 4 else 1)):
                key = f"{name}-{back}-{number}"
                made.append(note(key, name, at, customer_key=f"c {key}"))
    return made


def rise(name: str, number: int, at: datetime) -> list[Analysis]:
    return [note(f"rise {name} {at} {n}", name, at, customer_key=f"r {name} {at} {n}") for n in range(number)]


def test_a_rise_and_something_new_open_one_thread_each_and_a_busy_day_none(store: Store) -> None:
    ids = themes(store, NAMES)
    put(store, usual(NOW, range(1, 40)), ids)
    put(
        store,
        [note(f"busy {n}", ("", *NAMES[:3])[n % 4], NOW - timedelta(hours=2), customer_key=f"b{n}") for n in range(16)],
        ids,
    )
    assert alerts.look(store, NOW) == ()
    put(store, [*rise("lock", 14, NOW - timedelta(hours=1)), *rise("rack", 6, NOW - timedelta(hours=1))], ids)
    assert len(alerts.look(store, NOW)) == 2
    assert alerts.look(store, NOW + timedelta(minutes=1)) == ()
    rack, lock = sorted(alerts.alerts(store), key=lambda one: one.name, reverse=True)
    assert (lock.name, lock.kind, rack.kind, lock.state) == ("lock", Kind.SPIKE, Kind.EMERGING, State.OPEN)
    assert lock.facts["seen"] >= 18
    assert lock.facts["expected"] < 8
    with store.connect() as connection:
        known = counted(store, connection)
    assert by_age(known.at(ids["lock"]), NOW)[-1] == 18
    assert by_age(known.at(NOTES), NOW).sum() == sum(1 for one in usual(NOW, range(1, SPAN))) + 36


def test_a_thread_is_taken_muted_judged_and_closed_and_stays_quiet(store: Store) -> None:
    ids = themes(store, NAMES)
    by = people.local(store, at=NOW)
    put(store, [*usual(NOW, range(1, 40)), *rise("lock", 14, NOW - timedelta(hours=1))], ids)
    (alert,) = alerts.look(store, NOW)
    alerts.take(store, alert, by=by, at=NOW)
    with pytest.raises(AlertError, match="why"):
        alerts.mute(store, alert, "no", NOW + DAY, by=by, at=NOW)
    alerts.mute(store, alert, "the lock firm knows", NOW + DAY, by=by, at=NOW)
    put(store, rise("lock", 40, NOW - timedelta(minutes=5)), ids)
    assert alerts.look(store, NOW) == ()
    assert alerts.alerts(store)[0].state is State.MUTED
    assert alerts.look(store, NOW + DAY + timedelta(hours=1)) == ()
    assert alerts.alerts(store)[0].state is State.OPEN
    alerts.judge(store, alert, useful=False, by=by, at=NOW)
    alerts.judge(store, alert, useful=True, by=by, at=NOW)
    assert alerts.verdicts(store) == (1, 0)
    alerts.close(store, alert, "mended on the site", by=by, at=NOW + DAY)
    assert alerts.alerts(store) == ()
    assert alerts.look(store, NOW + 2 * DAY) == ()
    found = alerts.thread(store, alert)
    assert found is not None
    assert [one.step for one in found[1]] == [
        Step.OPENED, Step.TAKEN, Step.MUTED, Step.GREW, Step.NOISE, Step.USEFUL, Step.CLOSED
    ]  # fmt: skip
    with pytest.raises(AlertError, match="closed"):
        alerts.take(store, alert, by=by, at=NOW)
    assert len(audit.entries(store, subject=f"alert:{alert}")) == 5
    watcher = people.add(store, "Vera", "", Role.VIEWER, by=by, at=NOW)
    with pytest.raises(NotAllowed):
        alerts.judge(store, alert, useful=True, by=watcher, at=NOW)


def test_a_notice_waits_until_it_is_out(store: Store) -> None:
    ids = themes(store, NAMES)
    put(store, [*usual(NOW, range(1, 40)), *rise("lock", 14, NOW - timedelta(hours=1))], ids)
    (alert,) = alerts.look(store, NOW)
    assert [one.id for one in alerts.untold(store)] == [alert]
    alerts.told(store, alert, NOW)
    assert alerts.untold(store) == ()


def test_the_backtest_finds_what_was_planted_and_judges_what_it_named() -> None:
    chance = np.random.default_rng(3)
    counts = chance.poisson(3.0, (12, SPAN + 42)).astype(float)
    counts[0, SPAN + 10 :] += chance.poisson(12.0, 32)
    found = replay(counts, counts.sum(axis=0) + 120.0, times=4.0, planted=12)
    assert 1 <= found.right <= found.judged <= found.alerts <= 8
    assert found.precision == found.right / found.judged
    still = replay(np.full((3, SPAN + 28), 4.0), np.full(SPAN + 28, 100.0), times=4.0, planted=0)
    assert (still.alerts, still.planted) == (0, 0)
    assert found.recall >= 0.8
    assert found.median_days <= 2
