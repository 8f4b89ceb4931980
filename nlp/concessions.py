"""What care does beside the rules, read from its words: workarounds, exceptions granted, and disclaimers.

A few plain phrases, looked for in the sentence around a signal. They find what is said outright and miss what is implied.
"""

from __future__ import annotations

import re

_WORKAROUND = re.compile(
    r"\bwork ?-?arounds?\b|\bin the mean ?time\b|\bfor now\b|\buntil (?:it is|it's|this is|that is) (?:fixed|mended|solved)\b"
    r"|\b(?:told|asked|advised|showed) (?:cu|her|him|them|the customer|customer) (?:how )?to (?:use|try|restart|reinstall|take)"
    r"\b[^.]*\binstead\b",
    re.IGNORECASE,
)
_EXCEPTION = re.compile(
    r"\bexception(?:s|ally)?\b|\bone[- ]?(?:off|time)\b|\bthis once\b|\bjust (?:this|for) (?:once|this time)\b"
    r"|\bas (?:a )?(?:gesture of )?goodwill\b|\b(?:against|outside|despite|bent|beyond) (?:the |our )?(?:rules?|policy|terms)\b"
    r"|\bnormally (?:we )?(?:do not|don't|not|would not|wouldn't)\b",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"\bnot (?:our|my|their) (?:department|dept|team|job|area|responsibility|problem)\b"
    r"|\b(?:nothing|not anything) (?:we|i) can do\b|\b(?:cannot|can't|can not|unable to) help (?:with|there|here|you)\b"
    r"|\b(?:outside|out of) (?:our|my) (?:hands|control|remit)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?\n]")


def is_workaround(words: str) -> bool:
    """Tell whether a way round the trouble was given instead of an end to it."""
    return _WORKAROUND.search(words) is not None


def is_exception(words: str) -> bool:
    """Tell whether something was granted against or beside a rule."""
    return _EXCEPTION.search(words) is not None


def is_disclaimer(words: str) -> bool:
    """Tell whether somebody said that it is not theirs to solve."""
    return _DISCLAIMER.search(words) is not None


def sentence_around(text: str, start: int, end: int) -> str:
    """Return the sentence in which the characters ``start`` to ``end`` stand."""
    first = 0
    for stop in _SENTENCE_END.finditer(text, 0, max(0, start)):
        first = stop.end()
    after = _SENTENCE_END.search(text, min(end, len(text)))
    return text[first : after.end() if after else len(text)].strip()
