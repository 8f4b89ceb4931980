"""A signal's words: what only leads into it is left out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nlp.trimming import trim


def test_lead_and_closing_marks_go() -> None:
    text = "and so, the lift is stuck!!"
    start, end = trim(text, 0, len(text))
    assert text[start:end] == "the lift is stuck"


@given(st.text(alphabet="ab ,.!é😀()", max_size=40))
def test_a_trimmed_stretch_lies_inside(text: str) -> None:
    start, end = trim(text, 0, len(text))
    assert 0 <= start <= end <= len(text)
    assert trim(text, start, end) == (start, end)
