"""Protects what is only ever added: the database refuses a change, and one made behind its back shows in the chain.

One property for the audit log and the ledger. Seen to fail without the triggers of `insights.migrations.append_only`,
and, on PostgreSQL with many writers, without the advisory locks: two rows took the same number.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from insights.listening import ledger
from insights.listening.ledger import Entry, Event
from insights.store import Store
from insights.trust import audit
from tests.insights.notes import NOW
from tests.insights.tampering import without_triggers


@dataclass(frozen=True, slots=True)
class Log:
    """A chained log: how a row is written, and what a check finds: entries, head, and whether it is whole."""

    table: str
    write: Callable[[Store, int], object]
    check: Callable[[Store, str], tuple[int, str, bool]]
    words: str


def _audited(store: Store, number: int) -> None:
    with store.begin() as connection:
        audit.add(connection, "Mira", "did", f"thing:{number}", {"n": number}, {"n": number + 0.5, "ü": None}, NOW)


def _asked(store: Store, number: int) -> None:
    due = NOW.date() + timedelta(days=number)
    with ledger.writing(store) as connection:
        ledger.add(connection, Entry(Event.ASKED, number, 1, "machine", NOW, due=due, facts={"customers": number}))


def _audit(store: Store, head: str) -> tuple[int, str, bool]:
    found = audit.check(store, head)
    return found.entries, found.head, found.broken_at is None


def _ledger(store: Store, head: str) -> tuple[int, str, bool]:
    found = ledger.check(store, head)
    return found.entries, found.head, found.whole


LOGS = (Log("audit", _audited, _audit, "who"), Log("ledger", _asked, _ledger, "reason"))
CUT = "DELETE FROM {} WHERE number >= 4"
ONLY_ADDED = {"audit", "ledger", "review_decision", "assumption", "alert_step"}


@pytest.fixture(params=LOGS, ids=lambda log: log.table)
def log(request: pytest.FixtureRequest) -> Log:
    found: Log = request.param
    return found


def test_these_tables_refuse_to_be_changed(store: Store) -> None:
    """The names of the refusals, as the migrations leave them."""
    if store.dialect == "postgresql":
        wanted = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%_only_added'"
    else:
        wanted = "SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%only ever added%'"
    with store.connect() as connection:
        assert set(connection.execute(text(wanted)).scalars()) == ONLY_ADDED


def test_a_row_is_neither_changed_nor_taken_away(store: Store, log: Log) -> None:
    for number in (1, 2):
        log.write(store, number)
    before = log.check(store, "")
    for change in ("UPDATE {} SET {} = 'Nobody'", "DELETE FROM {}"):
        with pytest.raises(DBAPIError, match="only ever added"), store.begin() as connection:
            connection.execute(text(change.format(log.table, log.words)))
    assert log.check(store, "") == before


@pytest.mark.parametrize("change", ["UPDATE {} SET {} = 'X' WHERE number = 2", "DELETE FROM {} WHERE number = 2"])
def test_a_change_behind_the_triggers_back_shows(store: Store, log: Log, change: str) -> None:
    for number in range(1, 5):
        log.write(store, number)
    assert log.check(store, "")[2]
    without_triggers(store, log.table, change.format(log.table, log.words))
    assert not log.check(store, "")[2]


def test_rows_missing_at_the_end_show_to_who_kept_the_head(store: Store, log: Log) -> None:
    for number in range(1, 5):
        log.write(store, number)
    head = log.check(store, "")[1]
    log.write(store, 5)
    assert log.check(store, head)[2]
    without_triggers(store, log.table, CUT.format(log.table))
    assert log.check(store, "")[2]
    assert not log.check(store, head)[2]


def test_many_writers_make_one_chain(store: Store, log: Log) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda part: [log.write(store, 10 * part + at) for at in range(8)], range(4)))
    entries, _, whole = log.check(store, "")
    assert (entries, whole) == (32, True)
