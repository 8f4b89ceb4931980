"""What a sign, a poster or a leaflet says: words in a customer's text that nobody in it says for himself."""

from __future__ import annotations

import re

from nlp.features import Passage

_SAYS = re.compile(
    r"\b(?:signs?|posters?|notices?|leaflets?|flyers?|brochures?|banners?|plaques?|placards?|stickers?|adverts?|slogans?|newsletters?)\b"
    r"[^.,;:!?\"“”]{0,30}?\b(?:says?|said|saying|reads?|reading|states?|stated|asks?|asked|tells?|told|promises?|promised|warns?|warned)\b"
    r"[:,]?\s*",
    re.IGNORECASE,
)
_QUOTES = {'"': '"', "“": "”", "'": "'", "‘": "’"}
_LEAD_WORDS = 4


def noticed(read: Passage) -> frozenset[int]:
    """Return the numbers of the units that only tell what a notice says: what it is said with, and its words up to the closing
    quotation mark or, without one, the end of the clause. What is said about the notice stays.
    """
    found: set[int] = set()
    for says in _SAYS.finditer(read.text):
        start = says.end()
        closing = _QUOTES.get(read.text[start : start + 1])
        end = read.text.find(closing, start + 1) if closing else -1
        for number, unit in enumerate(read.units):
            lead = read.text[unit.start : says.start()].split() if unit.start <= says.start() < unit.end else None
            tells = lead is not None and len(lead) <= _LEAD_WORDS
            if tells or (unit.start >= start and unit.end <= end + 1) or (end < 0 and unit.start == start):
                found.add(number)
    return frozenset(found)
