"""Protects: the commands as a newcomer meets them, on real files, with plain words and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Earshot = Callable[..., "subprocess.CompletedProcess[str]"]

ROOT = Path(__file__).parents[2]


@pytest.fixture
def earshot(tmp_path: Path, data_dir: Path) -> Earshot:
    """Run the installed command in a folder of its own; the heads' model is taken from the repository's folder."""
    own = tmp_path / "data"
    own.mkdir()
    (own / "models").symlink_to(data_dir / "models")

    def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        given = {name: value for name, value in os.environ.items() if not name.startswith("EARSHOT_")}
        given |= {
            "EARSHOT_DATA_DIR": str(own),
            "EARSHOT_DATABASE_URL": f"sqlite:///{own}/earshot.db",
            "EARSHOT_KAFKA_BOOTSTRAP": "127.0.0.1:1",
            "EARSHOT_ANALYSIS_WORKERS": "1",
        }
        command = [sys.executable, "-c", "from pipelines.cli import main; main()", *words]
        return subprocess.run(
            command, env=given | environment, cwd=tmp_path, capture_output=True, text=True, timeout=180, check=False
        )

    return run


def test_a_table_of_ones_own_in_four_commands(earshot: Earshot, tmp_path: Path) -> None:
    """The README's way: import with a guessed mapping, again without effect, refresh; a bad row is set aside."""
    table = tmp_path / "tickets.csv"
    rows = [f'{at},2026-10-{1 + at % 28:02} 10:00,"The app crashes when I open invoice {at}",u{at}' for at in range(30)]
    table.write_text("Ticket ID,Created,Comment,User ID\n" + "\n".join([*rows, "99,not a date,The app crashes,u99"]))

    assert earshot("db", "upgrade").returncode == 0
    first = earshot("import", str(table))
    assert first.returncode == 0, first.stderr
    assert "--map text=Comment,external_id=Ticket ID,occurred_at=Created" in first.stdout
    assert "30 stored, 0 updated, 0 known already, 1 set aside" in first.stdout
    second = earshot("import", str(table), "--yes")
    assert "0 stored, 0 updated, 30 known already, 1 set aside" in second.stdout
    refreshed = earshot("themes", "refresh")
    assert refreshed.returncode == 0, refreshed.stderr
    assert "new" in refreshed.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["import", "notes.csv", "--map", "text=Nowhere"], "its columns are id, words"),
        (["import", "notes.csv", "--map", "txt=words"], "there is no field 'txt'"),
        (["import", "notes.csv", "--map", "text"], "is not FIELD=COLUMN"),
        (["import", "notes.csv", "--map", "text=words"], "earshot db upgrade"),
        (["publish", "notes.csv", "--map", "text=words"], "no Kafka broker answers at 127.0.0.1:1"),
        (["stream"], "earshot db upgrade"),
        (["board"], "earshot db upgrade"),
        (["themes", "refresh"], "earshot db upgrade"),
        (["eval", "signals", "notes.csv", "--kind", "pain"], "lacks the column 'text'"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(earshot: Earshot, tmp_path: Path, words: list[str], said: str) -> None:
    (tmp_path / "notes.csv").write_text("id,words\n1,The app crashes\n")
    done = earshot(*words)
    assert done.returncode == 1
    assert said in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr


def test_doctor_finds_each_fault_and_names_its_mend(earshot: Earshot, tmp_path: Path) -> None:
    clash = tmp_path / "clash" / "nlp"
    clash.mkdir(parents=True)
    (clash / "__init__.py").write_text("")
    ill = earshot("doctor", EARSHOT_ENCODER="semantic", EARSHOT_MODEL_DIR=str(tmp_path / "nothing"))
    assert ill.returncode == 1
    for fault, mend in [
        ("fault database", "earshot db upgrade"),
        ("fault broker", "EARSHOT_KAFKA_BOOTSTRAP"),
        ("fault encoder", "earshot models pull"),
    ]:
        assert fault in ill.stdout
        assert mend in ill.stdout
    unwritable = earshot("doctor", EARSHOT_DATA_DIR="/proc/earshot")
    assert "fault data folder" in unwritable.stdout
    assert earshot("db", "upgrade").returncode == 0
    assert "ok    database" in earshot("doctor").stdout


def test_another_package_of_the_same_name_is_found(tmp_path: Path) -> None:
    """Packages called insights and nlp exist elsewhere; one that comes first on the path would break everything."""
    clash = tmp_path / "insights"
    clash.mkdir()
    (clash / "__init__.py").write_text("")
    code = f"""
import sys, importlib.util, types
import pipelines.checkup as checkup
spec = importlib.util.spec_from_file_location("insights", {str(clash / "__init__.py")!r})
sys.modules["insights"] = importlib.util.module_from_spec(spec)
try:
    checkup._packages()
except checkup.Ill as ill:
    print(ill.what, "|", ill.mend)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert "'insights' is imported from" in done.stdout, done.stderr
    assert "make setup" in done.stdout


def test_the_five_packages_are_ours() -> None:
    from pipelines.checkup import _packages

    assert "Earshot's own" in _packages()


def test_eval_prints_one_json_object(earshot: Earshot, tmp_path: Path) -> None:
    file = tmp_path / "redaction.jsonl"
    text = "my name is Anna Lindqvist, reach me at anna@example.org"
    marks = [{"type": "PERSON", "start": 11, "end": 25}, {"type": "EMAIL", "start": 39, "end": 55}]
    file.write_text(json.dumps({"text": text, "pii": marks, "ignore": []}) + "\n")
    done = earshot("eval", "redaction", str(file), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["recall"]["overall"] == 1.0
