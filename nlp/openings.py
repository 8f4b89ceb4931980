"""Many patterns in one walk over a text: at each word only the patterns are tried that can begin with that word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

ANYWHERE = ""
DIGIT = r"\d"
_LITERAL = re.compile(r"(?:[^\\\[\](){}.*+?|^$]|\\[^\w\s])*")
_FIRST_WORD = re.compile(r"[^\w\s]?\w+")
_WORD = re.compile(r"\b(?=([^\w\s]?\w+))")
_PIECE = re.compile(r"\\.|\[(?:\\.|[^\]])+\]|.", re.DOTALL)
_KEPT_WORDS = 100_000
Matcher = Callable[[str, int], re.Match[str] | None]


class Search:
    """Finds in a text what ``finditer`` of each pattern finds, faster."""

    def __init__(self, regexes: Sequence[re.Pattern[str]]) -> None:
        begun = [openings(regex.pattern) for regex in regexes]
        self._everywhere = tuple(
            (number, regex.finditer) for number, regex in enumerate(regexes) if ANYWHERE in begun[number]
        )
        self._openings = tuple(
            (number, tuple(begun[number]), regex.match)
            for number, regex in enumerate(regexes)
            if ANYWHERE not in begun[number]
        )
        self._opened_by = lru_cache(_KEPT_WORDS)(self._patterns_of)

    def __call__(self, text: str) -> list[tuple[int, re.Match[str]]]:
        """Return (number of the pattern, match) for every match in lower-case ``text``; those of one pattern never overlap."""
        found = [(number, match) for number, finditer in self._everywhere for match in finditer(text)]
        ends: dict[int, int] = {}
        for word in _WORD.finditer(text):
            at = word.start()
            for number, match_at in self._opened_by(word[1]):
                if (match := match_at(text, at)) and at >= ends.get(number, 0):
                    found.append((number, match))
                    ends[number] = match.end()
        return found

    def _patterns_of(self, word: str) -> tuple[tuple[int, Matcher], ...]:
        whole = f"{word} "
        return tuple(
            (number, match)
            for number, begun, match in self._openings
            if whole.startswith(begun) or (word[0].isdecimal() and DIGIT in begun)
        )


def openings(regex: str) -> frozenset[str]:
    r"""Return what the first word of a match of ``regex`` may begin with; a blank at the end stands for the word's end.

    ``ANYWHERE`` is among them when that can't be told, and ``DIGIT`` when it may begin with a digit:
    ``\b(?:can't|keeps?|to go|\d+th)`` gives "can ", "keep", "to " and ``DIGIT``.
    """
    return frozenset(
        opening
        for way in _alternatives(regex)
        for opening in (_first_words(way[2:]) if way.startswith(r"\b") else (ANYWHERE,))
    )


def _first_words(regex: str) -> Iterator[str]:
    """Yield the openings of a regex without alternatives at its top."""
    if regex.startswith("(?:"):
        inside, rest = _group(regex)
        if rest.startswith(("?", "*", "{")):
            yield ANYWHERE
        else:
            for way in _alternatives(inside):
                yield from _first_words(way + rest)
    elif regex.startswith(DIGIT + "+"):
        yield DIGIT
    else:
        literal, rest = _literal(regex)
        word = _FIRST_WORD.match(literal)
        if word is None:
            yield ANYWHERE
        elif word.end() < len(literal) or rest.startswith(r"\b"):
            yield word[0] + " "
        else:
            yield word[0]


def _literal(regex: str) -> tuple[str, str]:
    """Return the characters that ``regex`` must begin with, and the rest of it."""
    found = _LITERAL.match(regex)
    end = found.end() if found else 0
    rest = regex[end:]
    literal = re.sub(r"\\(.)", r"\1", regex[:end])
    return (literal[:-1] if rest.startswith(("?", "*", "{")) else literal), rest


def _alternatives(regex: str) -> list[str]:
    """Return the parts between the bars that stand outside of every group."""
    parts = [""]
    depth = 0
    for piece in _PIECE.findall(regex):
        depth += (piece == "(") - (piece == ")")
        if piece == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def _group(regex: str) -> tuple[str, str]:
    """Return what is inside the group that opens ``regex``, and what follows it."""
    depth = at = 0
    for piece in _PIECE.findall(regex):
        depth += (piece == "(") - (piece == ")")
        at += len(piece)
        if depth == 0:
            break
    return regex[len("(?:") : at - 1], regex[at:]
