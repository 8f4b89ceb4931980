"""Clauses and their words to feature rows: hashed words and characters, word vectors, and the named patterns that match.

Everything about one word is computed once and kept, so a row is a few array joins.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.encoders import Encoder
from nlp.patterns import Patterns
from nlp.reading import Reading, reading
from nlp.words import HASHED, Token, Word, Words, slot

VECTOR = 64  # the static encoder's vectors are trained so that their first numbers say most
OWN_PATTERN, SENTENCE_PATTERN = 0.5, 0.3
Floats = NDArray[np.float32]
Hits = list[tuple[int, int]]
SPEAKERS = "can"
_AROUND = 3
_SPEAKER = {speaker: slot(f"s={speaker}") for speaker in SPEAKERS}


@dataclass(frozen=True, slots=True)
class Unit:
    """One clause to judge, inside its sentence: where it stands and who speaks (``c``, ``a`` or ``n``)."""

    start: int
    end: int
    sentence: int
    speaker: str
    frame: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """One segment's text, its words, and its units in order; ``Unit.sentence`` numbers its sentences from 0."""

    text: str
    units: tuple[Unit, ...]
    words: tuple[Token, ...]


class Rows(NamedTuple):
    """The features of some units: ``hashed`` (units, HASHED), ``dense`` (units, width), each unit's sentence, from 0, and its
    speaker's place in SPEAKERS."""

    hashed: sparse.csr_matrix
    dense: Floats
    sentence: NDArray[np.int64]
    speaker: NDArray[np.int64]


class Featurizer:
    """Turns passages into one row per unit, and their words into a Reading. The same text always gives the same numbers.

    A dense row is the mean vector of the unit's words, the patterns found in the unit, and those in its sentence.
    """

    def __init__(self, encoder: Encoder, patterns: Patterns) -> None:
        self._words = Words(encoder)
        self._patterns = patterns
        self.width = VECTOR + 2 * len(patterns.names)

    def rows(self, passages: Sequence[Passage]) -> tuple[Rows, Reading]:
        """Return the features of the units of all passages, in order, and of the words inside them."""
        read = [passage.words for passage in passages]
        self._words.learn(read)
        groups: list[list[Word]] = []
        slots: list[list[int]] = []
        sentence: list[int] = []
        unit_hits: Hits = []
        word_hits: Hits = []
        starts: list[int] = []
        firsts = [0]
        for passage, met in zip(passages, read, strict=True):
            first = len(groups)
            begun = sentence[-1] + 1 if sentence else 0
            inside, here = self._grouped(passage.units, met)
            groups += here
            slots += _slots(passage.units, here)
            sentence += [begun + unit.sentence for unit in passage.units]
            if passage.units:
                opens = [unit.start for unit in passage.units]
                for column, at in self._patterns.find(passage.text, opens):
                    unit_hits.append((first + max(0, bisect_right(opens, at) - 1), column))
                    if inside:
                        word_hits.append((len(starts) + max(0, bisect_right(inside, at) - 1), column))
            starts += inside
            firsts.append(len(starts))
        numbers = np.asarray(sentence, dtype=np.int64)
        words_of = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
        word = np.fromiter((word.number for group in groups for word in group), dtype=np.int64)
        speakers = np.asarray(
            [SPEAKERS.index(unit.speaker) for passage in passages for unit in passage.units], dtype=np.int64
        )
        return (
            Rows(
                _hashed(groups, words_of, slots),
                self._dense(len(groups), word, words_of, numbers, unit_hits),
                numbers,
                speakers,
            ),
            reading(
                self._words.lexicon,
                word,
                unit=words_of,
                sentence=numbers[words_of],
                starts=np.asarray(starts, dtype=np.int64),
                firsts=np.asarray(firsts),
                speaker=speakers[words_of],
                hits=word_hits,
                columns=len(self._patterns.names),
            ),
        )

    def _grouped(self, units: Sequence[Unit], met: Sequence[Token]) -> tuple[list[int], list[list[Word]]]:
        """Return where the words inside units start, and the words of each unit."""
        words = self._words.of(met)
        inside: list[int] = []
        groups: list[list[Word]] = []
        at = 0
        for unit in units:
            group: list[Word] = []
            while at < len(met) and met[at][1] < unit.end:
                if met[at][1] >= unit.start:
                    group.append(words[at])
                    inside.append(met[at][1])
                at += 1
            groups.append(group)
        return inside, groups

    def _dense(
        self, units: int, word: NDArray[np.int64], words_of: NDArray[np.int64], sentence: NDArray[np.int64], hits: Hits
    ) -> Floats:
        out = np.zeros((units, self.width), dtype=np.float32)
        if len(word):
            # Doubles: the order in which words were met must not reach the sums.
            met, place = np.unique(word, return_inverse=True)
            counts = sparse.csr_matrix((np.ones(len(word)), (words_of, place)), shape=(units, len(met)))
            own = np.asarray(counts @ self._words.lexicon.vectors[met, :VECTOR].astype(np.float64))
            out[:, :VECTOR] = own / np.maximum(np.linalg.norm(own, axis=1, keepdims=True), 1e-9)
        if hits:
            unit, column = np.asarray(hits).T
            kinds = len(self._patterns.names)
            whole = np.zeros((int(sentence[-1]) + 1, kinds), dtype=np.float32)
            out[unit, VECTOR + column] = OWN_PATTERN
            whole[sentence[unit], column] = SENTENCE_PATTERN
            out[:, VECTOR + kinds :] = whole[sentence]
        return out


def _slots(units: Sequence[Unit], groups: list[list[Word]]) -> list[list[int]]:
    """Return the columns of each unit's words, word pairs and neighbouring words."""
    found: list[list[int]] = []
    for number, (unit, group) in enumerate(zip(units, groups, strict=True)):
        columns = [word.own for word in group]
        columns += [crc32(b.closes_pair, a.opens_pair) & (HASHED - 1) for a, b in pairwise(group)]
        if number and units[number - 1].sentence == unit.sentence:
            columns += [word.before for word in groups[number - 1][-_AROUND:]]
        if number + 1 < len(units) and units[number + 1].sentence == unit.sentence:
            columns += [word.after for word in groups[number + 1][:_AROUND]]
        columns += [word.starts[place] for place, word in enumerate(group[:2])]
        columns.append(_SPEAKER[unit.speaker])
        if group:
            columns.append(group[-1].last)
        found.append(columns)
    return found


def _hashed(groups: list[list[Word]], words_of: NDArray[np.int64], slots: list[list[int]]) -> sparse.csr_matrix:
    """Return the hashed block: 1 for a column of a word, half for one of its pieces (at most 1 in all)."""
    pieces = [word.pieces for group in groups for word in group]
    heads = np.fromiter(chain.from_iterable(slots), dtype=np.int32)
    columns = np.concatenate([heads, *pieces])
    rows = np.concatenate(
        [
            np.repeat(np.arange(len(groups)), [len(own) for own in slots]),
            np.repeat(words_of, [len(piece) for piece in pieces]),
        ]
    )
    weights = np.full(len(columns), 0.5, dtype=np.float32)
    weights[: len(heads)] = 1.0
    hashed = sparse.csr_matrix((weights, (rows, columns)), shape=(len(groups), HASHED))
    np.minimum(hashed.data, 1.0, out=hashed.data)
    return hashed
