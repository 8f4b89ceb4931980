"""The long runs: D1 with 200,000 notes, S1 on a small disk. They write their figures into docs/reliability.md.

The analysis is the quick one of the fault tests: what is tried here is delivery, and it must not wait for language.
"""

from __future__ import annotations

import os
import platform
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from insights import migrate
from insights.store import Store, Unavailable
from insights.trust.backup import check
from tests.faults.fleet import Fleet, wait_for
from tests.faults.load import Load, publish
from tests.faults.places import Manned, Opened
from tests.faults.standing import letters, notes, read_to, table_hash
from tests.faults.test_stores import put
from tests.kafka_brokers import ApacheKafka, running_apache, settings_for
from tests.postgres_servers import fresh_database

pytestmark = [pytest.mark.soak, pytest.mark.apache]
PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
NOTES = int(os.environ.get("EARSHOT_SOAK_NOTES", "200000"))
KILLS, BROKER_KILLS = 20, 3


@pytest.mark.apache
def test_d1_two_hundred_thousand_notes_twenty_kills_of_workers_three_of_the_broker(
    url: str, tmp_path: Path, manned: Manned, opened: Opened, another_url: str
) -> None:
    """The same records are read twice: under fire into one store, then in peace into another; both end the same."""
    with running_apache(tmp_path / "kafka") as broker:
        settings = settings_for(broker, kafka_session_timeout_ms=10_000)
        load = publish(settings, NOTES)
        store, workers = opened(url), manned(settings, url)
        seconds = _read_under_fire(store, load, workers, broker)
        assert notes(store) == load.unique
        assert letters(store) == load.poison
        assert read_to(store) == load.records
        assert check(store).damage == ()
        name = f"D1, {ENGINES[store.dialect]}, Apache Kafka"
        figures = (
            f"{load.unique:,} notes sent as {load.records:,} records ({load.poison:,} of them poison), {KILLS} kills of workers, "
            f"{BROKER_KILLS} of the broker: {notes(store):,} stored, {letters(store):,} set aside, 0 lost, 0 doubled, {seconds:,.0f} s"
        )
        _write_down(name, figures)
        for worker in workers.running:
            worker.kill()
        in_peace = settings.model_copy(update={"kafka_group": f"{settings.kafka_group}-in-peace"})
        peaceful = opened(another_url)
        quiet = _read_in_peace(peaceful, load, manned(in_peace, another_url))
    assert table_hash(store) == table_hash(peaceful)
    _write_down(name, f"{figures}; the tables are those of an undisturbed run of {quiet:,.0f} s")


class Two:
    """Whoever watches the workers: two are at work, and one that ended is followed by another.

    By itself a worker may end only because it came while the broker was away.
    """

    def __init__(self, workers: Fleet) -> None:
        self._workers = workers

    def at_work(self) -> bool:
        ended = [one for one in self._workers.workers if not one.alive and one.code != -signal.SIGKILL]
        assert all("BrokerUnreachable" in one.said for one in ended), ended[-1].said[-1500:]
        while len(self._workers.running) < 2:
            self._workers.start()
        return True


def _read_in_peace(store: Store, load: Load, workers: Fleet) -> float:
    two = Two(workers)
    seconds = wait_for(
        lambda: two.at_work() and read_to(store) >= load.records, 3_600, "the whole topic to be read", workers
    )
    for worker in workers.running:
        worker.kill()
    return seconds


def _read_under_fire(store: Store, load: Load, workers: Fleet, broker: ApacheKafka) -> float:
    chance, started, two = random.Random(20), time.monotonic(), Two(workers)
    share = load.unique // (KILLS + 2)
    for kill in range(1, KILLS + 1):
        goal = kill * share + chance.randrange(share)
        wait_for(lambda goal=goal: two.at_work() and notes(store) >= goal, 900, f"{goal} notes", workers)  # type: ignore[misc]
        chance.choice(workers.running).kill()
        if kill % (KILLS // BROKER_KILLS) == 0:
            broker.stop(kill=True)
            broker.start()
    wait_for(lambda: two.at_work() and read_to(store) >= load.records, 1_800, "the whole topic to be read", workers)
    return time.monotonic() - started


ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def _write_down(name: str, figures: str) -> None:
    """Put one line of this name between the marks of the page, in place of an older one."""
    text = PAGE.read_text()
    begin, end = "<!-- soak: begin -->", "<!-- soak: end -->"
    head, rest = text.split(begin)
    body, tail = rest.split(end)
    kept = [line for line in body.splitlines() if line.startswith("- ") and not line.startswith(f"- {name},")]
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[2]:.0f}, Python {platform.python_version()}"
    kept.append(f"- {name}, {datetime.now(UTC):%Y-%m-%d}, {machine}: {figures}.")
    PAGE.write_text(head + begin + "\n" + "\n".join(sorted(kept)) + "\n" + end + tail)


@pytest.fixture
def another_url(request: pytest.FixtureRequest, url: str, tmp_path: Path) -> Iterator[str]:
    """A second migrated database on the same engine."""
    if url.startswith("sqlite"):
        found = f"sqlite:///{tmp_path / 'another.db'}"
        migrate.upgrade(found)
        yield found
        return
    with fresh_database(request.getfixturevalue("postgres_url")) as found:
        migrate.upgrade(found)
        yield found


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own in memory; needs the right to mount one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("needs the right to mount a small disk (root)")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_s1_a_disk_of_eight_megabytes_that_fills_leaves_notes_and_offset_agreeing(tmp_path: Path) -> None:
    """A real disk that is full, write-ahead log and all; it goes on when somebody makes room."""
    with small_disk(tmp_path / "disk", 8) as disk:
        ballast = disk / "ballast"
        ballast.write_bytes(b"x" * 3_000_000)
        url = f"sqlite:///{disk / 'earshot.db'}"
        migrate.upgrade(url)
        with Store(url) as store:
            full = next(at for at in range(0, 100_000, 10) if not _takes(store, at))
            assert 0 < full == notes(store) == read_to(store)
            ballast.unlink()
            seconds = wait_for(lambda: _takes(store, full), 10, "the store to go on")
            assert notes(store) == read_to(store) == full + 10
            assert check(store).damage == ()
    _write_down(
        "S1, SQLite",
        f"a disk of 8 MB was full at {full:,} notes, offset {full:,}; went on {seconds:.1f} s after there was room",
    )


def _takes(store: Store, at: int) -> bool:
    try:
        put(store, at)
    except Unavailable:
        return False
    return True
