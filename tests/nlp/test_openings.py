"""Looking only where a pattern can begin finds exactly what looking everywhere finds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.openings import ANYWHERE, DIGIT, Search, openings
from nlp.patterns import Pattern, shipped

RULES = [rule for rule in shipped().rules if not rule.words and not rule.opens]
SHIPPED = [rule.regex for rule in RULES]
TRICKY = [
    re.compile(regex) for regex in (r"\b(?:no )?go", r"x|\by", r"\ba|\b(?:b[|)]c|\(d)", r"\b(?=ab)a", r"é\b", r"\bi\b")
]
SEARCH = Search([*SHIPPED, *TRICKY])
PIECES = sorted({piece for rule in RULES for text in (*rule.yes, *rule.no) for piece in re.findall(r"\W+|\w+", text)})


@pytest.mark.parametrize(
    ("regex", "words"),
    [
        (r"\b(?:can't|keeps?|to go|\d+th)\b", {"can ", "keep", "to ", DIGIT}),
        (r"\bagain\b|\b(?:(?:all|some) of|'d) us", {"again ", "all ", "some ", "'d "}),
        (r"\b(?:go|[a-z]+s) home", {"go ", ANYWHERE}),
        (r"\b(?:please )?go", {ANYWHERE}),
        (r"go", {ANYWHERE}),
        (r"\b(?:\[name|e-?mail|x*y)", {"[name", "e", ANYWHERE}),
    ],
)
def test_openings_are_read_off_a_regex(regex: str, words: set[str]) -> None:
    assert openings(regex) == words


def test_most_shipped_patterns_have_openings() -> None:
    assert [regex.pattern for regex in SHIPPED if ANYWHERE in openings(regex.pattern)] == []


@given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from([" ", "'", "3", "٣", "é", "x["]), st.text(max_size=3)))
)
def test_nothing_is_missed_or_added(pieces: list[str]) -> None:
    text = "".join(pieces).lower()
    naive = [
        (number, match.span()) for number, regex in enumerate([*SHIPPED, *TRICKY]) for match in regex.finditer(text)
    ]
    assert sorted((number, match.span()) for number, match in SEARCH(text)) == naive


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_every_example_is_found_as_often(rule: Pattern) -> None:
    search = Search([rule.regex])
    for text in (text.lower() for other in RULES for text in (*other.yes, *other.no)):
        naive = [match.span() for match in rule.regex.finditer(text)]
        assert [match.span() for _, match in search(text)] == naive
