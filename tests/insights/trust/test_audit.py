"""Protects the audit log: written with the deed or not at all, never changed, and a change behind its back shows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from insights.store import Store
from insights.trust import audit
from tests.insights.notes import NOW


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


@pytest.mark.parametrize("change", ["UPDATE audit SET who = 'Nobody'", "DELETE FROM audit"])
def test_the_database_refuses_to_change_or_take_away_a_row(store: Store, change: str) -> None:
    """Seen to fail without the triggers of migration 0005."""
    log(store, 2)
    with pytest.raises(DBAPIError, match="only ever added"), store.begin() as connection:
        connection.execute(text(change))
    assert audit.check(store).entries == 2


@pytest.mark.parametrize(
    ("change", "broken_at"),
    [
        ("UPDATE audit SET who = 'Nobody' WHERE number = 2", 2),
        ("UPDATE audit SET hash = previous WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 2", 3),
    ],
)
def test_a_change_behind_the_triggers_back_shows(store: Store, change: str, broken_at: int) -> None:
    log(store, 4)
    _without_triggers(store, change)
    assert audit.check(store).broken_at == broken_at


def test_rows_missing_at_the_end_show_to_who_kept_the_head(store: Store) -> None:
    log(store, 4)
    kept = audit.check(store).head
    log(store, 1)
    assert audit.check(store, kept).broken_at is None
    _without_triggers(store, "DELETE FROM audit WHERE number >= 4")
    assert audit.check(store).broken_at is None
    assert audit.check(store, kept).broken_at == 4


def test_many_writers_make_one_chain(store: Store) -> None:
    """Seen to fail on PostgreSQL without the advisory lock: two rows took the same number."""
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: log(store, 10), range(4)))
    assert audit.check(store).entries == 40
    assert audit.check(store).broken_at is None


def _without_triggers(store: Store, change: str) -> None:
    """Do what somebody with all rights on the database could do, and put the triggers back."""
    with store.begin() as connection:
        if store.dialect == "postgresql":
            for step in ("ALTER TABLE audit DISABLE TRIGGER USER", change, "ALTER TABLE audit ENABLE TRIGGER USER"):
                connection.execute(text(step))
            return
        kept = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for name, _ in kept:
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text(change))
        for _, made in kept:
            connection.execute(text(made))
