"""Numbers said digit by digit and written as words: "four seven double five oh one"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from stdnum import luhn

from nlp.redaction.findings import PersonalData, Span

_DIGITS = {
    "zero": "0",
    "oh": "0",
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
}
_TIMES = {"double": 2, "triple": 3}
_UNIT = rf"(?:(?:double|triple) )?(?:{'|'.join(_DIGITS)}|\d)"
_ROW = re.compile(rf"(?<!\w){_UNIT}(?:[ ,-]{{1,2}}{_UNIT}){{3,29}}(?!\w)", re.IGNORECASE)
_CUE = re.compile(
    r"(?:number|code|pin|phone|tel|card|account|digits|ending|ends|reference|order|is|call|on|at|cvv)\b[^.!?]{0,12}$",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?:phone|tel|mobile|cell|call|reach|ring|text|whatsapp)\b[^.!?]{0,24}$", re.IGNORECASE)
_SECRET = re.compile(r"(?:pin|password|passcode|cvv|code)\b[^.!?]{0,16}$", re.IGNORECASE)
_SURE_LENGTH = 6


def find_spoken(text: str, words: AbstractSet[str]) -> Iterator[Span]:
    """Yield rows of four or more digit words after words of numbers, and of six or more anywhere.

    ``words`` are those of the text, in lower case.
    """
    if len(words & _DIGITS.keys()) < 2 and words.isdisjoint(_TIMES):
        return
    for match in _ROW.finditer(text):
        digits = _digits(match[0])
        if len(digits) >= _SURE_LENGTH or _CUE.search(text, max(0, match.start() - 40), match.start()):
            yield Span(_kind(text, match.start(), digits), match.start(), match.end())


def _digits(row: str) -> str:
    said = []
    times = 1
    for word in re.findall(r"\w+", row.lower()):
        if word in _TIMES:
            times = _TIMES[word]
        else:
            said.append(_DIGITS.get(word, word) * times)
            times = 1
    return "".join(said)


def _kind(text: str, start: int, digits: str) -> PersonalData:
    before = max(0, start - 40)
    if 13 <= len(digits) <= 19 and luhn.is_valid(digits):
        return PersonalData.CARD
    if _SECRET.search(text, before, start):
        return PersonalData.SECRET
    return PersonalData.PHONE if _PHONE.search(text, before, start) else PersonalData.REFERENCE
