"""Protects the weekly review at the command line: opened, decided, carried over, closed and exported in plain words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from insights import migrate
from insights.store import Store
from pipelines.cli.app import app
from tests.dashboard.planted import SUBJECTS, plant

Earshot = Callable[..., Result]
LOCK, PASS = SUBJECTS[0].name, SUBJECTS[3].name


@pytest.fixture
def planted(tmp_path: Path) -> tuple[str, dict[str, int]]:
    url = f"sqlite:///{tmp_path / 'earshot.db'}"
    migrate.upgrade(url)
    with Store(url) as store:
        return url, plant(store).ids


@pytest.fixture
def earshot(planted: tuple[str, dict[str, int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Earshot:
    """Run commands in this process, over a planted store."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EARSHOT_DATABASE_URL", planted[0])
    monkeypatch.setenv("EARSHOT_DATA_DIR", str(tmp_path))
    return lambda *words: CliRunner().invoke(app, words)


def test_a_review_from_opening_to_the_minutes(
    earshot: Earshot, planted: tuple[str, dict[str, int]], tmp_path: Path
) -> None:
    assert "earshot review open" in str(earshot("review", "agenda").exception)
    opened = earshot("review", "open").output
    assert LOCK in opened
    assert "to decide" in opened
    number = str(planted[1][LOCK])
    soon = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    words = ("--reason", "The lock must open", "--owner", "Bikes", "--by", soon)
    decided = earshot("review", "decide", number, "act", *words)
    assert f"[Act Bikes by {soon}]" in decided.output
    assert "needs a reason" in str(earshot("review", "decide", number, "decline").exception)
    assert "not on the agenda" in str(earshot("review", "decide", "99999", "carry").exception)
    assert "is no day" in str(earshot("review", "decide", number, "wait", "--by", "soon").exception)
    assert "still need a decision" in str(earshot("review", "close").exception)
    assert "is closed" in earshot("review", "close", "--carry-over").output
    assert "the next can be opened from" in str(earshot("review", "open").exception)
    minutes = earshot("review", "export").output
    assert f"### {LOCK}" in minutes
    assert "**Act: Bikes, by " in minutes
    assert "Carried over to the next review" in minutes
    earshot("review", "export", "--format", "html", "--output", str(tmp_path / "minutes.html"))
    assert "<h1>Review, week of" in (tmp_path / "minutes.html").read_text(encoding="utf-8")
    assert "no review in the week of 2001-01-01" in str(earshot("review", "export", "--week", "2001-01-01").exception)
