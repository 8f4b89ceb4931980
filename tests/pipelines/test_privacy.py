"""Acceptance test X7, second half: no card, account or address reaches the log at its most talkative, or the store's bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.nlp.redaction.corpus import corpus

KINDS = {"CARD", "IBAN", "EMAIL"}


def test_x7_no_personal_data_in_logs_or_in_the_stores_bytes(tmp_path: Path, data_dir: Path) -> None:
    labelled = [one for one in corpus(of_each=20) if one.kind in KINDS]
    lines = [
        json.dumps(
            {
                "schema_version": 1,
                "source": "desk",
                "external_id": str(number),
                "occurred_at": "2026-10-01T09:00:00Z",
                "segments": [{"speaker": "customer", "text": one.text}],
            }
        )
        for number, one in enumerate(labelled)
    ]
    notes = tmp_path / "notes.jsonl"
    notes.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "models").symlink_to(data_dir / "models")
    environment = os.environ | {
        "EARSHOT_DATABASE_URL": f"sqlite:///{tmp_path / 'earshot.db'}",
        "EARSHOT_DATA_DIR": str(tmp_path),
        "EARSHOT_LOG_LEVEL": "debug",
    }
    told = ""
    for command in (["db", "upgrade"], ["import", str(notes), "--yes"], ["themes", "refresh"]):
        done = subprocess.run(
            [str(Path(sys.executable).with_name("earshot")), *command],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
        )
        told += done.stdout + done.stderr
        assert done.returncode == 0, told
    assert f"{len(labelled)} stored" in told
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("earshot.db*"))
    assert b"[IBAN]" in kept
    for one in labelled:
        assert one.value not in told
        assert one.value.encode() not in kept
