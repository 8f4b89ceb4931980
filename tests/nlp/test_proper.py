"""Protects: places and firms are known by their capitals, and a word that merely opens a sentence is no name."""

from __future__ import annotations

from nlp.proper import proper_names


def test_a_place_is_told_by_its_capital_inside_sentences() -> None:
    found = proper_names(
        ["The box at Leidsche Rijn is empty", "Empty again in Utrecht", "Charged at last. Batteries last long now"]
    )
    assert {"leidsch", "rijn", "utrecht"} <= found
    assert not {"empty", "charg", "battery", "the"} & found


def test_words_in_capitals_and_days_are_no_names() -> None:
    assert not proper_names(["My PIN was sent on Monday", "MY CARD IS BLOCKED", "When I pay by CSV"])


def test_a_word_that_is_mostly_small_is_no_name() -> None:
    assert not proper_names(["see the App here", "the app is slow", "an app"])
