"""X1 without a browser: 40 payloads as words, names and values stay words in every part that pages are made of.

In the browser the page of hostile words is held by `test_browser.py`. Seen to fail in all six parts of a page when
`escape` returns its text.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest

from dashboard.components.page import empty, head, heading, line, notice, trouble
from dashboard.components.quote import quote
from dashboard.components.table import table
from insights.board.quotes import Highlight, Quote

PAYLOADS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>",
    "<svg/onload=alert(1)//", "<iframe src=//evil>",
    "<a href=javascript:alert(1)>x</a>", "<body onload=alert(1)>",
    "<input autofocus onfocus=alert(1)>", "<details open ontoggle=alert(1)>",
    "<video src=x onerror=alert(1)>", "<math><mtext><script>alert(1)</script>",
    "<style>*{display:none}</style>", "<link rel=stylesheet href=//evil>",
    "<meta http-equiv=refresh content=0;url=//evil>", "<base href=//evil>",
    "<form action=//evil><button>x", "<object data=//evil>", "<embed src=//evil>",
    "\"><script>alert(1)</script>", "'><img src=x onerror=alert(1)>", "\" onmouseover=\"alert(1)",
    "' onmouseover='alert(1)", "</p></div><script>alert(1)</script>",
    "</mark><script>alert(1)</script>", "<!--", "--><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>", "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;", "\u003cscript\u003e", "<scr\x00ipt>alert(1)</scr\x00ipt>",
    "<SCRIPT SRC=//evil></SCRIPT>", "<img src=`x` onerror=alert(1)>",
    "![x](http://evil/p.png)", "[x](javascript:alert(1))", ":material/home:",
    "$\\href{javascript:alert(1)}{x}$", "<<script>script>alert(1)<</script>/script>",
    "\u202e<script>", "{{constructor.constructor('alert(1)')()}}",
)  # fmt: skip
DAY = date(2026, 9, 30)


class Tags(HTMLParser):
    """The tags and the names of their attributes, in order, and all text."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.text = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def _quoted(words: str) -> str:
    said = Quote(
        "id", "customer", words, (Highlight("pain", 0, min(4, len(words))),), words, words, words, words,
        datetime(2026, 9, 1, tzinfo=UTC), words,
    )  # fmt: skip
    return quote(said, DAY)


PARTS: tuple[Callable[[str], str], ...] = (
    _quoted,
    lambda words: head(words, (words, words)),
    lambda words: heading(words, words),
    lambda words: line((words, words)),
    lambda words: empty(words, words),
    lambda words: trouble(words, words, words),
    notice,
    lambda words: table(words, (words,), [(words,)]),
)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_x1_no_words_become_markup(part: Callable[[str], str]) -> None:
    assert len(PAYLOADS) == 40
    plain = Tags(part("plain words")).tags
    for evil in PAYLOADS:
        found = Tags(part(evil))
        assert found.tags == plain, evil
        assert evil in found.text, evil
