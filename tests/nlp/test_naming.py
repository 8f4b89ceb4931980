"""Protects: names are short phrases that stand alone, tell themes apart, suit their kind, and no two share all their words."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.encoders import open_encoder
from nlp.naming import name_themes
from nlp.phrases import content, phrases, says_something, sentence_case
from nlp.signals import SignalKind

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
WATCH = [
    "please let my watch open the bike",
    "Only thing I'd add is opening the lock from my watch",
    "you should offer unlocking from the watch",
    "it would be great if my watch could open the bike",
]


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Hi, I need to update my phone number please.", "update my phone number"),
        ("Customer is complaining that the app does not unlock the bike", "app does not unlock the bike"),
        ("I was calling to cancel my subscription today", "cancel my subscription"),
        ("It would be nice if the app had a dark mode", "app had a dark mode"),
        ("still no cargo bike for the kids this week", "no cargo bike for the kids"),
        ("cu [NAME-1] signed out after each update", "signed out after each update"),
        ("cu told us abt the missing charger", "missing charger"),
        ("what is my credit score", "credit score"),
        ("Mechanic never showed two weeks ago", "Mechanic never showed"),
        ("Password mail never comes for 14", "Password mail never comes"),
    ],
)
def test_openings_closings_and_shorthand_are_taken_off(text: str, phrase: str) -> None:
    assert phrase in [found.words for found in phrases(text)]


@pytest.mark.parametrize(
    "text", ["the mechanic was [NAME-1] again", "paid {$65.00} on XX/XX/2022 to XXXX", "TC-20817 open"]
)
def test_no_phrase_reaches_over_what_was_redacted(text: str) -> None:
    for found in phrases(text):
        assert not re.search(r"[\[\]{}□]|XX|\d", found.words)


def test_names_say_what_the_theme_is_about() -> None:
    texts = UNLOCK + REFUND
    labels = np.repeat([3, 8], 4)
    names = name_themes(texts, labels, open_encoder("static").encode(texts), kind=SignalKind.PAIN)
    assert {"unlock", "bik"} <= set(content(names[3].name))
    assert {"refund", "arriv"} <= set(content(names[8].name))
    assert names[3].exemplar in range(4)
    assert names[8].exemplar in range(4, 8)
    assert "refund" in names[8].terms
    assert names[3].name[0].isupper()


def test_a_name_suits_its_kind() -> None:
    texts = WATCH + REFUND
    labels = np.repeat([0, 1], 4)
    name = name_themes(texts, labels, open_encoder("static").encode(texts), kind=SignalKind.SUGGESTION)[0].name
    assert name == "Let my watch open the bike"


def test_courtesies_bare_numbers_and_nobodies_do_not_name_a_theme_that_has_better() -> None:
    texts = [
        "All the best",
        "8 is good",
        "It's been two days",
        "nobody can tell her",
        "the mechanic never showed",
        "no mechanic came",
    ]
    labels = np.zeros(len(texts), dtype=np.int64)
    names = name_themes(
        [*texts, *REFUND], np.append(labels, [-1] * 4), np.ones((10, 4), np.float32), kind=SignalKind.PAIN
    )
    assert "mechanic" in names[0].name.lower()


def test_what_many_say_names_a_theme_rather_than_one_notes_particulars() -> None:
    texts = [
        "Leidsche Rijn box no charged packs today, swap box useless",
        "the swap box had no charged packs",
        "no charged packs in the swap box",
        "swap box without charged packs, third time",
        "every swap box in Leidsche Rijn has no charged packs",
        "box near the market: no charged packs",
    ]
    rows = [*texts, *REFUND]
    labels = np.array([0] * len(texts) + [-1] * len(REFUND))
    name = name_themes(rows, labels, open_encoder("static").encode(rows), kind=SignalKind.PAIN)[0].name.lower()
    assert "charged packs" in name
    assert "leidsche" not in name
    assert "market" not in name


def test_a_name_outlives_a_few_rows_more_elsewhere() -> None:
    texts = UNLOCK + REFUND
    labels = np.repeat([0, 1], 4)
    encoder = open_encoder("static")
    before = name_themes(texts, labels, encoder.encode(texts))
    more = [*texts, "the invoice is wrong", "the saddle slips", "my helmet is missing"]
    after = name_themes(more, np.append(labels, [-1] * 3), encoder.encode(more))
    assert [before[at].name for at in (0, 1)] == [after[at].name for at in (0, 1)]


def test_a_taken_name_is_not_given_again() -> None:
    texts = UNLOCK + UNLOCK
    labels = np.repeat([0, 1], 4)
    vectors = open_encoder("static").encode(texts)
    first = name_themes(texts, labels, vectors)
    assert set(content(first[0].name)) != set(content(first[1].name))
    again = name_themes(texts[:4], labels[:4], vectors[:4], taken=[first[0].name])
    assert set(content(again[0].name)) != set(content(first[0].name))


@pytest.mark.parametrize(
    ("text", "enough"),
    [("perfect", False), ("quick one", False), ("finally!", False), ("lovely bike", True), ("it is too slow", True)],
)
def test_what_may_be_said_of_anything_says_nothing(text: str, enough: bool) -> None:
    assert says_something(text) == enough


words = st.lists(
    st.sampled_from(["app", "bike", "the", "not", "refund", "hi", "lock", "!", "to", "[NAME-1]", "44"]), max_size=12
)


@given(st.lists(words.map(" ".join), min_size=2, max_size=24), st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_every_theme_gets_a_name_of_its_own(texts: list[str], themes: int) -> None:
    labels = np.arange(len(texts)) % themes
    names = name_themes(texts, labels, np.ones((len(texts), 4), np.float32))
    assert set(names) == set(labels.tolist())
    carried = [frozenset(content(name.name)) or name.name for name in names.values()]
    assert len(set(carried)) == len(carried)
    assert all(name.name.strip() and len(name.name.split()) <= 9 and "[" not in name.name for name in names.values())


def test_capitals_that_mean_something_stay() -> None:
    assert sentence_case("change my PIN") == "Change my PIN"
    assert sentence_case("THE APP CRASHES") == "The app crashes"
    assert sentence_case("crm hangs on monday") == "CRM hangs on Monday"
