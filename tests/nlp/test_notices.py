"""What a sign says is nobody's complaint; what is said about it stays."""

from __future__ import annotations

import pytest

from nlp.notices import noticed
from nlp.units import passage


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('The poster says "please report broken lifts".', []),
        ("The sign said please close the door, but the door is broken.", ["but the door is broken."]),
        ("Your newsletter promises that every ride saves the world.", []),
        ("The sign is broken.", ["The sign is broken."]),
        ("I wrote to you about the sign that says open.", ["I wrote to you about the sign that says open."]),
    ],
)
def test_only_the_notice_is_set_apart(text: str, left: list[str]) -> None:
    read, _ = passage(text, "c")
    quoted = noticed(read)
    assert [text[unit.start : unit.end] for number, unit in enumerate(read.units) if number not in quoted] == left
