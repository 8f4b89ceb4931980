"""Clauses to feature rows: hashed words and characters, word vectors, and the named patterns that match.

Everything about one word (its hashed pieces, its vector) is computed once and kept, so a row is a few array joins.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.encoders import Encoder
from nlp.patterns import Patterns

HASHED = 1 << 17
VECTOR = 64  # the static encoder's vectors are trained so that their first numbers say most
OWN_PATTERN, SENTENCE_PATTERN = 0.5, 0.3
Floats = NDArray[np.float32]
_KEPT_WORDS = 200_000
_TOKEN = re.compile(r"\[[A-Z]+(?:-\d+)?\]|@\w+|https?://\S+|[^\W\d_]+(?:['’´`][^\W\d_]+)*|\d[\d.,:]*|[^\w\s]")
_STARTS = 2
_AROUND = 3


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
    """One segment's text cut into units, in order; ``Unit.sentence`` numbers its sentences from 0."""

    text: str
    units: tuple[Unit, ...]


def tokens(text: str) -> list[tuple[str, int, int]]:
    """Return the lower-case tokens of ``text`` with their offsets; numbers become "0", handles "@", links "http"."""
    return [(_plain(found[0]), found.start(), found.end()) for found in _TOKEN.finditer(text)]


@lru_cache(_KEPT_WORDS)
def _plain(token: str) -> str:
    first = token[0]
    if first.isdigit():
        return "0"
    if first == "@" and len(token) > 1:
        return "@"
    if first == "[" and len(token) > 1:
        return "[name]" if token.startswith("[NAME") else "[id]"
    if token.startswith("http"):
        return "http"
    return token.lower().replace("’", "'").replace("´", "'").replace("`", "'")


def slot(feature: str) -> int:
    """Return the column of a named feature in the hashed block."""
    return crc32(_bytes(feature)) & (HASHED - 1)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


_PIECE = crc32(b"c=")
_SPEAKER = {speaker: slot(f"s={speaker}") for speaker in "can"}


class Rows(NamedTuple):
    """The features of some units: ``hashed`` (units, HASHED), ``dense`` (units, width), and each unit's sentence, from 0."""

    hashed: sparse.csr_matrix
    dense: Floats
    sentence: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Word:
    """One word's columns, by the part it plays in a unit; ``vector`` is the number of its vector, -1 without one."""

    own: int
    before: int
    after: int
    last: int
    starts: tuple[int, ...]
    opens_pair: int
    closes_pair: bytes
    pieces: NDArray[np.int32]
    vector: int


