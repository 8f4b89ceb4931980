"""S1, S2, S5, S6: a disk that fills, many writers, a server that drops its connections, clocks that lie."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, func, select, text

from ingest.sources import ListSource, Progress
from insights import migrate
from insights.delivery import pipeline
from insights.delivery.writer import Home, write
from insights.store import Store, Unavailable
from insights.tables import FeedbackRow, SettingRow
from insights.trust import backup
from pipelines.analysis_process import AnalysisPool
from pipelines.process import Processor
from pipelines.run import drain
from tests.faults.hearing import quick
from tests.faults.standing import notes, read_to
from tests.insights.notes import NOW, analysis, feedback

pytestmark = pytest.mark.fault


def put(store: Store, start: int, count: int = 10, patience: float = 0.2) -> None:
    many = [
        analysis(feedback(f"n-{start + at}", text=f"The app does not open, note {start + at}.")) for at in range(count)
    ]
    part = Progress("c", "notes", "t", 0, start, start + count)
    write(store, many, [[Home(None, 0.0)]] * count, (), [part], received_at=NOW, patience=patience)


def test_s1_a_full_disk_leaves_notes_and_offset_agreeing_and_goes_on_when_there_is_room(sqlite_url: str) -> None:
    """Ought to fail, not tried yet: with an offset written in a transaction of its own."""
    with Store(sqlite_url) as store:
        limits: list[Any] = []

        @event.listens_for(store._writer, "checkout")
        def _limit(connection: Any, *_: object) -> None:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            limits.append(limits[0] if limits else pages + 60)
            connection.execute(f"PRAGMA max_page_count = {limits[0]}")

        def fill() -> None:
            for start in range(0, 100_000, 10):
                put(store, start)

        with pytest.raises(Unavailable, match="make room"):
            fill()
        full = notes(store)
        assert 0 < full == read_to(store)
        assert backup.check(store).damage == ()
        limits[0] += 10_000
        started = time.monotonic()
        put(store, full)
        assert time.monotonic() - started <= 10
        assert notes(store) == read_to(store) == full + 10


def add_up(url: str, times: int) -> None:
    """Read a number and write one more, so many times; what a lost update would spoil."""
    with Store(url) as store:
        for _ in range(times):
            with store.begin() as connection:
                seen = connection.execute(select(SettingRow.value).where(SettingRow.key == "sum")).scalar_one()
                connection.execute(text("UPDATE setting SET value = :to WHERE key = 'sum'"), {"to": str(int(seen) + 1)})


def test_s2_four_processes_lose_no_update_and_the_board_reads_meanwhile(
    sqlite_url: str, record_property: Callable[[str, object], None]
) -> None:
    """Ought to fail, not tried yet: with BEGIN instead of BEGIN IMMEDIATE: `database is locked`, at once, and updates lost."""
    with Store(sqlite_url) as store, Store(sqlite_url, read_only=True) as board:
        put(store, 0, 500)
        with store.begin() as connection:
            connection.execute(text("INSERT INTO setting (key, value) VALUES ('sum', '0')"))
        context = multiprocessing.get_context("forkserver")
        writers = [context.Process(target=add_up, args=(sqlite_url, 500)) for _ in range(4)]
        for one in writers:
            one.start()
        reads = []
        while any(one.is_alive() for one in writers):
            started = time.monotonic()
            with board.connect() as connection:
                connection.execute(select(func.count()).select_from(FeedbackRow)).scalar_one()
            reads.append(time.monotonic() - started)
            time.sleep(0.01)
        for one in writers:
            one.join()
        with store.connect() as connection:
            total = connection.execute(select(SettingRow.value).where(SettingRow.key == "sum")).scalar_one()
        slowest = sorted(reads)[int(0.95 * len(reads))]
        record_property("read p95, ms", round(1000 * slowest, 1))
        assert [one.exitcode for one in writers] == [0, 0, 0, 0]
        assert total == "2000"
        assert slowest <= 0.05


def test_s5_a_server_that_drops_every_connection_costs_nothing(postgres_url: str, url: str) -> None:
    """Ten times while a worker writes, as a restart does. Ought to fail, not tried yet: without `Unavailable` for lost connections."""
    if not url.startswith("postgresql"):
        pytest.skip("SQLite has no server to lose")
    with Store(url) as store:
        failures: list[BaseException] = []

        def work() -> None:
            try:
                for start in range(0, 2_000, 10):
                    put(store, start, patience=30)
            except BaseException as error:
                failures.append(error)

        working = threading.Thread(target=work)
        working.start()
        dropped = 0
        with psycopg.connect(postgres_url, autocommit=True) as other:
            name = url.rsplit("/", 1)[1].split("?")[0]
            while working.is_alive() and dropped < 10:
                ended = other.execute(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s", (name,)
                ).fetchone()
                dropped += 1 if ended and ended[0] else 0
                time.sleep(0.2)
        working.join(120)
        assert not failures
        assert dropped >= 3
        assert notes(store) == read_to(store) == 2_000


def test_s6_clocks_that_are_wrong_spoil_no_order_and_no_lag(sqlite_url: str) -> None:
    """The worker's clock an hour back, then an hour ahead; events of ten years hence are not believed."""
    clock = [datetime(2026, 9, 30, 12, tzinfo=UTC)]
    with Store(sqlite_url) as store, AnalysisPool(quick) as pool:  # type: ignore[arg-type]
        processor = Processor(store, pool, clock=lambda: clock[0])
        for hours in (-1, 1, 0):
            clock[0] += timedelta(hours=hours)
            drain(ListSource([feedback(f"{hours}-{at}") for at in range(5)]), processor)
        write(store, [], [], (), [Progress("c", "notes", "t", 0, 0, 7, 3)], received_at=clock[0])
        status = pipeline.status(store, clock[0] - timedelta(hours=3))
        assert status.notes == 15
        assert [part.lag for part in status.partitions] == [0]
        assert all(count >= 0 for count in status.per_minute)


def test_s4_ten_thousand_notes_survive_the_way_up_from_the_first_tables(database_url: str) -> None:
    """Written under today's tables, taken down to 0002 and up again: every note and signal is still there."""
    migrate.upgrade(database_url)
    with Store(database_url) as store:
        for start in range(0, 10_000, 500):
            put(store, start, 500, patience=10)
    migrate.downgrade(database_url, "0002")
    migrate.upgrade(database_url)
    with Store(database_url) as store:
        store.check_migrated()
        assert notes(store) == 10_000
        assert backup.check(store).damage == ()
        put(store, 10_000)
        assert notes(store) == 10_010
