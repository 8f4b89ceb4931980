"""The network of words: it learns by right gradients, and learns what is marked."""

from __future__ import annotations

import numpy as np
import pytest

from nlp import examples, network_training, patterns
from nlp.features import Featurizer
from nlp.network import LABELS, Network, forward
from nlp.reading import Reading
from nlp.static_encoder import StaticEncoder
from nlp.units import passage

TEXTS = ("The lift is stuck again. Please add stairs!", "", "for work", "i need it to get home, so i want a refund 😀")


@pytest.fixture(scope="module")
def featurizer() -> Featurizer:
    return Featurizer(StaticEncoder(), patterns.shipped())


def read_of(featurizer: Featurizer, *texts: str) -> Reading:
    return featurizer.rows([passage(text, "c")[0] for text in texts])[1]


def test_gradients_are_those_of_the_loss(featurizer: Featurizer) -> None:
    read = read_of(featurizer, *TEXTS)
    untrained = Network.begun(read.lexicon.vectors.shape[1], read.marks.shape[1], 0).exact()
    chance = np.random.default_rng(0)
    truth = (chance.random((len(read.word), 2 * len(LABELS))) < 0.3).astype(np.float64)
    says = np.maximum.reduceat(truth[:, : len(LABELS)], read.opens(), axis=0)

    def loss() -> float:
        found = forward(untrained, read)
        words = np.log1p(np.exp(found.words)) - truth * found.words
        whole = np.log1p(np.exp(found.sentences)) - says * found.sentences
        return float(words.sum() / len(LABELS) + whole.sum()) / len(read.opens())

    found = network_training.gradients(untrained, read, forward(untrained, read, chance, 0.0), truth)
    for name, array in untrained.arrays().items():
        rows, part = found[name]
        gradient = np.zeros_like(array)
        gradient[rows] = part
        place = np.unravel_index(np.abs(gradient).argmax(), array.shape)
        before = array[place]
        array[place] = before + 1e-5
        above = loss()
        array[place] = before - 1e-5
        below = loss()
        array[place] = before
        assert gradient[place] == pytest.approx((above - below) / 2e-5, rel=1e-3), name


def test_marks_are_learnt(featurizer: Featurizer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_training, "EPOCHS", 20)
    monkeypatch.setattr(network_training, "SENTENCES", 8)
    known = [example for example in examples.read(examples.shipped()) if example.speaker == "c"][:40]
    read = read_of(featurizer, *(example.text for example in known))
    inside = np.zeros((len(read.word), len(LABELS)), dtype=np.float32)
    for number, example in enumerate(known):
        starts = read.starts[read.firsts[number] : read.firsts[number + 1]]
        for mark in example.marks:
            if mark.label == "pain":
                inside[read.firsts[number] + np.flatnonzero((starts >= mark.start) & (starts < mark.end)), 0] = 1
    learnt = network_training.fit(read, inside, np.zeros_like(inside), seed=0)
    said = forward(learnt, read).words[:, 0] > 0
    assert (said == inside[:, 0].astype(bool)).mean() > 0.95
