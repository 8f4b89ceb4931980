"""HTML as the words a person reads: blocks become lines, quoted earlier mail, scripts and styles are left out."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from ingest.formats.fields import names

_BLOCKS = names(
    "address article blockquote br dd div dl dt footer h1 h2 h3 h4 h5 h6 header hr li ol p pre section table td "
    "th tr ul"
)
_HIDDEN = names("head math noscript object script style svg template title")
_VOID = names("area base br col embed hr img input link meta param source track wbr")
_QUOTED = re.compile(r"\b(gmail_quote|yahoo_quoted|moz-cite-prefix|zd-quoted|protonmail_quote|freshdesk_quote)\b")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = []

    @property
    def _silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.found.append("\n")
        if tag in _VOID:
            return
        given = dict(attrs)
        quoted = bool(_QUOTED.search(given.get("class") or "")) or (tag == "blockquote" and given.get("type") == "cite")
        self._open.append((tag, self._silent or tag in _HIDDEN or quoted))

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.found.append("\n")
        # A tag that was never opened closes nothing; one that was closes all that stands open inside it.
        for depth in range(len(self._open) - 1, -1, -1):
            if self._open[depth][0] == tag:
                del self._open[depth:]
                return

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(re.sub(r"[ \t\r\n\f]+", " ", data))


def html_to_text(html: str) -> str:
    """Return the words of an HTML text, a line per block, never two empty lines. Broken HTML gives what can be read."""
    if "<" not in html and "&" not in html:
        return html.strip()
    words = _Words()
    words.feed(html)
    words.close()
    lines = [" ".join(line.split()) for line in "".join(words.found).replace("\u00a0", " ").split("\n")]
    return re.sub(r"\n{2,}", "\n", "\n".join(line for line in lines if line)).strip()
