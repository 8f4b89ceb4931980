"""Networks read together: they say what each says alone, of a sentence the same wherever it stands and whenever it is read."""

from __future__ import annotations

import numpy as np
import pytest

from nlp import patterns
from nlp.ensemble import Ensemble
from nlp.features import Featurizer
from nlp.network import Network, forward
from nlp.reading import Reading
from nlp.scoring import unit_odds
from nlp.static_encoder import StaticEncoder
from nlp.units import passage

TEXTS = ("The lift is stuck again. Please add stairs!", "", "for work", "i need it to get home, so i want a refund 😀")


@pytest.fixture(scope="module")
def encoder() -> StaticEncoder:
    return StaticEncoder()


@pytest.fixture(scope="module")
def featurizer(encoder: StaticEncoder) -> Featurizer:
    return Featurizer(encoder, patterns.shipped())


def read_of(featurizer: Featurizer, *texts: str) -> Reading:
    return featurizer.rows([passage(text, "c")[0] for text in texts])[1]


def untrained(read: Reading) -> list[Network]:
    return [Network.begun(read.lexicon.vectors.shape[1], read.marks.shape[1], seed) for seed in (0, 1)]


def test_the_short_way_says_what_the_long_way_says(featurizer: Featurizer) -> None:
    read = read_of(featurizer, *TEXTS)
    networks = untrained(read)
    words, around = Ensemble(networks).odds(read)
    found = [forward(network.exact(), read) for network in networks]
    # What the first layer makes of a word is kept in single precision.
    np.testing.assert_allclose(words, np.mean([one.words for one in found], axis=0), atol=1e-5)
    sentences = np.mean([one.sentences for one in found], axis=0)
    np.testing.assert_allclose(around[read.opens()], sentences, atol=1e-5)


def test_neighbours_change_nothing(featurizer: Featurizer, monkeypatch: pytest.MonkeyPatch) -> None:
    read = read_of(featurizer, *TEXTS)
    ensemble = Ensemble(untrained(read))
    together = ensemble.odds(read)
    alone = [ensemble.odds(read_of(featurizer, text)) for text in TEXTS]
    for number in (0, 1):
        np.testing.assert_allclose(together[number], np.vstack([one[number] for one in alone]), atol=1e-9)
    monkeypatch.setattr("nlp.ensemble.PLACES", 3)
    for whole, cut in zip(together, ensemble.odds(read), strict=True):
        np.testing.assert_allclose(whole, cut, atol=1e-9)


def test_words_forgotten_are_read_again(encoder: StaticEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlp.words._KEPT_WORDS", 5)
    forgetful = Featurizer(encoder, patterns.shipped())
    read = read_of(forgetful, TEXTS[0])
    ensemble = Ensemble(untrained(read))
    before = ensemble.odds(read)[0]
    for text in TEXTS:
        ensemble.odds(read_of(forgetful, text))
    again = read_of(forgetful, TEXTS[0])
    assert again.lexicon is not read.lexicon
    np.testing.assert_allclose(ensemble.odds(again)[0], before, atol=1e-9)


def test_nothing_read_says_nothing(featurizer: Featurizer) -> None:
    read = read_of(featurizer, "", "_")
    words, around = Ensemble(untrained(read)).odds(read)
    assert len(words) == 0
    assert (unit_odds(read, words, around, 1) < -5).all()
