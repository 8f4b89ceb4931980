"""Sentence to clauses, with offsets: the stretches that are judged one by one and joined into a signal's words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlp.sentences import Span

_SUBJECT = (
    r"(?:i|i'm|i've|i'd|im|ive|it|it's|its|he|he's|she|she's|they|they're|we|we're|we've|you|you're|this|that|that's|there|"
    r"there's|nobody|no one|nothing|none|everyone|everything|the|my|our|your|their|his|her|a|an|now|then|still|please|pls|"
    r"would|could|can|is|was|are|cu|cust|customer|caller|user|guest|asked|asks|wants|want|needs|says|said)"
)
_BOUNDARY = re.compile(
    r"[,;:](?=\s)|\s[-–—]+(?=\s)|[()]|\.{2,}|…|[.!?]+(?=\s)|\s/(?=\s)|(?<=\S)\s(?=(?:"
    rf"(?:and|so|or|then|plus) (?:now )?{_SUBJECT}\b|"
    r"but\b|because\b|cos\b|bc\b|coz\b|since\b|although\b|though\b|even though\b|while\b|whereas\b|which\b|"
    r"so that\b|unless\b|until\b|before i\b|after i\b|when\b|whenever\b|if\b|as i\b|as it\b|as we\b))",
    re.IGNORECASE,
)
_PEOPLE = (
    r"(?:(?:the |this |our )?(?:cu|cust|customer|caller|client|user|guest|passenger|pax|pt|patient|parent|mum|dad|member|"
    r"employee|ee|staff member|resident|citizen|applicant|player|rider|driver|policyholder|ph|claimant|subscriber|buyer|"
    r"seller|dev|admin|tenant|shopper|receiver|sender|agent|rep|advisor|adviser|he|she|they|(?:mr|mrs|ms|dr)\.? \S+|\[name-?\d*\])(?:'s)?)"
)
_SAYING = (
    r"(?:(?:is|was|are|has been|'s) )?(?:also |just |now |again |really |very )?(?:says?|said|states?|stated|stating|reports?|"
    r"reported|"
    r"reporting|complains?|complained|complaining|complaints?|is facing|facing|is having|claims?|claimed|mentions?|"
    r"mentioned|explains?|explained|tells? (?:me|us)|told (?:me|us)|"
    r"advises?|advised|notes|noted|adds?|added|feels|thinks|reckons|insists|alleges|confirms?|confirmed|"
    r"calls?|called|rang|phoned|writes|"
    r"wrote|emailed|unhappy|upset|annoyed|angry|cross|irritated|frustrated|fed up|not happy|furious|disappointed|pleased|very pleased|"
    r"delighted|happy|suggests?|suggested|proposes|asks?|asked|asking(?: for help)?|telling|[ei]nquir(?:es|ed|ing|ers)|"
    r"updates?|updated|replies|replied|informs?|informed)(?: (?:the )?(?:cu|cust|customer|caller|agent|us|them|him|her))?"
)
_FRAME = re.compile(
    rf"(?:\b(?:per|acc(?:ording)? to) {_PEOPLE}[,:]?\s+|(?:\b{_PEOPLE} )?\b{_SAYING}(?: (?:about|bout|abt|"
    r"re|regarding|with|to say|saying|in to say|as|because|in|of|for))?"
    r"(?: (?:the fact )?that| how)?[,:]?\s+)",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of one sentence. ``frame`` is true for "customer says that": who says it, not what is said."""

    start: int
    end: int
    frame: bool = False


def clauses(text: str, sentence: Span) -> list[Clause]:
    """Return the clauses of one sentence of ``text``, in order; together they cover every word of it."""
    found: list[Clause] = []
    start = sentence.start
    for boundary in _BOUNDARY.finditer(text, sentence.start, sentence.end):
        cut = boundary.end()
        if _WORD.search(text, cut, sentence.end) is None:
            break
        if len(text[start : boundary.start()].split()) >= 2 or boundary[0].strip() in {":", ";", "("}:
            _framed(found, text, start, cut)
            start = cut
    _framed(found, text, start, sentence.end)
    return found


def _framed(found: list[Clause], text: str, start: int, end: int) -> None:
    """Add one clause, cut in two where a reporting frame opens it."""
    while start < end and text[start].isspace():
        start += 1
    frame = _FRAME.match(text, start, end)
    if frame is not None and _WORD.search(text, frame.end(), end):
        found.append(Clause(start, frame.end(), frame=True))
        start = frame.end()
    if start < end:
        found.append(Clause(start, end))
