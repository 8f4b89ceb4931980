"""Protects: people are managed from the command line in plain words; nobody is shown by the id of another system."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from insights import migrate
from pipelines.cli.app import app

Earshot = Callable[..., Result]


@pytest.fixture
def earshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Earshot:
    """Run commands in this process, over a fresh store."""
    url = f"sqlite:///{tmp_path / 'earshot.db'}"
    migrate.upgrade(url)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EARSHOT_DATABASE_URL", url)
    monkeypatch.setenv("EARSHOT_DATA_DIR", str(tmp_path))
    return lambda *words: CliRunner().invoke(app, words)


def test_people_are_added_listed_changed_and_switched_off(earshot: Earshot) -> None:
    added = earshot(
        "people", "add", "Anna Berg", "--email", "anna@example.com", "--role", "agent", "--agent-id", "raw-agent-17"
    )
    assert added.exit_code == 0, added.output
    assert earshot("people", "role", "Anna Berg", "product owner").exit_code == 0
    listed = earshot("people", "list").output
    assert "Anna Berg" in listed
    assert "product owner" in listed
    assert "raw-agent-17" not in listed
    assert earshot("people", "deactivate", "anna@example.com").exit_code == 0
    assert "switched off" in earshot("people", "list").output
    assert earshot("people", "activate", "Anna Berg").exit_code == 0
    assert "switched off" not in earshot("people", "list").output


def test_what_cannot_be_is_told_in_a_sentence(earshot: Earshot) -> None:
    earshot("people", "add", "Anna Berg")
    assert "there is nobody called 'Nobody'" in str(earshot("people", "role", "Nobody", "viewer").exception)
    assert "last admin" in str(earshot("people", "deactivate", "Local user").exception)
    assert "is taken" in str(earshot("people", "add", "Anna Berg").exception)
