"""Numbers that are nobody's: dates, times, money, measures and versions. And the one date that is: a date of
birth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from nlp.redaction.findings import PersonalData, Span
from nlp.redaction.words import words

_MONTH = (
    r"(?:jan(?:uar[yi]?|vier)?|ene(?:ro)?|f[eé]v(?:rier)?|feb(?:r(?:uar[yi]?|ero))?|m[aä]r(?:ch|z|s|t|zo)?|"
    r"maart|a[pv]r(?:il(?:e)?)?|abr(?:il)?|ma[iy]o?|mei|"
    r"jun(?:[ei]|io)?|juin|jul(?:[yi]|io)?|juillet|a[uo]g(?:ust(?:us)?|osto)?|ao[uû]t|sep(?:t(?:ember|iembre|"
    r"embre)?)?|o[ck]t(?:ober|ubre|obre)?|nov(?:ember|iembre|embre)?|"
    r"d[eéi][cz](?:ember|iembre|embre)?)\.?"
)
DATE = (
    r"(?:(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:[0-3]?\d)(?:[T ]\d\d:\d\d(?::\d\d)?)?"
    r"|[0-3]?\d ?[-/.] ?[0-3]?\d ?[-/.] ?(?:(?:19|20)\d\d|\d\d)(?!\d|[-/.]\d)"
    rf"|[0-3]?\d(?:st|nd|rd|th|\.)?(?: of| de)? {_MONTH}(?:,? (?:de |del )?(?:19|20)\d\d)?"
    rf"|{_MONTH} [0-3]?\d(?:st|nd|rd|th)?(?:,? ?(?:19|20)\d\d)?(?!\d)"
    rf"|{_MONTH} (?:of )?(?:19|20)\d\d)"
)
_QUIET = re.compile(
    rf"(?<![\w-]){DATE}(?![\w-])"
    r"|[X\d]{2,4}/[X\d]{2}/[X\d]{2,4}|(?<![\w.-])\d{3,4}x\d{3,4}(?!\w)"
    r"|(?<!\w)[0-2]?\d[:.h][0-5]\d(?::[0-5]\d)?(?: ?[ap]\.?m\b)?(?!\d)"
    r"|(?:[$€£¥₹]|\b(?:usd|eur|gbp|chf|rs|inr|aud|cad)\b\.?) ?-?\d[\d.,' ]{0,15}\d?(?!\d)"
    r"|(?<![\w.,-])\d(?:[\d.,']{0,15}\d)? ?(?:[$€£¥₹%°](?!\d)|(?:usd|eur|euros?|gbp|chf|dollars?|pounds?|quid|"
    r"bucks|percent|rupees|cents?)\b)"
    r"|(?<![\w-])\d{1,3}(?:,\d{3})+(?:\.\d\d)?(?![\w-])"
    r"|(?<![\w-])\d{1,9}[.,]\d{1,2}(?![\w.,-])"
    r"|(?<![\w-])\d{1,7} ?(?:k?wh|km/h|kms?|mph|miles?|kg|mb|gb|tb|mbps|mah|ms|sec(?:onds?)?|min(?:utes?)?|"
    r"h(?:ou)?rs?|days?|weeks?|months?|years?|"
    r"points?|followers|views|times|people|customers|users|items|bikes|pieces|tage|jahre|jours|ans|d[ií]as|"
    r"dagen|jaar|euro)\b",
    re.IGNORECASE,
)
_BIRTH = re.compile(
    r"(?:\bd\.?o\.?b\b\.?|\bdate of birth|\bbirth ?-?da(?:te|y)|\bborn(?: on)?\b|\bgeb(?:oren)?\b\.?(?: am|"
    r" op)?|\bgeburts(?:datum|tag)|\bgeboortedatum|"
    r"\bné(?:e|\(e\))? le|\bdate de naissance|\bnacid[oa](?: el)?|\bnac[ií](?: el)?|\bfecha de nacimiento)"
    r"(?:[^\d.!?\n]{0,24}[:=]|[\s:;=(#-]{0,4}(?:is|was|ist|est|es|war|am|op|le|el)?)[\s:]{0,2}"
    rf"(?P<date>{DATE}|(?:19|20)?\d\d(?:0[1-9]|1[0-2])[0-3]\d(?!\d)|[0-3]?\d[ /.-][01]?\d[ /.-]\d\d(?:\d\d)?)",
    re.IGNORECASE,
)
_BIRTH_WORDS = words("birth_words")
_REACH = 16
_OLD_DATE = re.compile(
    rf"(?<![\w-])(?:[0-3]?\d[-/. ][0-3]?\d[-/. ]|[0-3]?\d(?:st|nd|rd|th|\.)? {_MONTH},? |"
    rf"{_MONTH} [0-3]?\d(?:st|nd|rd|th)?,? )(?:19[2-9]\d|200\d|201[0-2])(?![\w-])",
    re.IGNORECASE,
)


def quiet_numbers(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return where dates, times, money, measures and decimals stand in or beside a stretch: their digits are
    no reference."""
    found = _QUIET.finditer(text, max(0, start - _REACH), min(len(text), end + _REACH))
    return [span for span in (match.span() for match in found) if span[0] < end and span[1] > start]


def find_births(text: str, words: AbstractSet[str]) -> Iterator[Span]:
    """Yield dates of birth: a date after words of birth. ``words`` are those of the text, in lower case."""
    if _BIRTH_WORDS.isdisjoint(words):
        return
    for match in _BIRTH.finditer(text):
        yield Span(PersonalData.DOB, match.start("date"), match.end("date"))


def birth_beside_name(text: str, start: int, end: int) -> Span | None:
    """Return the date right after or before a name at ``start`` to ``end``, when its year is one to be born
    in, not to call in."""
    match = _OLD_DATE.match(text, end + 2) if text[end : end + 2] == ", " else None
    if match is None and text[max(0, start - 2) : start] == ", ":
        match = next(
            (found for found in _OLD_DATE.finditer(text, max(0, start - 24), start) if found.end() == start - 2), None
        )
    return Span(PersonalData.DOB, match.start(), match.end()) if match else None
