"""Clauses to feature rows: hashed words and characters, word vectors, and the named patterns that match.

Everything about one word (its hashed pieces, its vector) is computed once and kept, so a row is a few array joins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from nlp.encoders import Encoder
from nlp.patterns import Patterns

BITS = 17
HASHED = 1 << BITS
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


class Featurizer:
    """Turns passages into one row per unit. ``columns`` is the width of a row; the same text always gives the same row."""

    def __init__(self, encoder: Encoder, patterns: Patterns) -> None:
        self._encoder = encoder
        self._patterns = patterns
        self._pieces: dict[str, NDArray[np.int32]] = {}
        self._rows: dict[str, int] = {}
        self._vectors = np.zeros((0, encoder.dimensions), dtype=np.float32)
        # own words, own characters, words around; own vector, sentence vector; patterns in the unit, in the sentence
        self.dense = 2 * encoder.dimensions + 2 * len(patterns.names)
        self.columns = HASHED + self.dense

    def rows(self, passages: Sequence[Passage]) -> tuple[sparse.csr_matrix, NDArray[np.float32]]:
        """Return the hashed block (units, HASHED) and the dense block (units, dense), the units of all passages in order."""
        read = [tokens(passage.text) for passage in passages]
        self._learn(read)
        indices: list[NDArray[np.int32]] = []
        weights: list[NDArray[np.float32]] = []
        lengths: list[int] = []
        word_rows: list[int] = []
        word_unit: list[int] = []
        sentence_of: list[int] = []
        hits: list[tuple[int, int]] = []
        sentences = 0
        unit_number = 0
        for passage, words in zip(passages, read, strict=True):
            found = self._patterns.find(passage.text)
            at = 0
            groups: list[list[str]] = []
            for unit in passage.units:
                group: list[str] = []
                while at < len(words) and words[at][1] < unit.end:
                    if words[at][1] >= unit.start:
                        group.append(words[at][0])
                    at += 1
                groups.append(group)
            last = -1
            for position, unit in enumerate(passage.units):
                group = groups[position]
                if unit.sentence != last:
                    sentences += 1
                    last = unit.sentence
                sentence_of.append(sentences - 1)
                before = groups[position - 1][-_AROUND:] if position and passage.units[position - 1].sentence == last else []
                after = (
                    groups[position + 1][:_AROUND]
                    if position + 1 < len(groups) and passage.units[position + 1].sentence == last
                    else []
                )
                row, weight = self._hashed(group, before, after, unit)
                indices.append(row)
                weights.append(weight)
                lengths.append(len(row))
                for word in group:
                    number = self._rows.get(word, -1)
                    if number >= 0:
                        word_rows.append(number)
                        word_unit.append(unit_number)
                hits.extend((unit_number, column) for column, start in found if unit.start <= start < unit.end)
                unit_number += 1
        pointers = np.zeros(len(lengths) + 1, dtype=np.int64)
        np.cumsum(lengths, out=pointers[1:])
        hashed = sparse.csr_matrix(
            (
                np.concatenate(weights) if weights else np.zeros(0, np.float32),
                np.concatenate(indices) if indices else np.zeros(0, np.int32),
                pointers,
            ),
            shape=(unit_number, HASHED),
        )
        hashed.sum_duplicates()
        np.minimum(hashed.data, 1.0, out=hashed.data)
        return hashed, self._dense(unit_number, word_rows, word_unit, sentence_of, hits)

    def _dense(
        self, units: int, word_rows: list[int], word_unit: list[int], sentence_of: list[int], hits: list[tuple[int, int]]
    ) -> NDArray[np.float32]:
        width = self._encoder.dimensions
        out = np.zeros((units, self.dense), dtype=np.float32)
        if not units:
            return out
        ones = np.ones(len(word_rows), dtype=np.float32)
        counts = sparse.csr_matrix((ones, (word_unit, word_rows)), shape=(units, len(self._vectors)))
        own = np.asarray(counts @ self._vectors)
        sentence = np.asarray(sentence_of)
        pooled = np.zeros((sentence[-1] + 1, width), dtype=np.float32)
        np.add.at(pooled, sentence, own)
        out[:, :width] = _unit(own)
        out[:, width : 2 * width] = _unit(pooled)[sentence]
        if hits:
            at = np.asarray(hits)
            kinds = len(self._patterns.names)
            out[at[:, 0], 2 * width + at[:, 1]] = 1.0
            whole = np.zeros((len(pooled), kinds), dtype=np.float32)
            whole[sentence[at[:, 0]], at[:, 1]] = 1.0
            out[:, 2 * width + kinds :] = whole[sentence]
        return out

    def _hashed(
        self, group: list[str], before: list[str], after: list[str], unit: Unit
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        extra = [slot(f"b={a} {b}") for a, b in zip(group, group[1:], strict=False)]
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
            grams = {padded[i : i + n] for n in (3, 4, 5) for i in range(len(padded) - n + 1)} if len(word) > 2 else set()
            self._pieces[word] = np.asarray(sorted(slot(f"c={gram}") for gram in grams), dtype=np.int32)
            if word[0].isalpha():
                self._rows[word] = start
                start += 1
        spoken = [word for word in fresh if word[0].isalpha()]
        if spoken:
            self._vectors = np.vstack([self._vectors, self._encoder.encode(spoken)])


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(norms, 1e-9), dtype=np.float32)
