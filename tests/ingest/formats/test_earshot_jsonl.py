"""One event a line: a bad line is set aside with its number, the others are read."""

from __future__ import annotations

from pathlib import Path

from ingest.feedback import Reason
from ingest.formats.earshot_jsonl import read
from tests.ingest.poison import GOOD, event


def test_bad_lines_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    lines = [event(), b"", b"not json", b"[1]", event(external_id="n-2"), b"\xff", event(external_id="n-3")]
    path.write_bytes(b"\r\n".join(lines))
    rows = list(read(path))
    assert [(row.line, row.reason) for row in rows] == [
        (1, None),
        (3, Reason.NOT_JSON),
        (4, Reason.NOT_AN_OBJECT),
        (5, None),
        (6, Reason.NOT_UTF8),
        (7, None),
    ]
    assert rows[0].event == GOOD
    assert rows[1].payload == b"not json"


def test_a_line_over_the_limit_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "notes.jsonl"
    path.write_bytes(event(product="x" * 100) + b"\n" + event() + b"\n")
    assert [row.reason for row in read(path, max_bytes=len(event()))] == [Reason.TOO_LARGE, None]
