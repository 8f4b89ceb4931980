"""Making text harmless before it is shown: for HTML, and for labels that Streamlit reads as Markdown."""

from __future__ import annotations

import html
import string

_BACKSLASHED = str.maketrans({character: "\\" + character for character in string.punctuation})
_WORD_JOINER = "\u2060"


def escape(text: str) -> str:
    """Return ``text`` for use inside HTML, in an element or in a quoted attribute."""
    return html.escape(text, quote=True)


def plain(text: str) -> str:
    """Return ``text`` for use as a Streamlit label (page link, button, pills), so that it is read letter by letter.

    A backslash alone does not stop ``:material/home:`` from becoming an icon; a word joiner inside it does.
    """
    return " ".join(text.split()).translate(_BACKSLASHED).replace("material\\/", f"material{_WORD_JOINER}\\/")
