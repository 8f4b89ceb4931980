"""Protects what is read beside the rules: workarounds, exceptions and disclaimers, said outright."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from nlp.concessions import is_disclaimer, is_exception, is_workaround, sentence_around


@pytest.mark.parametrize(
    ("words", "workaround", "exception", "disclaimer"),
    [
        ("refunded 39 as a one-off", False, True, False),
        ("waived the fee this once", False, True, False),
        ("normally we don't refund after 14 days", False, True, False),
        ("gave her the workaround: lock it twice", True, False, False),
        ("told cu to use the website instead", True, False, False),
        ("they said it is not our department", False, False, True),
        ("nothing we can do about the courier", False, False, True),
        ("refunded in full", False, False, False),
        ("the exceptional view from the bridge", False, False, False),
    ],
)
def test_they_are_told_apart(words: str, workaround: bool, exception: bool, disclaimer: bool) -> None:
    assert (is_workaround(words), is_exception(words), is_disclaimer(words)) == (workaround, exception, disclaimer)


def test_only_the_sentence_around_counts() -> None:
    text = "As an exception he may keep it. Refunded 39 euro today. Nothing else."
    start = text.index("Refunded")
    assert sentence_around(text, start, start + 8) == "Refunded 39 euro today."


@given(some.text(max_size=60), some.integers(0, 60), some.integers(0, 20))
def test_the_sentence_holds_the_marked_words(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    end = min(len(text), start + length)
    assert text[start:end].strip() in sentence_around(text, start, end)
