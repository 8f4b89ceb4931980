"""Several networks read together, as hearing needs them: what the first layer makes of a word is computed once and kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.network import HIDDEN, INPUT, LABELS, LAYERS, Array, Network
from nlp.reading import Reading, pieces, vectors
from nlp.words import Lexicon

PLACES = 2048
"""Words read at once: few enough to stay near the processor."""
Doubles = NDArray[np.float64]


class Ensemble:
    """Networks whose mean answer counts. Reads in doubles: a product of floats differs in its last digits with the number of
    rows, and a confidence must not. One instance serves one thread.
    """

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = tuple(network.exact() for network in networks)
        self._count = len(self._networks)
        self._near = sorted({offset for layer in LAYERS for offset in layer if offset})
        self._marks = np.hstack([network.marks @ _spread(network) for network in self._networks])
        self._lexicon: Lexicon | None = None
        self._kept = np.zeros((0, self._count * len(LAYERS[0]) * HIDDEN), dtype=np.float32)

    def odds(self, read: Reading) -> tuple[Doubles, Doubles]:
        """Return the networks' mean log-odds for every word: (places, 16) of its own, (places, 8) of its sentence."""
        self._learn(read.lexicon)
        places = len(read.word)
        words, around = (np.zeros((places, 2 * len(LABELS))), np.zeros((places, len(LABELS))))
        opens = np.append(read.opens(), places)
        start = 0
        while start < places:  # whole sentences
            end = int(opens[np.searchsorted(opens, min(start + PLACES, places))])
            words[start:end], around[start:end] = self._block(read.take(np.arange(start, end)))
            start = end
        return words, around

    def _learn(self, lexicon: Lexicon) -> None:
        """Put the words met since the last time through the first layer."""
        if lexicon is not self._lexicon:
            self._lexicon, self._kept = lexicon, self._kept[:0]
        fresh = np.arange(len(self._kept), len(lexicon.listed))
        for start in range(0, len(fresh), PLACES):
            some = fresh[start : start + PLACES]
            given, held = (vectors(lexicon, some).astype(np.float64), pieces(lexicon, some).astype(np.float64))
            made = [(given @ one.static + held @ one.table) @ _spread(one) for one in self._networks]
            self._kept = np.vstack([self._kept, np.hstack(made).astype(np.float32)])

    def _block(self, read: Reading) -> tuple[Doubles, Doubles]:
        """Return what ``odds`` does, for a few sentences."""
        rows, places = len(read.number), len(read.word)
        near = {offset: read.neighbour(offset) for offset in self._near}
        known = np.zeros((rows + 1, self._count, len(LAYERS[0]), HIDDEN))
        known[:-1] = (self._kept[read.number] + read.marks.astype(np.float64) @ self._marks).reshape(known[:-1].shape)
        row = np.append(read.word, rows)
        at = np.empty((self._count, places, HIDDEN))
        for one, network in enumerate(self._networks):
            at[one] = network.layer0_bias
            for number, offset in enumerate(LAYERS[0]):
                at[one] += known[row[near[offset]] if offset else read.word, one, number]
        np.maximum(at, 0, out=at)
        opens = read.opens()
        lengths = np.diff(np.append(opens, places))
        shown = np.empty((places, len(LAYERS[1]) * HIDDEN))
        words, around = (np.zeros((places, 2 * len(LABELS))), np.zeros((len(opens), len(LABELS))))
        for hidden, network in zip(at, self._networks, strict=True):
            for offsets, weight, bias in (
                (LAYERS[1], network.layer1, network.layer1_bias),
                (LAYERS[2], network.layer2, network.layer2_bias),
            ):
                padded = np.vstack([hidden, np.zeros((1, HIDDEN))])
                for number, offset in enumerate(offsets):
                    shown[:, number * HIDDEN : (number + 1) * HIDDEN] = padded[near[offset]] if offset else hidden
                raised = shown @ weight
                raised += bias
                hidden += np.maximum(raised, 0, out=raised)
            mean = np.add.reduceat(hidden, opens, axis=0) / lengths[:, None]
            whole = np.hstack([np.maximum.reduceat(hidden, opens, axis=0), mean]) @ network.whole + network.whole_bias
            np.maximum(whole, 0, out=whole)
            joined = hidden @ network.join
            joined += np.repeat(whole + network.join_bias, lengths, axis=0)
            np.maximum(joined, 0, out=joined)
            words += joined @ network.word + network.word_bias
            around += whole @ network.sentence + network.sentence_bias
        return words / self._count, np.repeat(around / self._count, lengths, axis=0)


def _spread(network: Network) -> Array:
    """Return the first layer as one product: a word's input to what it adds to each of its neighbours, (INPUT, 5 x HIDDEN)."""
    return np.hstack([network.layer0[at : at + INPUT] for at in range(0, len(network.layer0), INPUT)])
