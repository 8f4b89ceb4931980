"""Tables of notes, one record a row, with any column names."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from ingest.feedback import Reason
from ingest.formats.amounts import to_amount
from ingest.formats.csv_records import CsvRecords, not_utf8
from ingest.formats.dates import day_comes_first, to_moment
from ingest.formats.mapping import SPEAKER_FIELD, TEXT_FIELD, ColumnMapping
from ingest.formats.row import Row

SAMPLE_ROWS = 200
_AMOUNTS = ("handle_minutes", "refund", "credit", "csat")
_SPEAKERS = {
    "customer": (
        "customer",
        "user",
        "client",
        "end-user",
        "end_user",
        "requester",
        "contact",
        "caller",
        "guest",
        "visitor",
    ),
    "agent": ("agent", "staff", "support", "representative", "rep", "employee", "operator", "admin"),
}


class Table:
    """A CSV file: its header and sample, and its rows as events under a mapping."""

    def __init__(self, path: Path) -> None:
        """Raises OSError when the file cannot be read, MappingError when it has no usable header."""
        self.path = path
        self._records = CsvRecords(path)
        self.header = self._records.header
        self.sample: tuple[dict[str, str], ...] = tuple(
            dict(zip(self.header, record.cells, strict=False)) for record in islice(self._records, SAMPLE_ROWS)
        )

    def events(self, mapping: ColumnMapping) -> Iterator[Row]:
        """Yield every row as an event under the mapping. Raises MappingError before the first row."""
        mapping.check(self.header)
        mapping = self._with_defaults(mapping)
        day_first = day_comes_first(self._column(mapping.columns.get("occurred_at", "")))
        twins: Counter[str] = Counter()
        for record in self._records:
            fault = record.fault
            if not fault and len(record.cells) != len(self.header):
                fault = f"{len(record.cells)} cells, but the header names {len(self.header)}"
            if fault:
                yield Row(record.line, record.payload, None, Reason.BAD_ROW, fault)
                continue
            if not_utf8(record.cells):
                detail = "the row is not UTF-8; save the file as UTF-8"
                yield Row(record.line, record.payload, None, Reason.NOT_UTF8, detail)
                continue
            try:
                event = self._event(dict(zip(self.header, record.cells, strict=True)), mapping, day_first)
            except ValueError as error:
                yield Row(record.line, record.payload, None, Reason.BAD_VALUE, str(error))
                continue
            if "external_id" not in event:
                event["external_id"] = _content_id(record.cells, twins)
            yield Row(record.line, record.payload, event)

    def _column(self, name: str) -> Iterator[str]:
        """Yield a column's values from the whole file."""
        if name:
            at = self.header.index(name)
            yield from (record.cells[at] for record in self._records if at < len(record.cells))

    def _with_defaults(self, mapping: ColumnMapping) -> ColumnMapping:
        """What the file does not say: the source is its name, the time is the file's own, so that a second import is equal."""
        constants = dict(mapping.constants)
        if "source" not in mapping.columns:
            constants.setdefault("source", self.path.stem)
        if "occurred_at" not in mapping.columns:
            constants.setdefault("occurred_at", datetime.fromtimestamp(int(self.path.stat().st_mtime), UTC).isoformat())
        return replace(mapping, constants=constants)

    def _event(self, cells: Mapping[str, str], mapping: ColumnMapping, day_first: bool) -> dict[str, Any]:
        given = dict(mapping.constants)
        given.update({name: value for name, column in mapping.columns.items() if (value := cells[column].strip())})
        speaker, text = _speaker(given.pop(SPEAKER_FIELD, "")), given.pop(TEXT_FIELD, "")
        event: dict[str, Any] = dict(given)
        if "occurred_at" in event:
            event["occurred_at"] = _moment(given["occurred_at"], day_first)
        for name in _AMOUNTS:
            if name in event:
                event[name] = _amount(name, given[name])
        if "version" in event:
            event["version"] = int(_amount("version", given["version"]))
        used = set(mapping.columns.values())
        event["attributes"] = {
            column: cell.strip() for column, cell in cells.items() if column and column not in used and cell.strip()
        }
        event["segments"] = [{"speaker": speaker, "text": text}]
        return event


def _moment(value: str, day_first: bool) -> str:
    try:
        return to_moment(value, day_first=day_first).isoformat()
    except (ValueError, OverflowError) as error:
        raise ValueError(f"occurred_at: {error}") from None


def _amount(name: str, value: str) -> float:
    try:
        return to_amount(value)
    except ValueError:
        raise ValueError(f"{name}: not a number") from None


def _speaker(value: str) -> str:
    return next((speaker for speaker, names in _SPEAKERS.items() if value.strip().lower() in names), "note")


def _content_id(cells: list[str], twins: Counter[str]) -> str:
    """A row without an id is known by its content; equal rows are counted, so that none is dropped."""
    digest = hashlib.blake2b("\x1f".join(cells).encode("utf-8", "replace"), digest_size=12).hexdigest()
    twins[digest] += 1
    return f"{digest}-{twins[digest]}"
