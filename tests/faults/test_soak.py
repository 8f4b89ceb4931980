"""The long run: 200,000 notes, twenty kills of workers, three of the broker. It writes its figures into docs/reliability.md."""

from __future__ import annotations

import os
import platform
import random
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.settings import IngestSettings
from insights.store import Store
from insights.trust.backup import check
from tests.faults.fleet import Fleet, wait_for
from tests.faults.load import publish
from tests.faults.standing import letters, notes, read_to
from tests.kafka_brokers import ApacheKafka, missing_for_apache, settings_for

pytestmark = [pytest.mark.soak, pytest.mark.apache]
PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
NOTES = int(os.environ.get("EARSHOT_SOAK_NOTES", "200000"))
KILLS, BROKER_KILLS = 20, 3


def test_d1_two_hundred_thousand_notes_twenty_kills_of_workers_three_of_the_broker(
    url: str,
    tmp_path: Path,
    manned: Callable[[IngestSettings, str], Fleet],
    opened: Callable[[str], Store],
) -> None:
    if missing := missing_for_apache():
        pytest.skip(missing)
    broker, store, chance = ApacheKafka(tmp_path / "kafka").start(), opened(url), random.Random(20)
    try:
        settings = settings_for(broker)
        load = publish(settings, NOTES)
        workers = manned(settings, url)
        started = time.monotonic()
        workers.start()
        workers.start()
        for kill in range(1, KILLS + 1):
            goal = kill * load.unique // (KILLS + 3)
            wait_for(lambda goal=goal: notes(store) >= goal, 600, f"{goal} notes", workers)  # type: ignore[misc]
            time.sleep(chance.uniform(0, 0.5))
            chance.choice(workers.running).kill()
            workers.start()
            if kill % (KILLS // BROKER_KILLS) == 0 and kill < KILLS:
                broker.stop(kill=True)
                broker.start()
        everything = load.unique + load.duplicates + load.poison
        wait_for(lambda: read_to(store) >= everything, 900, "the whole topic to be read", workers)
        seconds = time.monotonic() - started
        assert notes(store) == load.unique
        assert letters(store) == load.poison
        assert check(store).damage == ()
    finally:
        broker.stop(kill=True)
        shutil.rmtree(tmp_path / "kafka", ignore_errors=True)
    _write_down(
        store.dialect,
        f"{load.unique:,} notes sent as {everything:,} records ({load.poison:,} of them poison), {KILLS} kills of workers, "
        f"{BROKER_KILLS} of the broker: {notes(store):,} stored, {letters(store):,} set aside, 0 lost, 0 doubled, {seconds:,.0f} s",
    )


def _write_down(engine: str, figures: str) -> None:
    """Put one line for this engine between the marks of the page, in place of an older one."""
    text = PAGE.read_text()
    begin, end = "<!-- soak: begin -->", "<!-- soak: end -->"
    head, rest = text.split(begin)
    body, tail = rest.split(end)
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[engine]
    kept = [line for line in body.splitlines() if line.startswith("- ") and not line.startswith(f"- {name}")]
    cores = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    kept.append(f"- {name}, Apache Kafka, {datetime.now(UTC):%Y-%m-%d}, {cores}: {figures}.")
    PAGE.write_text(head + begin + "\n" + "\n".join(sorted(kept)) + "\n" + end + tail)
