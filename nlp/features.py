"""Clauses to feature rows: hashed words and characters, word vectors, and the named patterns that match.

Everything about one word (its hashed pieces, its vector) is computed once and kept, so a row is a few array joins.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
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
    return crc32(feature.encode("utf-8", "surrogatepass")) & (HASHED - 1)


class Rows(NamedTuple):
    """The features of some units: ``hashed`` (units, HASHED), ``dense`` (units, width), and each unit's sentence, from 0."""

    hashed: sparse.csr_matrix
    dense: Floats
    sentence: NDArray[np.int64]


class Featurizer:
    """Turns passages into one row per unit. The same text always gives the same row.

    A dense row is the mean vector of the unit's words, the patterns found in the unit, and those in its sentence.
    """

    def __init__(self, encoder: Encoder, patterns: Patterns) -> None:
        self._encoder = encoder
        self._patterns = patterns
        self._pieces: dict[str, NDArray[np.int32]] = {}
        self._rows: dict[str, int] = {}
        self._vectors = np.zeros((0, VECTOR), dtype=np.float32)
        self.width = VECTOR + 2 * len(patterns.names)

    def rows(self, passages: Sequence[Passage]) -> Rows:
        """Return the features of the units of all passages, in order."""
        read = [tokens(passage.text) for passage in passages]
        self._learn(read)
        indices: list[NDArray[np.int32]] = []
        weights: list[NDArray[np.float32]] = []
        groups: list[list[str]] = []
        sentence: list[int] = []
        hits: list[tuple[int, int]] = []
        for passage, words in zip(passages, read, strict=True):
            first = len(groups)
            begun = sentence[-1] + 1 if sentence else 0
            groups += _grouped(passage.units, words)
            sentence += [begun + unit.sentence for unit in passage.units]
            for number, unit in enumerate(passage.units):
                position = first + number
                before = groups[position - 1] if number and sentence[position - 1] == sentence[position] else []
                last = number + 1 == len(passage.units) or sentence[position + 1] != sentence[position]
                row, weight = self._hashed(
                    groups[position], before[-_AROUND:], [] if last else groups[position + 1][:_AROUND], unit
                )
                indices.append(row)
                weights.append(weight)
            if passage.units:
                starts = [unit.start for unit in passage.units]
                hits += [
                    (first + max(0, bisect_right(starts, at) - 1), column)
                    for column, at in self._patterns.find(passage.text, starts)
                ]
        pointers = np.zeros(len(groups) + 1, dtype=np.int64)
        np.cumsum([len(row) for row in indices], out=pointers[1:])
        empty = (np.zeros(0, np.float32), np.zeros(0, np.int32))
        data, columns = (np.concatenate(weights), np.concatenate(indices)) if groups else empty
        hashed = sparse.csr_matrix((data, columns, pointers), shape=(len(groups), HASHED))
        hashed.sum_duplicates()
        np.minimum(hashed.data, 1.0, out=hashed.data)
        numbers = np.asarray(sentence, dtype=np.int64)
        return Rows(hashed, self._dense(groups, numbers, hits), numbers)

    def _dense(self, groups: list[list[str]], sentence: NDArray[np.int64], hits: list[tuple[int, int]]) -> Floats:
        out = np.zeros((len(groups), self.width), dtype=np.float32)
        known = self._rows
        at = [(number, known[word]) for number, group in enumerate(groups) for word in group if word in known]
        if at:
            unit, row = np.asarray(at).T
            counts = sparse.csr_matrix(
                (np.ones(len(at), np.float32), (unit, row)), shape=(len(groups), len(self._vectors))
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

    def _hashed(
        self, group: list[str], before: list[str], after: list[str], unit: Unit
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        extra = [slot(f"b={a} {b}") for a, b in pairwise(group)]
        extra += [slot(f"p={word}") for word in before]
        extra += [slot(f"n={word}") for word in after]
        extra += [slot(f"{place}={word}") for place, word in enumerate(group[:_STARTS])]
        extra.append(slot(f"s={unit.speaker}"))
        if group:
            extra.append(slot(f"e={group[-1]}"))
        pieces = [self._pieces[word] for word in group]
        words = [slot(f"w={word}") for word in group]
        heads = np.asarray(words + extra, dtype=np.int32)
        chars = np.concatenate(pieces) if pieces else np.zeros(0, np.int32)
        weight = np.ones(len(heads) + len(chars), dtype=np.float32)
        weight[len(heads) :] = 0.5
        return np.concatenate([heads, chars]), weight

    def _learn(self, read: Sequence[list[tuple[str, int, int]]]) -> None:
        """Hash and encode the words not met before."""
        fresh = sorted({word for words in read for word, _, _ in words} - self._pieces.keys())
        if not fresh:
            return
        if len(self._pieces) + len(fresh) > _KEPT_WORDS:
            self._pieces.clear()
            self._rows.clear()
            self._vectors = self._vectors[:0]
            fresh = sorted({word for words in read for word, _, _ in words})
        start = len(self._vectors)
        for word in fresh:
            padded = f" {word} "
            grams = (
                {padded[i : i + n] for n in (3, 4, 5) for i in range(len(padded) - n + 1)} if len(word) > 2 else set()
            )
            self._pieces[word] = np.asarray(sorted(slot(f"c={gram}") for gram in grams), dtype=np.int32)
            if word[0].isalpha():
                self._rows[word] = start
                start += 1
        spoken = [word for word in fresh if word[0].isalpha()]
        if spoken:
            self._vectors = np.vstack([self._vectors, self._encoder.encode(spoken)[:, :VECTOR]])


def _grouped(units: Sequence[Unit], words: list[tuple[str, int, int]]) -> list[list[str]]:
    """Return the words of each unit."""
    groups: list[list[str]] = []
    at = 0
    for unit in units:
        group: list[str] = []
        while at < len(words) and words[at][1] < unit.end:
            if words[at][1] >= unit.start:
                group.append(words[at][0])
            at += 1
        groups.append(group)
    return groups
