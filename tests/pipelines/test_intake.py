"""Protects: whatever the intake answered with 202 is there after it was killed, once; and it says when nobody may send."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.intake import Server, send
from ingest.intake.settings import IntakeSettings
from insights.delivery import intake
from insights.store import Store
from pipelines.intake import NobodySends, application


@pytest.fixture
def server(_sqlite_template: Path, tmp_path: Path) -> Iterator[Server]:
    shutil.copy(_sqlite_template, tmp_path / "earshot.db")
    made = Server(tmp_path)
    made.start()
    yield made
    made.kill()


def test_nothing_that_was_answered_is_lost_when_the_intake_is_killed(server: Server) -> None:
    sent = asyncio.run(send(server, rate=60, seconds=3, kills=2))
    assert len(sent.taken) == 180
    assert sent.answers[202] + sent.answers[200] == 180, "a post whose answer was lost is known when it comes again"
    assert sent.answers.keys() <= {0, 200, 202}
    with Store(server.url) as store:
        kept = Counter(str(one.event["external_id"]) for one in intake.due(store, datetime.now(UTC)))
    assert kept == Counter(sent.taken)


def test_without_a_source_it_says_how_to_name_one(tmp_path: Path) -> None:
    with (
        Store(f"sqlite:///{tmp_path / 'earshot.db'}") as store,
        pytest.raises(NobodySends, match="EARSHOT_INTAKE_SOURCES"),
    ):
        application(IntakeSettings(intake_sources={}), store)
