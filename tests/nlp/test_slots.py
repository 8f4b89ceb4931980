"""The parts of a signal: each is named only where its own words stand in the text."""

from __future__ import annotations

import pytest

from nlp import slots


def parts(text: str, job: str) -> dict[str, str]:
    start = text.index(job)
    found = slots.job(text, (0, len(text)), start, start + len(job))
    return {slot.name: text[slot.start : slot.end] for slot in found}


@pytest.mark.parametrize(
    ("text", "job", "expected"),
    [
        ("I want to freeze my card", "freeze my card", {}),
        (
            "When I travel I want to freeze my card so that nobody can use it",
            "freeze my card",
            {"situation": "When I travel", "outcome": "nobody can use it"},
        ),
        ("I need to print it in order to sign today", "print it", {"outcome": "sign today"}),
        ("When I want to freeze it", "freeze it", {}),
        ("Every time it rains, I need a taxi", "a taxi", {"situation": "Every time it rains"}),
    ],
)
def test_a_job_names_its_situation_and_outcome(text: str, job: str, expected: dict[str, str]) -> None:
    assert parts(text, job) == expected
