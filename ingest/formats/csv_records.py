"""A CSV file as records of cells, whatever parts them, with the bytes each record came in."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.formats.mapping import MappingError

DELIMITERS = ",;\t|"
FIELD_LIMIT = 16 * 1024 * 1024
_HEAD_BYTES = 64 * 1024
_JUDGED = 30


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one record, its first line, and its bytes. ``fault`` says why there are no cells."""

    line: int
    cells: list[str]
    payload: bytes
    fault: str = ""


class CsvRecords:
    """The records of a file after its header. A record may span lines inside quotes."""

    def __init__(self, path: Path) -> None:
        """Raises OSError when the file cannot be read, MappingError when it has no usable header."""
        csv.field_size_limit(FIELD_LIMIT)
        self._path = path
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise MappingError(f"{path.name} is UTF-16; save it as CSV UTF-8")
        self._delimiter = _delimiter(head.decode("utf-8-sig", "replace").splitlines(keepends=True))
        first = next(self._every(), Record(1, [], b""))
        if not any(cell.strip() for cell in first.cells):
            raise MappingError(f"{path.name} has no header line; the first line must name the columns")
        if not_utf8(first.cells):
            raise MappingError(f"the header of {path.name} is not UTF-8; save the file as CSV UTF-8")
        self.header = tuple(_distinct(cell.strip() for cell in first.cells))

    def __iter__(self) -> Iterator[Record]:
        """Yield every record but the header; blank lines are passed over."""
        records = self._every()
        next(records)
        return (record for record in records if record.fault or any(cell.strip() for cell in record.cells))

    def _every(self) -> Iterator[Record]:
        taken: list[str] = []
        ended = False
        with self._path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:

            def lines() -> Iterator[str]:
                nonlocal ended
                for line in file:
                    taken.append(line)
                    yield line
                ended = True

            reader = csv.reader(lines(), delimiter=self._delimiter, skipinitialspace=True)
            line = 1
            while True:
                fault, cells = "", list[str]()
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    fault = f"not readable as CSV ({error})"
                # The reader asks beyond the last line only inside a quote, which it then closes itself.
                if ended:
                    fault, cells = f"a quote is opened on line {line} and never closed", []
                yield Record(line, cells, "".join(taken).encode("utf-8", "surrogateescape"), fault)
                line += len(taken)
                taken.clear()


def not_utf8(cells: Iterable[str]) -> bool:
    """Tell whether the file's bytes of these cells were not UTF-8."""
    return any("\udc80" <= char <= "\udcff" for cell in cells for char in cell)


def _delimiter(lines: list[str]) -> str:
    """Return what parts the first lines into the most records as wide as the header, and of those, the widest."""

    def fitting(delimiter: str) -> tuple[int, int]:
        try:
            widths = [
                len(cells) for cells, _ in zip(csv.reader(lines, delimiter=delimiter), range(_JUDGED), strict=False)
            ]
        except csv.Error:
            return 0, 0
        if not widths or widths[0] < 2:
            return 0, 0
        return sum(width == widths[0] for width in widths), widths[0]

    return max(DELIMITERS, key=fitting)


def _distinct(names: Iterable[str]) -> Iterator[str]:
    """Two columns of one name are both kept: the second of ``note`` is ``note (2)``."""
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        yield name if not name or seen[name] == 1 else f"{name} ({seen[name]})"
