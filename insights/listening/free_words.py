"""Free words that people write beside an answer: short, and without what leads to a customer.

They are not read by the language models, so what looks like an address or a number is refused rather than kept.
"""

from __future__ import annotations

import re

from insights.store import StoreError

LONGEST = 300
_TELLING = re.compile(r"\S@\S|(?:\d[ .\-/]?){5,}|https?://|www\.", re.IGNORECASE)


class TooTelling(StoreError):
    """The words are too long, or may lead to a customer; the message says what to leave out."""


def harmless(words: str) -> str:
    """Return the words in one line. Raises TooTelling."""
    line = " ".join(words.replace("\0", " ").split())
    if len(line) > LONGEST:
        raise TooTelling(f"keep it under {LONGEST} characters")
    if _TELLING.search(line):
        raise TooTelling("leave out addresses, links and numbers of five digits or more: they may lead to a customer")
    return line
