"""Protects: names are short phrases of what was said, tell themes apart, and no two share all their words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.encoders import open_encoder
from nlp.naming import name_themes
from nlp.phrases import content, phrases, sentence_case

UNLOCK = [
    "Customer says that the app does not unlock the bike",
    "the app does not unlock the bike since Monday",
    "hi, my bike does not unlock with the app",
    "app will not unlock the bike at the station",
]
REFUND = [
    "I am still waiting for my refund",
    "hello, I was calling because my refund has not arrived",
    "the refund has not arrived after three weeks",
    "refund of the cancelled trip never arrived",
]


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Hi, I need to update my phone number please.", "update my phone number"),
        ("Customer is complaining that the app does not unlock the bike", "app does not unlock the bike"),
        ("I was calling to cancel my subscription today", "cancel my subscription"),
        ("It would be nice if the app had a dark mode", "app had a dark mode"),
    ],
)
def test_openings_and_closings_are_taken_off(text: str, phrase: str) -> None:
    assert phrase in list(phrases(text))


def test_names_say_what_the_theme_is_about() -> None:
    texts = UNLOCK + REFUND
    labels = np.repeat([3, 8], 4)
    names = name_themes(texts, labels, open_encoder("static").encode(texts))
    assert {"app", "unlock", "bik"} <= set(content(names[3].name)) | {"app"}
    assert "refund" in content(names[8].name)
    assert names[3].exemplar in range(4)
    assert names[8].exemplar in range(4, 8)
    assert "refund" in names[8].terms
    assert names[3].name[0].isupper()


def test_a_taken_name_is_not_given_again() -> None:
    texts = UNLOCK + UNLOCK
    labels = np.repeat([0, 1], 4)
    vectors = open_encoder("static").encode(texts)
    first = name_themes(texts, labels, vectors)
    assert set(content(first[0].name)) != set(content(first[1].name))
    again = name_themes(texts[:4], labels[:4], vectors[:4], taken=[first[0].name])
    assert set(content(again[0].name)) != set(content(first[0].name))


words = st.lists(st.sampled_from(["app", "bike", "the", "not", "refund", "hi", "lock", "!", "to"]), max_size=12)


@given(st.lists(words.map(" ".join), min_size=2, max_size=24), st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_every_theme_gets_a_name_of_its_own(texts: list[str], themes: int) -> None:
    labels = np.arange(len(texts)) % themes
    names = name_themes(texts, labels, np.ones((len(texts), 4), np.float32))
    assert set(names) == set(labels.tolist())
    carried = [frozenset(content(name.name)) or name.name for name in names.values()]
    assert len(set(carried)) == len(carried)
    assert all(name.name.strip() and len(name.name.split()) <= 12 for name in names.values())


def test_capitals_that_mean_something_stay() -> None:
    assert sentence_case("change my PIN") == "Change my PIN"
    assert sentence_case("THE APP CRASHES") == "The app crashes"
