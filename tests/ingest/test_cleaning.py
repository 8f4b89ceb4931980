"""Cleaning decides what a text is; done twice it must change nothing, or a replay would look like an edit."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.cleaning import clean

marks = st.sampled_from("\u0301\u0327\u0323\u0483\u20d0\u05b0\u064b\u3099\ufe20")


@settings(max_examples=1_000, deadline=None)
@given(st.text(st.characters() | marks, max_size=60) | st.text(marks, max_size=60))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode("utf-8")


@pytest.mark.parametrize(
    ("dirty", "tidy"),
    [
        ("a\x00b", "ab"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\tb\nc", "a\tb\nc"),
        ("re\u200bfund\ufeff", "refund"),
        ("\u202eabc\u2066", "abc"),
        ("\ud83d!", "\ufffd!"),
        ("e\u0301", "é"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("a" + "\u0302" * 5_000, "â" + "\u0302" * 8),
    ],
)
def test_each_kind_of_dirt(dirty: str, tidy: str) -> None:
    assert clean(dirty) == tidy
