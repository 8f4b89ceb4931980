"""Protects exports: no cell becomes a formula, nothing is lost, and each says what was asked and when."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from insights.board.export import Sheet, as_csv, as_markdown, as_xlsx, neutral, restored

FORMULAS = (
    "=1+1", "=HYPERLINK(\"http://x\",\"y\")", "+1", "-1", "-2+3+cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1",
    "\u00a0=1", "\ufeff=1", "＝1", "＋1", "－1", "＠1", "'=1", "\x00=1", "=cmd|'/c calc'!A1", "@import",
)  # fmt: skip


def sheet(*cells: str) -> Sheet:
    rows = tuple((cell, 3, 0.5) for cell in cells)
    return Sheet(
        "Themes",
        ("Theme", "Notes", "Share"),
        rows,
        "product: =Bikes",
        "/?product=Bikes",
        datetime(2026, 9, 30, 12, tzinfo=UTC),
    )


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.mark.parametrize("formula", FORMULAS)
def test_x2_no_cell_starts_like_a_formula_and_the_text_comes_back(formula: str) -> None:
    """Seen to fail without `neutral` in `as_csv`, for every one of them."""
    found = rows_of(as_csv(sheet(formula)))
    cell = found[-1][0]
    assert cell.startswith("'")
    assert restored(cell) == formula.replace("\x00", "")
    assert neutral(restored(cell)) == cell


def test_csv_says_what_was_asked_and_when() -> None:
    found = rows_of(as_csv(sheet("Plain, with a comma", "Äther")))
    assert found[:4] == [
        ["Earshot", "Themes"], ["Asked", "product: =Bikes"], ["Link", "/?product=Bikes"], ["Made", "2026-09-30 12:00 UTC"],
    ]  # fmt: skip
    assert found[5:] == [["Theme", "Notes", "Share"], ["Plain, with a comma", "3", "0.5"], ["Äther", "3", "0.5"]]


def test_x2_excel_holds_texts_and_numbers_but_no_formula_and_no_link() -> None:
    with zipfile.ZipFile(io.BytesIO(as_xlsx(sheet(*FORMULAS, "http://example.org/")))) as book:
        page = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        texts = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
    name = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    assert page.findall(f".//{name}f") == page.findall(f".//{name}hyperlink") == []
    said = {"".join(one.itertext()) for one in texts.findall(f"{name}si")}
    assert "'=1+1" in said
    assert "http://example.org/" in said
    assert len([cell for cell in page.findall(f".//{name}c") if cell.get("t") is None]) == 2 * (len(FORMULAS) + 1)


def test_markdown_is_a_table_whatever_the_cells_hold() -> None:
    lines = as_markdown(sheet("a | b\nc", "[x](javascript:y) <b> $z$")).decode().splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert table[1] == "| --- | ---: | ---: |"
    assert table[2] == "| a \\| b c | 3 | 0.5 |"
    assert "](" not in table[3].replace("\\]\\(", "")
    assert "- Made: 2026\\-09\\-30 12:00 UTC" in lines
