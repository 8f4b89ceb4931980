"""Tables to take away: CSV, Excel and Markdown, each saying what was asked and when; no cell can become a formula.

A text that a spreadsheet would take for a formula gets an apostrophe in front in CSV, is written as text in Excel, and
stays as it is in Markdown, where nothing is computed. `restored` takes the apostrophe off again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import xlsxwriter

Cell = str | int | float
TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LONGEST_CELL = 32_767


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is exported: rows under columns, and what was asked, in words and as a link."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    asked: str
    link: str
    at: datetime

    @property
    def about(self) -> tuple[tuple[str, str], ...]:
        """The lines above the table."""
        return (
            ("Earshot", self.title),
            ("Asked", self.asked),
            ("Link", self.link),
            ("Made", f"{self.at:%Y-%m-%d %H:%M} UTC"),
        )


def neutral(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet takes for a formula."""
    if not isinstance(cell, str):
        return cell
    text = _UNSEEN.sub("", cell)
    return f"'{text}" if text.lstrip(" \u00a0\ufeff").startswith(TRIGGERS) or text.startswith("'") else text


def restored(text: str) -> str:
    """Return what a text was before `neutral`."""
    return text[1:] if text.startswith("'") else text


def as_csv(sheet: Sheet) -> bytes:
    """Return the table as UTF-8 with a byte order mark, which Excel needs to see the accents."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for name, value in sheet.about:
        writer.writerow([name, neutral(value)])
    writer.writerow([])
    writer.writerow([neutral(name) for name in sheet.columns])
    writer.writerows([neutral(cell) for cell in row] for row in sheet.rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(sheet: Sheet) -> bytes:
    """Return the table as an Excel workbook; every text is written as text, never as formula or link."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True})
        page = book.add_worksheet("Earshot")
        for line, (name, value) in enumerate(sheet.about):
            page.write_string(line, 0, name)
            page.write_string(line, 1, _plain(value))
        top = len(sheet.about) + 1
        for at, name in enumerate(sheet.columns):
            page.write_string(top, at, _plain(name), bold)
        for line, row in enumerate(sheet.rows, top + 1):
            for at, cell in enumerate(row):
                if isinstance(cell, str):
                    page.write_string(line, at, _plain(str(neutral(cell))))
                else:
                    page.write_number(line, at, cell)
        page.freeze_panes(top + 1, 0)
        page.set_column(0, 0, 48)
    return out.getvalue()


def as_markdown(sheet: Sheet) -> bytes:
    """Return the table as Markdown; nothing in a cell can end it or become markup."""
    lines = [f"# {_cell(sheet.title)}", ""]
    lines += [f"- {name}: {_cell(value)}" for name, value in sheet.about[1:]]
    lines += [
        "",
        _line(sheet.columns),
        _line(["---:" if _number(sheet, at) else "---" for at in range(len(sheet.columns))], raw=True),
    ]
    lines += [_line(row) for row in sheet.rows]
    return ("\n".join(lines) + "\n").encode()


def _plain(text: str) -> str:
    return _UNSEEN.sub("", text)[:_LONGEST_CELL]


def _number(sheet: Sheet, at: int) -> bool:
    return bool(sheet.rows) and all(not isinstance(row[at], str) for row in sheet.rows)


def _line(cells: Sequence[Cell], *, raw: bool = False) -> str:
    return f"| {' | '.join(str(cell) if raw else _cell(str(cell)) for cell in cells)} |"


def _cell(text: str) -> str:
    one_line = " ".join(_UNSEEN.sub("", text).split())
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~$&=@-])", r"\\\1", one_line)