class Featurizer:
    """Turns passages into one row per unit. The same text always gives the same row.

    A dense row is the mean vector of the unit's words, the patterns found in the unit, and those in its sentence.
    """

    def __init__(self, encoder: Encoder, patterns: Patterns) -> None:
        self._encoder = encoder
        self._patterns = patterns
        self._words: dict[str, _Word] = {}
        # Doubles: the order in which words were met must not reach the sums.
        self._vectors = np.zeros((0, VECTOR), dtype=np.float64)
        self.width = VECTOR + 2 * len(patterns.names)

    def rows(self, passages: Sequence[Passage]) -> Rows:
        """Return the features of the units of all passages, in order."""
        read = [tokens(passage.text) for passage in passages]
        self._learn(read)
        groups: list[list[_Word]] = []
        slots: list[list[int]] = []
        sentence: list[int] = []
        hits: list[tuple[int, int]] = []
        for passage, words in zip(passages, read, strict=True):
            first = len(groups)
            begun = sentence[-1] + 1 if sentence else 0
            here = self._grouped(passage.units, words)
            groups += here
            slots += _slots(passage.units, here)
            sentence += [begun + unit.sentence for unit in passage.units]
            if passage.units:
                starts = [unit.start for unit in passage.units]
                hits += [
                    (first + max(0, bisect_right(starts, at) - 1), column)
                    for column, at in self._patterns.find(passage.text, starts)
                ]
        numbers = np.asarray(sentence, dtype=np.int64)
        words_of = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
        return Rows(_hashed(groups, words_of, slots), self._dense(groups, words_of, numbers, hits), numbers)

    def _grouped(self, units: Sequence[Unit], words: list[tuple[str, int, int]]) -> list[list[_Word]]:
        """Return the words of each unit."""
        known = self._words
        groups: list[list[_Word]] = []
        at = 0
        for unit in units:
            group: list[_Word] = []
            while at < len(words) and words[at][1] < unit.end:
                if words[at][1] >= unit.start:
                    group.append(known[words[at][0]])
                at += 1
            groups.append(group)
        return groups

    def _dense(
        self,
        groups: list[list[_Word]],
        words_of: NDArray[np.int64],
        sentence: NDArray[np.int64],
        hits: list[tuple[int, int]],
    ) -> Floats:
        out = np.zeros((len(groups), self.width), dtype=np.float32)
        vectors = np.asarray([word.vector for group in groups for word in group], dtype=np.int64)
        spoken = vectors >= 0
        if spoken.any():
            counts = sparse.csr_matrix(
                (np.ones(int(spoken.sum())), (words_of[spoken], vectors[spoken])),
                shape=(len(groups), len(self._vectors)),
            )
            own = np.asarray(counts @ self._vectors)
            out[:, :VECTOR] = own / np.maximum(np.linalg.norm(own, axis=1, keepdims=True), 1e-9)
        if hits:
            unit, column = np.asarray(hits).T
            kinds = len(self._patterns.names)
            whole = np.zeros((int(sentence[-1]) + 1, kinds), dtype=np.float32)
            out[unit, VECTOR + column] = OWN_PATTERN
            whole[sentence[unit], column] = SENTENCE_PATTERN
            out[:, VECTOR + kinds :] = whole[sentence]
        return out

    def _learn(self, read: Sequence[list[tuple[str, int, int]]]) -> None:
        """Hash and encode the words not met before."""
        met = {word for words in read for word, _, _ in words}
        fresh = sorted(met - self._words.keys())
        if len(self._words) + len(fresh) > _KEPT_WORDS:
            self._words.clear()
            self._vectors = self._vectors[:0]
            fresh = sorted(met)
        spoken = [word for word in fresh if word[0].isalpha()]
        numbers = {word: number for number, word in enumerate(spoken, len(self._vectors))}
        self._words.update((word, _learned(word, numbers.get(word, -1))) for word in fresh)
        if spoken:
            self._vectors = np.vstack([self._vectors, self._encoder.encode(spoken)[:, :VECTOR]])


def _learned(word: str, vector: int) -> _Word:
    padded = f" {word} "
    grams = {padded[i : i + n] for n in (3, 4, 5) for i in range(len(padded) - n + 1)} if len(word) > 2 else set()
    return _Word(
        own=slot(f"w={word}"),
        before=slot(f"p={word}"),
        after=slot(f"n={word}"),
        last=slot(f"e={word}"),
        starts=tuple(slot(f"{place}={word}") for place in range(_STARTS)),
        opens_pair=crc32(_bytes(f"b={word} ")),
        closes_pair=_bytes(word),
        pieces=np.asarray([crc32(_bytes(gram), _PIECE) & (HASHED - 1) for gram in grams], dtype=np.int32),
        vector=vector,
    )


def _slots(units: Sequence[Unit], groups: list[list[_Word]]) -> list[list[int]]:
    """Return the columns of each unit's words, word pairs and neighbouring words."""
    found: list[list[int]] = []
    for number, (unit, group) in enumerate(zip(units, groups, strict=True)):
        columns = [word.own for word in group]
        columns += [crc32(b.closes_pair, a.opens_pair) & (HASHED - 1) for a, b in pairwise(group)]
        if number and units[number - 1].sentence == unit.sentence:
            columns += [word.before for word in groups[number - 1][-_AROUND:]]
        if number + 1 < len(units) and units[number + 1].sentence == unit.sentence:
            columns += [word.after for word in groups[number + 1][:_AROUND]]
        columns += [word.starts[place] for place, word in enumerate(group[:_STARTS])]
        columns.append(_SPEAKER[unit.speaker])
        if group:
            columns.append(group[-1].last)
        found.append(columns)
    return found


def _hashed(groups: list[list[_Word]], words_of: NDArray[np.int64], slots: list[list[int]]) -> sparse.csr_matrix:
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
