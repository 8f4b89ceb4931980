"""Free words that people write beside an answer: short, and without what leads to a customer.

Numbers, addresses, accounts and listed names are taken out by the product's redaction, without its language model: the
board holds none. What still looks like an address or a long number is refused, with what to leave out.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from insights.store import StoreError

if TYPE_CHECKING:
    from nlp.redaction import Redactor

LONGEST = 300
_TELLING = re.compile(r"\S@\S|(?:\d[ .\-/]?){6,}|https?://|www\.", re.IGNORECASE)
_NO_MODEL = "und"
"""The tag of no language in particular: redaction asks its model about English only."""


class TooTelling(StoreError):
    """The words are too long, or may lead to a customer; the message says what to leave out."""


def harmless(words: str) -> str:
    """Return the words in one line, with placeholders such as [PHONE] for personal data. Raises TooTelling."""
    line = redacted(words)
    if len(line) > LONGEST:
        raise TooTelling(f"keep it under {LONGEST} characters")
    if _TELLING.search(line):
        raise TooTelling("leave out addresses, links and numbers of six digits or more: they may lead to a customer")
    return line


def redacted(words: str) -> str:
    """Return the words in one line, with placeholders for the personal data that is found without a language model."""
    line = " ".join(words.replace("\0", " ").split())
    return _redactor().redact([line], language=_NO_MODEL)[0].text if line else ""


@lru_cache(maxsize=1)
def _redactor() -> Redactor:
    # Imported at the first words: most readers of the board write none.
    from nlp.redaction import Redactor

    return Redactor()
