"""Which words name a place, a firm or a person: they tell one note from the next, and seldom what a theme is about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from nlp.phrases import stem

_WORD = re.compile(r"[^\W\d_][^\W\d_'’-]*")
_OPENS = re.compile(r"(?:^|[.!?:;\n(\"“”>*-])\s*$")
_ALWAYS_CAPITAL = frozenset(
    re.findall(
        r"\w+",
        """i monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
        september october november december dutch english french german spanish italian""",
    )
)
_MOSTLY = 2.0


def proper_names(texts: Iterable[str]) -> frozenset[str]:
    """Return the stems of words that are written with a capital inside sentences, and hardly ever without one.

    Words in capitals throughout (PIN, CSV) are no names; nor is what only ever opens a sentence, for that can't be told.
    """
    inside: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for text in texts:
        if text.isupper():
            continue
        for found in _WORD.finditer(text):
            word = found[0]
            if word[0].islower():
                small[word.lower()] += 1
            elif (len(word) == 1 or not word.isupper()) and not _OPENS.search(
                text, max(0, found.start() - 4), found.start()
            ):
                inside[word.lower()] += 1
    return frozenset(
        stem(word) for word, often in inside.items() if often > _MOSTLY * small[word] and word not in _ALWAYS_CAPITAL
    )
