"""Text as every store accepts it. PostgreSQL refuses NUL and lone surrogates; both arrive in real exports."""

from __future__ import annotations

import re
import unicodedata

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_INVISIBLE = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b\u2060\ufeff]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
_MARKS_IN_A_ROW = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff\ufe20-\ufe2f]{8})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff\ufe20-\ufe2f]+"
)


def clean(text: str) -> str:
    """Return text without NUL, control, zero-width and direction-changing characters, in NFC; idempotent.

    Lone surrogates become U+FFFD, line ends become ``\\n``, and a pile of more than eight combining marks is cut.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _LONE_SURROGATE.sub("\ufffd", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _BIDI.sub("", _INVISIBLE.sub("", text))
    return unicodedata.normalize("NFC", _MARKS_IN_A_ROW.sub(r"\1", unicodedata.normalize("NFC", text)))
