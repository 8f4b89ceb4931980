"""A signal's words without what only leads into them: greetings, handles, conjunctions, closing punctuation."""

from __future__ import annotations

import re

_LEAD = re.compile(
    r"(?:[\s,.;:!?…\-–—>*•/)(]+|@\w+|\[name-?\d*\](?=[,:]|\s(?:here|said|says|rang|called))|(?:and|but|so|or|well|yeah|yes|no|ok|okay|hi|hello|hey|hiya|"
    r"right|anyway|also|plus|oh|um+|er+|uh+|erm|like i said|i mean|you know|dear (?:all|sir|madam|team)|good (?:morning|afternoon|"
    r"evening)|unfortunately|that|as|because|since|however|honestly|tbh|btw|by the way|now|then)\b(?=[\s,.:;!?…-]))",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"[\s,.;:!?…\-–—(\[/*•]+\Z|\s+(?:and|but|so|or|which|because|please|thanks|thx|cheers|pls)\Z|[)\"”'’](?=\Z)",
    re.IGNORECASE,
)
_PAIRS = {")": "(", '"': '"', "”": "“"}


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the narrower stretch of ``text``; start equals end when nothing but lead-in is there."""
    while start < end and (lead := _LEAD.match(text, start, end)):
        start = lead.end()
    while start < end:
        tail = _TAIL.search(text, max(start, end - 12), end)
        if tail is None or tail.end() != end or tail.start() < start:
            break
        closing = tail[0]
        if closing in {"'", "’"} or (closing in _PAIRS and _PAIRS[closing] in text[start : end - 1]):
            break
        end = tail.start()
    return start, end
