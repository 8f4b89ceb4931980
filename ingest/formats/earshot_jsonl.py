"""Earshot's own format: one event of schema version 1 per line (JSON Lines)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.feedback import InvalidFeedback
from ingest.formats.row import Row
from ingest.wire import MAX_BYTES, parse


def read(path: Path, max_bytes: int = MAX_BYTES) -> Iterator[Row]:
    """Yield one row per line that is not blank. Raises OSError when the file cannot be read."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            payload = line.rstrip(b"\r\n")
            if not payload.strip():
                continue
            try:
                yield Row(number, payload, parse(payload, max_bytes))
            except InvalidFeedback as error:
                yield Row(number, payload, None, error.reason, error.detail)
