"""Protects search: words and beginnings of words, phrases, accents, filters and meaning, the same on both engines."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from insights.board.meaning import Meaning, open_meaning
from insights.board.search import HIT, hits, phrases_of, search
from insights.counting.filters import ThemeQuery
from insights.delivery.rows import signal_id
from insights.delivery.writer import Home, write
from insights.store import Store
from insights.themes import curation
from insights.themes.curation import Decision
from nlp.settings import LanguageSettings
from nlp.signal_vectors import SignalEncoder
from nlp.static_encoder import StaticEncoder
from tests.insights.notes import NOW, analysis, feedback

TODAY = date(2026, 9, 30)
SAID = (
    "The refunds never reached my account.",
    "I was charged twice for the ride.",
    "Charging the bike takes all night, twice as long.",
    "Die Rückzahlung fehlt, das Café war zu.",
    "My money did not come back after three weeks.",
)


@pytest.fixture(scope="module")
def encoder() -> SignalEncoder:
    return SignalEncoder(StaticEncoder())


@pytest.fixture
def spoken(store: Store, encoder: SignalEncoder) -> Store:
    notes = [
        analysis(
            feedback(f"s{at}", said, occurred_at=NOW - timedelta(days=10 * (len(SAID) - at)), product=("App", "Bike")[at % 2]),
            vectors=encoder.encode([said], [""]),
            encoder_id=encoder.encoder_id,
        )
        for at, said in enumerate(SAID)
    ]  # fmt: skip
    for note in notes:
        write(store, [note], [[Home(None, 0.0)]], received_at=NOW)
    members = [signal_id(notes[at].feedback.id, notes[at].signals[0]) for at in (0, 4)]
    curation.create(store, "pain", "Refund is late", members, Decision("anna", "", NOW), exemplar=members[0])
    return store


def texts(store: Store, words: str, meaning: Meaning | None = None, **asked: object) -> list[str]:
    found = search(store, words, ThemeQuery(**asked), TODAY, meaning)  # type: ignore[arg-type]
    return [one.text for one in found.quotes]


def test_words_and_their_beginnings_are_found_newest_first(spoken: Store) -> None:
    assert texts(spoken, "twice") == [SAID[2], SAID[1]]
    assert texts(spoken, "REFUND") == [SAID[0]]
    assert texts(spoken, "charg twice") == [SAID[2], SAID[1]]
    assert texts(spoken, '"charged twice"') == [SAID[1]]
    assert texts(spoken, "rid") == [], "three letters are a word, not a beginning"
    assert texts(spoken, "cafe rückzahlung") == texts(spoken, "CAFÉ ruckzahlung") == [SAID[3]]


def test_filters_and_time_narrow_what_is_found(spoken: Store) -> None:
    assert texts(spoken, "twice", products=("Bike",)) == [SAID[1]]
    assert texts(spoken, "twice", products=("Bike", "App"), weeks=4) == [SAID[2]]
    assert texts(spoken, "twice", products=("Boat",)) == []


@pytest.mark.parametrize(
    "evil",
    [
        "",
        " ",
        '"',
        '""',
        "'",
        "' OR 1=1 --",
        "*",
        "a* OR b",
        "NEAR(",
        ":*",
        "<-> & |",
        "\\",
        "%_",
        "((((",
        "-x",
        "\x00",
    ],
)
def test_no_words_break_it(spoken: Store, evil: str) -> None:
    assert texts(spoken, evil) == []


def test_what_means_the_same_comes_after_what_says_it(spoken: Store, encoder: SignalEncoder) -> None:
    meaning = open_meaning(spoken, LanguageSettings(encoder="static"))
    assert meaning is not None
    assert meaning.encoder_id == encoder.encoder_id
    found = search(spoken, "refunds did not reach account", ThemeQuery(), TODAY, meaning)
    assert found.by_words == 0
    assert found.quotes[0].text == SAID[0]
    assert found.quotes[0].why == "close in meaning"
    assert [name for _, _, name in found.themes] == ["Refund is late"]
    both = search(spoken, "refunds", ThemeQuery(), TODAY, meaning)
    assert (both.quotes[0].text, both.quotes[0].why) == (SAID[0], "")


def test_a_note_that_changed_or_went_is_not_found_by_its_old_words(spoken: Store) -> None:
    changed = analysis(feedback("s1", "It was all fine.", version=2, product="Bike"))
    write(spoken, [changed], [[Home(None, 0.0)]], received_at=NOW)
    assert texts(spoken, "twice") == [SAID[2]]
    assert texts(spoken, "fine") == ["It was all fine."]


def test_hits_are_marked_where_they_stand() -> None:
    said = "Charged TWICE, charged; uncharged."
    marks = hits(said, phrases_of('charg "charged twice"'))
    assert [said[one.start : one.end] for one in marks] == ["Charged", "Charged TWICE", "charged"]
    assert {one.kind for one in marks} == {HIT}
