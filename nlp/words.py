"""Words as the heads meet them: tokens with offsets, and everything about one word that is computed once and kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nlp.encoders import Encoder

HASHED = 1 << 17
TABLE = 1 << 13
_KEPT_WORDS = 30_000
_KEPT_TOKENS = 200_000
_STARTS = 2
_TOKEN = r"\[[A-Z]+(?:-\d+)?\]|@\w+|https?://\S+|LETTER+(?:['’´`]LETTER+)*|\d[\d.,:]*|[^\w\s]"
_TOKENS = re.compile(_TOKEN.replace("LETTER", r"[^\W\d_]"))
_PLAIN_TOKENS = re.compile(_TOKEN.replace("LETTER", "[A-Za-z]"))
Token = tuple[str, int, int]


def tokens(text: str) -> list[Token]:
    """Return the lower-case tokens of ``text`` with their offsets; numbers become "0", handles "@", links "http"."""
    found = (_PLAIN_TOKENS if text.isascii() else _TOKENS).finditer(text)
    return [(_plain(token[0]), *token.span()) for token in found]


@lru_cache(_KEPT_TOKENS)
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


@dataclass(frozen=True, slots=True)
class Word:
    """One word's columns, by the part it plays in a clause; ``number`` is its row among the word vectors.

    ``table`` holds the columns of the word and its pieces in the network's smaller table.
    """

    number: int
    own: int
    before: int
    after: int
    last: int
    starts: tuple[int, ...]
    opens_pair: int
    closes_pair: bytes
    pieces: NDArray[np.int32]
    table: NDArray[np.int32]


class Lexicon:
    """Words that were met. ``vectors`` has one row a word, zeros for what is not made of letters."""

    def __init__(self, dimensions: int) -> None:
        self.known: dict[str, Word] = {}
        self.listed: list[Word] = []
        self.vectors = np.zeros((0, dimensions), dtype=np.float32)


class Words:
    """The words met so far, in ``lexicon``; when there are too many, a new one is begun."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.lexicon = Lexicon(encoder.dimensions)

    def learn(self, read: Sequence[Sequence[Token]]) -> None:
        """Hash and encode the words not met before."""
        met = {token[0] for words in read for token in words}
        fresh = sorted(met - self.lexicon.known.keys())
        if len(self.lexicon.known) + len(fresh) > max(_KEPT_WORDS, len(met)):
            self.lexicon = Lexicon(self._encoder.dimensions)
            fresh = sorted(met)
        if not fresh:
            return
        lexicon = self.lexicon
        for word in fresh:
            lexicon.known[word] = _learned(word, len(lexicon.listed))
            lexicon.listed.append(lexicon.known[word])
        found = self._encoder.encode(fresh)
        found[[not word[0].isalpha() for word in fresh]] = 0
        lexicon.vectors = np.vstack([lexicon.vectors, found])

    def of(self, read: Iterable[Token]) -> list[Word]:
        """Return the words of some tokens that were learnt before."""
        known = self.lexicon.known
        return [known[token[0]] for token in read]


def _learned(word: str, number: int) -> Word:
    padded = f" {word} "
    grams = {padded[i : i + n] for n in (3, 4, 5) for i in range(len(padded) - n + 1)} if len(word) > 2 else set()
    pieces = np.asarray([crc32(_bytes(gram), _PIECE) & (HASHED - 1) for gram in sorted(grams)], dtype=np.int32)
    own = slot(f"w={word}")
    return Word(
        number=number,
        own=own,
        before=slot(f"p={word}"),
        after=slot(f"n={word}"),
        last=slot(f"e={word}"),
        starts=tuple(slot(f"{place}={word}") for place in range(_STARTS)),
        opens_pair=crc32(_bytes(f"b={word} ")),
        closes_pair=_bytes(word),
        pieces=pieces,
        table=np.append(pieces, own).astype(np.int32) & (TABLE - 1),
    )
