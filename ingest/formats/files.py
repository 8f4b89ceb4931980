"""A file of a vendor's format as rows: whole JSON, JSON Lines, a table, or a mailbox; the format itself sees parsed objects only."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.feedback import Reason
from ingest.formats import known
from ingest.formats.csv_records import FIELD_LIMIT
from ingest.formats.format import Fault, Format, NotThisFormat, Passed
from ingest.formats.mbox import looks_like_mbox, mails
from ingest.formats.message import event
from ingest.formats.row import Row
from ingest.wire import encode

_HEAD = 4096


class FormatFile:
    """The rows of one file. ``passed`` counts, as reading goes on, what was no feedback, by reason."""

    def __init__(self, path: Path, format: Format, *, source: str = "", own: tuple[str, ...] = ()) -> None:
        """``source`` is the name the records go by (the format's own by default); ``own`` are a mailbox's own domains."""
        self.path = path
        self.format = format
        self.source = source or format.name
        self.passed: Counter[str] = Counter()
        self._own = own

    def rows(self) -> Iterator[Row]:
        """Yield what the file holds. Raises OSError, and NotThisFormat when it begins with something else."""
        read = False
        for line, document in self._documents():
            try:
                outcomes = self.format.read(document)
            except NotThisFormat as error:
                if not read:
                    raise NotThisFormat(f"{self.path.name} is {error}{self._hint(document)}") from None
                yield Row(line, encode({"document": document}), None, Reason.BAD_VALUE, str(error))
                continue
            for outcome in outcomes:
                if isinstance(outcome, Passed):
                    self.passed[outcome.reason] += 1
                elif isinstance(outcome, Fault):
                    yield Row(line, encode({"record": outcome.record}), None, outcome.reason, outcome.detail)
                else:
                    made = event(outcome, self.source)
                    yield Row(line, encode(made), made)
            read = True

    def _documents(self) -> Iterator[tuple[int, Any]]:
        with self.path.open("rb") as file:
            head = file.read(_HEAD)
        if self.format.container == "mbox":
            if not looks_like_mbox(head):
                raise NotThisFormat(f"{self.path.name} is not {self.format.title}; expected {self.format.looks}")
            yield from enumerate(mails(self.path, self._own), start=1)
        elif self.format.container == "csv" and not head.lstrip().startswith((b"{", b"[")):
            yield from self._table(head)
        else:
            yield from self._json()

    def _json(self) -> Iterator[tuple[int, Any]]:
        """One value, or one a line. Reading lines first keeps a long file out of memory."""
        with self.path.open(encoding="utf-8-sig", errors="replace") as lines:
            first = next((line for line in lines if line.strip()), "")
            try:
                yield 1, json.loads(first)
            except ValueError:
                # Not a whole value: the file is one value over many lines.
                lines.seek(0)
                try:
                    yield 1, json.load(lines)
                except (ValueError, RecursionError) as error:
                    raise NotThisFormat(
                        f"{self.path.name} is no JSON ({error}); expected {self.format.looks}"
                    ) from None
                return
            for number, line in enumerate(lines, start=2):
                if not line.strip():
                    continue
                try:
                    yield number, json.loads(line)
                except (ValueError, RecursionError):
                    yield number, {"line": line[:200]}

    def _table(self, head: bytes) -> Iterator[tuple[int, Any]]:
        """A table with a header; Google Play writes UTF-16. The header alone shows whether it is of the format."""
        csv.field_size_limit(FIELD_LIMIT)
        code = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
        with self.path.open(encoding=code, errors="replace", newline="") as file:
            start = file.readline()
            file.seek(0)
            parts = max(",;\t", key=start.count)
            reader = csv.DictReader(file, delimiter=parts, restkey="", restval="")
            header = dict.fromkeys(reader.fieldnames or (), "")
            if not self.format.recognise(header):
                self.format.read(header)
            for row in reader:
                yield reader.line_num, {name: value for name, value in row.items() if name}

    def _hint(self, document: object) -> str:
        found = known.looking_like(document)
        if found is None or found is self.format:
            return f". `earshot formats {self.format.name} --sample` prints one that is"
        return f". It looks like {found.title}: try --format {found.name}"
