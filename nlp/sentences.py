"""Text to sentences, with offsets, by rules that know shorthand: "cu rang re. fee, adv. cb" is one sentence."""

from __future__ import annotations

import re
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open stretch of characters of some text."""

    start: int
    end: int


_SHORTENED = (
    "mr mrs ms dr prof st no nr vs etc e.g i.e eg ie approx prob poss adv acct ref appt tel ext incl re cust cu min mins hrs "
    "hr wk wks mth mths yr yrs dept mgr tech qty avg max jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed "
    "thu thur thurs fri sat sun u.s u.k a.m p.m"
)
_ABBREVIATIONS = frozenset(_SHORTENED.split())
_BREAK = re.compile(r"\n+|[.!?…]+(?:[\"'”’)\]]+)?(?=\s|$)|[!?]{2,}")
_LAST_WORD = re.compile(r"([\w.]*\w)\Z")
_SPACE = " \t\r\n\v\f\u00a0"


def sentences(text: str) -> list[Span]:
    """Return the sentences of ``text`` in order, without surrounding blanks; their words are never lost or repeated."""
    found: list[Span] = []
    start = 0
    for stop in _BREAK.finditer(text):
        if stop[0] == "." and not _ends(text, start, stop.start(), stop.end()):
            continue
        _add(found, text, start, stop.end())
        start = stop.end()
    _add(found, text, start, len(text))
    return found


def _ends(text: str, start: int, dot: int, after: int) -> bool:
    """Whether the full stop at ``dot`` ends a sentence."""
    word = _LAST_WORD.search(text, max(start, dot - 12), dot)
    if word is None:
        return True
    last = word[1].lower()
    following = text[after : after + 3].lstrip()
    if last in _ABBREVIATIONS:
        return (
            bool(following)
            and following[0].isupper()
            and last not in {"mr", "mrs", "ms", "dr", "prof", "st", "no", "nr"}
        )
    return not (len(last) == 1 and last.isalpha() and last != "i")


def _add(found: list[Span], text: str, start: int, end: int) -> None:
    while start < end and text[start] in _SPACE:
        start += 1
    while end > start and text[end - 1] in _SPACE:
        end -= 1
    if start < end:
        found.append(Span(start, end))
