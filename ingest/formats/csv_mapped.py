"""Tables of notes, one record a row, with any column names."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.feedback import Reason
from ingest.formats.dates import day_comes_first, to_moment
from ingest.formats.mapping import SPEAKER_FIELD, TEXT_FIELD, ColumnMapping, MappingError
from ingest.formats.row import Row

SAMPLE_ROWS = 200
_FIELD_LIMIT = 16 * 1024 * 1024
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
    """A CSV file: its dialect, header and sample, and its rows as events under a mapping."""

    def __init__(self, path: Path) -> None:
        """Raises OSError when the file cannot be read, MappingError when it has no header."""
        csv.field_size_limit(_FIELD_LIMIT)
        self.path = path
        with path.open("rb") as file:
            head = file.read(64 * 1024).decode("utf-8-sig", "replace")
        try:
            self._dialect: type[csv.Dialect] = csv.Sniffer().sniff(
                head.splitlines()[0] if head else "", delimiters=",;\t|"
            )
            self._dialect.doublequote = True
        except (csv.Error, IndexError):
            self._dialect = csv.excel
        self.header: tuple[str, ...] = tuple(cell.strip() for cell in next(self._records())[1]) if head.strip() else ()
        if not any(self.header):
            raise MappingError(f"{path.name} has no header line; the first line must name the columns")
        self.sample: tuple[dict[str, str], ...] = tuple(self._sampled())

    def events(self, mapping: ColumnMapping) -> Iterator[Row]:
        """Yield every row as an event under the mapping. Raises MappingError before the first row."""
        mapping.check(self.header)
        mapping = self._with_defaults(mapping)
        column = mapping.columns.get("occurred_at", "")
        day_first = day_comes_first(row.get(column) or "" for row in self.sample)
        twins: Counter[str] = Counter()
        records = self._records()
        next(records)
        for line, cells, payload in records:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(self.header):
                yield Row(
                    line, payload, None, Reason.BAD_ROW, f"{len(cells)} cells, but the header names {len(self.header)}"
                )
                continue
            if any("\udc80" <= char <= "\udcff" for cell in cells for char in cell):
                yield Row(line, payload, None, Reason.NOT_UTF8, "the row is not UTF-8; save the file as UTF-8")
                continue
            try:
                event = self._event(dict(zip(self.header, cells, strict=True)), mapping, day_first)
            except ValueError as error:
                yield Row(line, payload, None, Reason.BAD_VALUE, str(error))
                continue
            if "external_id" not in event:
                event["external_id"] = _content_id(cells, twins)
            yield Row(line, payload, event)

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

    def _sampled(self) -> Iterator[dict[str, str]]:
        records = self._records()
        next(records)
        for (_, cells, _), _ in zip(records, range(SAMPLE_ROWS), strict=False):
            yield dict(zip(self.header, cells, strict=False))

    def _records(self) -> Iterator[tuple[int, list[str], bytes]]:
        """Yield (first line, cells, original bytes); a row may span lines inside quotes."""
        taken: list[str] = []
        with self.path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:

            def lines() -> Iterator[str]:
                for line in file:
                    taken.append(line)
                    yield line

            reader = csv.reader(lines(), self._dialect)
            line = 1
            while True:
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error:
                    cells = []
                payload = "".join(taken).encode("utf-8", "surrogateescape")
                yield line, cells, payload
                line += len(taken)
                taken.clear()


def _moment(value: str, day_first: bool) -> str:
    try:
        return to_moment(value, day_first=day_first).isoformat()
    except (ValueError, OverflowError) as error:
        raise ValueError(f"occurred_at: {error}") from None


def _amount(name: str, value: str) -> float:
    digits = value.strip().lstrip("€$£").replace(" ", "")
    if "," in digits and "." not in digits:
        digits = digits.replace(",", ".")
    try:
        return float(digits.replace(",", ""))
    except ValueError:
        raise ValueError(f"{name}: not a number") from None


def _speaker(value: str) -> str:
    return next((speaker for speaker, names in _SPEAKERS.items() if value.strip().lower() in names), "note")


def _content_id(cells: list[str], twins: Counter[str]) -> str:
    """A row without an id is known by its content; equal rows are counted, so that none is dropped."""
    digest = hashlib.blake2b("\x1f".join(cells).encode("utf-8", "replace"), digest_size=12).hexdigest()
    twins[digest] += 1
    return f"{digest}-{twins[digest]}"
