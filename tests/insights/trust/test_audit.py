"""Protects the audit log: written with the deed or not at all, never changed, and a change behind its back shows."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from insights.store import Store
from insights.trust import audit
from tests.insights.notes import NOW
from tests.insights.tampering import without_triggers


def log(store: Store, count: int) -> None:
    for number in range(count):
        with store.begin() as connection:
            audit.add(connection, "Mira", "did", f"thing:{number}", {"n": number}, {"n": number + 0.5, "ü": None}, NOW)


def test_rows_are_numbered_chained_and_found(store: Store) -> None:
    log(store, 5)
    found = audit.check(store)
    assert (found.entries, found.broken_at) == (5, None)
    newest = audit.entries(store, limit=2)
    assert [entry.number for entry in newest] == [5, 4]
    assert newest[0].hash == found.head
    assert [entry.number for entry in audit.entries(store, before_number=3)] == [2, 1]
    (one,) = audit.entries(store, subject="thing:3")
    assert (one.who, one.action, one.before, one.after, one.at) == (
        "Mira", "did", {"n": 3}, {"n": 3.5, "ü": None}, NOW,
    )  # fmt: skip
    assert audit.entries(store, who="Nobody") == ()


def test_a_moment_of_another_zone_is_the_same_moment(store: Store) -> None:
    with store.begin() as connection:
        audit.add(connection, "Mira", "did", "x", None, None, NOW.astimezone(timezone(timedelta(hours=9))))
    assert audit.check(store).broken_at is None


def test_a_deed_undone_leaves_no_row(store: Store) -> None:
    log(store, 1)

    def fail() -> None:
        with store.begin() as connection:
            audit.add(connection, "Mira", "failed", "x", None, None, NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    log(store, 1)
    assert audit.check(store) == audit.Verdict(2, audit.entries(store)[0].hash, None)


@pytest.mark.parametrize(
    ("change", "broken_at"),
    [
        ("UPDATE audit SET who = 'Nobody' WHERE number = 2", 2),
        ("UPDATE audit SET hash = previous WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 2", 3),
    ],
)
def test_the_check_names_the_first_row_that_does_not_follow(store: Store, change: str, broken_at: int) -> None:
    log(store, 4)
    without_triggers(store, "audit", change)
    assert audit.check(store).broken_at == broken_at
