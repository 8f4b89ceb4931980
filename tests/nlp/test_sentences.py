"""Sentences and clauses cover the text they were cut from, and know shorthand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.sentences import sentences
from nlp.trimming import trim
from nlp.units import passage


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("cu rang re. fee, adv. cb fri. Not happy.", ["cu rang re. fee, adv. cb fri.", "Not happy."]),
        ("Mr. Lund called. He waits.", ["Mr. Lund called.", "He waits."]),
        ("It costs 3.50 now!! Why?", ["It costs 3.50 now!!", "Why?"]),
        ("one\ntwo", ["one", "two"]),
        ("  ", []),
    ],
)
def test_sentences_end_where_a_reader_would_stop(text: str, parts: list[str]) -> None:
    assert [text[span.start : span.end] for span in sentences(text)] == parts


@given(st.text(max_size=200))
def test_clauses_lose_and_repeat_no_word(text: str) -> None:
    read, _ = passage(text, "n")
    kept = "".join(text[unit.start : unit.end] for unit in read.units)
    assert "".join(kept.split()) == "".join(text.split())
    assert all(a.end <= b.start for a, b in zip(read.units, read.units[1:], strict=False))


def test_a_reporting_frame_is_a_clause_of_its_own() -> None:
    text = "Customer is complaining that the lift is stuck, and nobody came."
    units = passage(text, "n")[0].units
    assert [text[unit.start : unit.end].strip() for unit in units if unit.frame] == ["Customer is complaining that"]


@given(st.text(max_size=80))
def test_trimming_only_narrows(text: str) -> None:
    start, end = trim(text, 0, len(text))
    assert 0 <= start <= end <= len(text)


def test_trimming_takes_lead_in_and_closing_marks() -> None:
    text = "@Help hi, and the app froze!!"
    start, end = trim(text, 0, len(text))
    assert text[start:end] == "the app froze"
