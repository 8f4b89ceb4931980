"""Marked sentences to a Network: gradients of the cross-entropy of its answers, followed by Adam."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.network import HIDDEN, INPUT, LABELS, LAYERS, Array, Network, Pass, forward
from nlp.reading import Reading

EPOCHS, SENTENCES, RATE, DECAY, DROPPED, FORGOTTEN = 8, 48, 5e-3, 0.2, 0.1, 0.3
Gradient = tuple[NDArray[np.int64] | slice, Array]


def fit(read: Reading, inside: Array, begins: Array, seed: int) -> Network:
    """Return a network trained on ``read``; ``inside`` and ``begins`` (places, labels) are 1 where a mark covers or opens a word."""
    network = Network.begun(read.lexicon.vectors.shape[1], read.marks.shape[1], seed)
    chance = np.random.default_rng(seed)
    truth = np.hstack([inside, begins]).astype(np.float32)
    opens = read.opens()
    places = np.split(np.arange(len(read.word)), opens[1:])
    order = np.arange(len(opens))
    steps = EPOCHS * -(-len(order) // SENTENCES)
    adam = _Adam(network)
    for _ in range(EPOCHS):
        chance.shuffle(order)
        for start in range(0, len(order), SENTENCES):
            chosen = np.concatenate([places[number] for number in order[start : start + SENTENCES]])
            some = read.take(chosen)
            found = forward(network, some, chance, DROPPED, FORGOTTEN)
            rate = RATE * min(1.0, (adam.steps + 1) / 50) * max(0.03, 1 - adam.steps / steps)
            adam.step(gradients(network, some, found, truth[chosen]), rate)
    return network


def gradients(network: Network, read: Reading, found: Pass, truth: Array) -> dict[str, Gradient]:
    """Return the loss's gradient for each array of the network, and the rows it belongs to.

    The loss is the mean over sentences of the cross-entropies of its words (those an eighth) and of the sentence.
    """
    opens = read.opens()
    count = np.float32(len(opens))
    lengths = np.diff(np.append(opens, len(read.word)))
    place = np.repeat(np.arange(len(opens)), lengths)
    says = np.maximum.reduceat(truth[:, : len(LABELS)], opens, axis=0)
    words = (_chance(found.words) - truth) / (count * np.float32(len(LABELS)))
    sentences = (_chance(found.sentences) - says) / count
    out: dict[str, Array] = {"word": found.joined.T @ words, "word_bias": words.sum(axis=0)}
    joined = words @ network.word.T * found.joined_gate
    out |= {"join": found.hidden.T @ joined, "join_bias": joined.sum(axis=0)}
    out |= {"sentence": found.whole.T @ sentences, "sentence_bias": sentences.sum(axis=0)}
    whole = (sentences @ network.sentence.T + np.add.reduceat(joined, opens, axis=0)) * found.whole_gate
    out |= {"whole": found.pooled.T @ whole, "whole_bias": whole.sum(axis=0)}
    pooled = whole @ network.whole.T * found.pooled_gate
    highest = (found.hidden == found.highest[place]).astype(np.float32)
    shared = np.add.reduceat(highest, opens, axis=0)
    hidden = joined @ network.join.T
    hidden += (pooled[:, HIDDEN:] / lengths[:, None].astype(np.float32))[place]
    hidden += highest * (pooled[:, :HIDDEN] / shared)[place]
    for number in (2, 1):
        raised = hidden * found.gates[number]
        weight = network.layer2 if number == 2 else network.layer1
        out |= {f"layer{number}": found.shown[number].T @ raised, f"layer{number}_bias": raised.sum(axis=0)}
        hidden = hidden + _gathered(raised @ weight.T, read, LAYERS[number], HIDDEN)
    raised = hidden * found.gates[0]
    out |= {"layer0": found.shown[0].T @ raised, "layer0_bias": raised.sum(axis=0)}
    taken = _gathered(raised @ network.layer0.T, read, LAYERS[0], INPUT) * found.kept
    of_word = sparse.csr_matrix(
        (np.ones(len(read.word), np.float32), (read.word, np.arange(len(read.word)))),
        shape=(len(read.number), len(read.word)),
    )
    known = np.asarray(of_word @ taken)
    out |= {"static": found.vectors.T @ known, "marks": np.asarray(read.marks.T @ known)}
    pieces = found.pieces.tocsc()
    rows = np.flatnonzero(np.diff(pieces.indptr))
    found_all: dict[str, Gradient] = {name: (slice(None), gradient) for name, gradient in out.items()}
    found_all["table"] = (rows, np.asarray(pieces[:, rows].T @ known))
    return found_all


def _gathered(raised: Array, read: Reading, offsets: tuple[int, ...], width: int) -> Array:
    """Return the gradient of what ``windows`` was made of."""
    out = np.zeros((len(raised), width), dtype=raised.dtype)
    padded = np.vstack([raised, np.zeros((1, raised.shape[1]), raised.dtype)])
    for number, offset in enumerate(offsets):
        out += padded[read.neighbour(-offset), number * width : (number + 1) * width]
    return out


def _chance(odds: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))), dtype=np.float32)


class _Adam:
    """Adam with decoupled weight decay; of a table only the rows in use move."""

    def __init__(self, network: Network) -> None:
        self.arrays = network.arrays()
        self._mean = {name: np.zeros_like(array) for name, array in self.arrays.items()}
        self._square = {name: np.zeros_like(array) for name, array in self.arrays.items()}
        self.steps = 0

    def step(self, found: dict[str, Gradient], rate: float) -> None:
        """Move the arrays, in place."""
        self.steps += 1
        pace = np.float32(rate / (1 - 0.9**self.steps) * (1 - 0.999**self.steps) ** 0.5)
        for name, (rows, gradient) in found.items():
            array = self.arrays[name]
            mean = np.float32(0.9) * self._mean[name][rows] + np.float32(0.1) * gradient
            square = np.float32(0.999) * self._square[name][rows] + np.float32(0.001) * gradient**2
            self._mean[name][rows], self._square[name][rows] = mean, square
            change = pace * mean / (np.sqrt(square) + np.float32(1e-8))
            if isinstance(rows, slice) and array.ndim > 1:
                change += np.float32(rate * DECAY) * array
            array[rows] -= change
