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


def test_who_switches_the_command_lines_own_account_off_is_told_the_way_back(
    earshot: Earshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen: every command said "switched off; ask an admin", to the admin."""
    earshot("people", "add", "Anna Berg", "--role", "admin")
    assert earshot("people", "deactivate", "Local user").exit_code == 0
    assert "EARSHOT_LOCAL_USER" in str(earshot("people", "add", "Bo").exception)
    monkeypatch.setenv("EARSHOT_LOCAL_USER", "Anna Berg")
    assert earshot("people", "activate", "Local user").exit_code == 0


def test_what_is_empty_says_so(earshot: Earshot) -> None:
    assert "earshot people add" in earshot("people", "list").output
    assert "Nobody has done anything" in earshot("audit").output
    assert "no incident" in earshot("incidents", "list").output
    assert "never asked" in earshot("ledger", "show", "3").output
    for words in (("replay",), ("purge", "--yes"), ("replay", "9")):
        assert "earshot dead-letters list" in str(earshot("dead-letters", *words).exception)
    refused = earshot("erase", "", "--yes")
    assert (refused.exit_code, "without an id" in refused.output) == (2, True)


def test_the_store_is_copied_checked_and_put_back(
    earshot: Earshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earshot("people", "add", "Anna Berg")
    copied = earshot("backup", str(tmp_path / "one.backup"))
    assert copied.exit_code == 0, copied.output
    assert "and it is whole" in copied.output
    assert "move it" in str(earshot("restore", str(tmp_path / "one.backup")).exception)
    monkeypatch.setenv("EARSHOT_DATABASE_URL", f"sqlite:///{tmp_path / 'restored.db'}")
    assert earshot("restore", str(tmp_path / "one.backup")).exit_code == 0
    checked = earshot("db", "check")
    assert checked.exit_code == 0, checked.output
    assert "The store is whole" in checked.output
    assert "Anna Berg" in earshot("people", "list").output
    head = checked.output.split("head ")[1].split()[0]
    assert earshot("db", "check", "--audit-head", head).exit_code == 0
    assert earshot("db", "check", "--audit-head", "0" * 63 + "1").exit_code == 1
    assert "person added" in earshot("audit").output


def test_a_customer_is_erased_by_the_id_of_the_sending_system(earshot: Earshot, tmp_path: Path) -> None:
    from ingest.pseudonyms import Pseudonyms, privacy_key
    from insights.delivery.writer import Home, write
    from insights.store import Store
    from tests.insights.notes import NOW, analysis, feedback

    key = Pseudonyms(privacy_key("", tmp_path)).customer("customer-9")
    with Store(f"sqlite:///{tmp_path / 'earshot.db'}") as store:
        notes = [analysis(feedback(str(at), customer_key=key if at else "other")) for at in range(4)]
        write(store, notes, [[Home(None, 0.0)]] * 4, received_at=NOW)
    erased = earshot("erase", "customer-9", "--yes")
    assert erased.exit_code == 0, erased.output
    assert "Receipt" in erased.output
    assert "3 x feedback" in erased.output
    assert "nothing was found" in earshot("erase", "customer-9", "--yes").output
    assert earshot("retention").output.strip() == "Nothing was too old."


def test_dead_letters_and_incidents_are_handled(earshot: Earshot, tmp_path: Path) -> None:
    from ingest.feedback import Origin, Reason, Rejected
    from insights.delivery import incidents
    from insights.delivery.incidents import IncidentKind
    from insights.delivery.writer import write
    from insights.store import Store
    from tests.insights.notes import NOW

    with Store(f"sqlite:///{tmp_path / 'earshot.db'}") as store:
        letters = [Rejected(Reason.NOT_JSON, "no", b"secret words", Origin("notes", 0, at)) for at in range(3)]
        write(store, [], [], letters, received_at=NOW)
        incidents.record(store, IncidentKind.GAP, "notes[0]", "offsets 3 to 9", NOW)
    listed = earshot("dead-letters", "list").output
    assert "3 x not_json" in listed
    assert "secret words" not in listed
    assert "1 records go out" in earshot("dead-letters", "replay", "1").output
    assert earshot("dead-letters", "export", str(tmp_path / "letters.jsonl")).exit_code == 0
    assert len((tmp_path / "letters.jsonl").read_text().splitlines()) == 2
    assert (tmp_path / "letters.jsonl").stat().st_mode & 0o077 == 0
    assert "2 records deleted" in earshot("dead-letters", "purge", "--yes").output
    assert "OPEN" in earshot("incidents", "list").output
    assert "Closed." in earshot("incidents", "close", "1").output
    assert "OPEN" not in earshot("incidents", "list").output
