"""The words of some sentences as the network takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.words import TABLE, Lexicon

SCALE = 8.0  # a unit vector of 256 numbers, brought to the size that a network's inputs have
SPEAKERS = 3
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Reading:
    """Words in order. ``word`` says which row each place has: the row's word in ``lexicon`` is ``number``, what was found there
    stands in ``marks`` (rows, kinds). ``unit`` and ``sentence`` tell where a place belongs; ``sentence`` never falls.

    ``starts`` are offsets into the passage's text; the words of passage p are ``firsts[p] : firsts[p + 1]``.
    """

    lexicon: Lexicon
    number: Numbers
    marks: sparse.csr_matrix
    word: Numbers
    unit: Numbers
    sentence: Numbers
    starts: Numbers
    firsts: Numbers

    def opens(self) -> Numbers:
        """Return the places where a sentence begins."""
        return np.flatnonzero(np.diff(self.sentence, prepend=-1))

    def neighbour(self, offset: int) -> Numbers:
        """Return the place ``offset`` words on for each place, and the number of places where the sentence ends before."""
        count = len(self.word)
        place = np.arange(count) + offset
        near = np.clip(place, 0, max(0, count - 1))
        return np.where((place == near) & (self.sentence[near] == self.sentence), place, count)

    def take(self, places: Numbers) -> Reading:
        """Return the reading of some places only."""
        met, word = np.unique(self.word[places], return_inverse=True)
        return Reading(
            self.lexicon,
            self.number[met],
            self.marks[met],
            word,
            self.unit[places],
            self.sentence[places],
            self.starts[places],
            np.zeros(0, np.int64),
        )


def vectors(lexicon: Lexicon, number: Numbers) -> NDArray[np.float32]:
    """Return the vectors of some words of the lexicon, (words, dimensions)."""
    return np.asarray(lexicon.vectors[number] * np.float32(SCALE), dtype=np.float32)


def pieces(lexicon: Lexicon, number: Numbers) -> sparse.csr_matrix:
    """Return which columns of the table some words of the lexicon have, (words, TABLE)."""
    held = [lexicon.listed[one].table for one in number.tolist()]
    return _table(held, TABLE, [1.0 / len(one) ** 0.5 for one in held])


def reading(
    lexicon: Lexicon,
    word: Numbers,
    *,
    unit: Numbers,
    sentence: Numbers,
    starts: Numbers,
    firsts: Numbers,
    speaker: Numbers,
    hits: Sequence[tuple[int, int]],
    columns: int,
) -> Reading:
    """Return the reading of places whose words have the numbers ``word`` in the lexicon.

    ``hits`` are (place, column) of what was found; who speaks (0 to 2) is marked in three columns more.
    """
    found: dict[int, set[int]] = {}
    for place, column in hits:
        found.setdefault(place, set()).add(column)
    keys = word * SPEAKERS + speaker
    marked: dict[tuple[int, frozenset[int]], int] = {}
    beyond = len(lexicon.listed) * SPEAKERS
    for place, columns_here in found.items():
        key = int(keys[place]), frozenset(columns_here)
        keys[place] = marked.setdefault(key, beyond + len(marked))
    met, row = np.unique(keys, return_inverse=True)
    kinds = list(marked)
    plain = [key if key < beyond else kinds[key - beyond][0] for key in met.tolist()]
    marks = _table(
        [
            np.array([columns + key % SPEAKERS, *(sorted(kinds[full - beyond][1]) if full >= beyond else ())])
            for key, full in zip(plain, met.tolist(), strict=True)
        ],
        columns + SPEAKERS,
        [1.0] * len(plain),
    )
    numbers = np.array(plain, dtype=np.int64) // SPEAKERS
    return Reading(lexicon, numbers, marks, row, unit, sentence, starts, firsts)


def _table(held: Sequence[NDArray[Any]], width: int, weights: Sequence[float]) -> sparse.csr_matrix:
    """Return a matrix whose rows hold their weight in the columns given."""
    lengths = [len(one) for one in held]
    return sparse.csr_matrix(
        (
            np.repeat(np.asarray(weights, dtype=np.float32), lengths),
            np.concatenate([np.zeros(0, np.int64), *held]),
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        ),
        shape=(len(held), width),
    )
