"""Protects docs/reliability.md: every number it names is held by a test of that name, and no number is left out."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NUMBERS = (
    [f"D{at}" for at in range(1, 12)] + [f"P{at}" for at in range(1, 8)] + [f"S{at}" for at in range(1, 8)] + ["V2"]
)


def rows() -> list[tuple[list[str], list[str]]]:
    """The numbers and the test files of each line of the table."""
    found = []
    for line in (ROOT / "docs" / "reliability.md").read_text().splitlines():
        if re.match(r"\| [DPSXV]\d", line):
            numbers, _, tests = line.strip("|").split("|")
            found.append((re.findall(r"[DPSXV]\d+", numbers), re.findall(r"`(tests/\S+\.py)`", tests)))
    return found


def test_every_number_of_the_page_is_a_test_where_it_says() -> None:
    lacking = [
        number
        for numbers, paths in rows()
        for number in numbers
        if not any(f"def test_{number.lower()}_" in (ROOT / path).read_text() for path in paths)
    ]
    assert not lacking


def test_every_file_of_the_page_holds_one_of_its_numbers() -> None:
    strange = [
        path
        for numbers, paths in rows()
        for path in paths
        if not any(f"def test_{number.lower()}_" in (ROOT / path).read_text() for number in numbers)
    ]
    assert not strange


def test_no_number_is_left_out() -> None:
    named = {number for numbers, _ in rows() for number in numbers}
    assert [number for number in NUMBERS if number not in named] == []
