"""Protects the minutes: whole, dated, and nobody's words become markup."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser

from insights.board.quotes import Highlight, Quote
from insights.counting.weeks import change
from insights.review import minutes
from insights.review.agenda import Moved, Reason
from insights.review.frozen import Evidence, Said, freeze, thaw
from insights.review.reviews import Decided, Item, Review, Verdict
from tests.insights.notes import NOW

HOSTILE = "<script>alert(1)</script> ![x](http://example.org/p.png) [a](javascript:1) `code` **b** www.example.org\n# not a head\n- no list\n1. none"
WEEK = NOW.date() - timedelta(days=2)


def evidence(name: str = HOSTILE, quoted: int = 1) -> Evidence:
    quote = Quote("n1", "customer", HOSTILE, (Highlight("pain", 0, 8),), "chat", "App", "Year", "North", NOW)
    weeks = tuple((WEEK - timedelta(weeks=back), back) for back in range(12, 0, -1))
    return Evidence(
        7, name, "pain", "live", NOW.date(), 12, 10, 3, WEEK, WEEK, weeks, change(20, 2), (Said(quote, (5,)),), quoted,
    )  # fmt: skip


def a_review(*decisions: Decided, seen: Evidence | None = None) -> Review:
    seen = seen or evidence()
    items = (
        Item(1, 7, Reason.CARRIED, HOSTILE, 3, None, decisions, seen),
        Item(2, 8, Reason.NEW, "first heard 2 weeks ago", 1, None, (), evidence("Racks")),
    )
    return Review(1, WEEK, NOW, True, NOW, HOSTILE, None, "", items, Moved(WEEK, 389, 1408, ()))


def decided(verdict: Verdict, at: int = 0) -> Decided:
    return Decided(at, verdict, HOSTILE, WEEK, HOSTILE, "Mira", NOW + timedelta(minutes=at), 12, evidence())


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert not {name for name, _ in attrs} & {"href", "src", "onerror"}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_holds_everything_as_words() -> None:
    found = minutes.html(a_review(decided(Verdict.WAIT), decided(Verdict.ACT, 5)), NOW)
    read = Tags()
    read.feed(found)
    assert not read.seen & {"script", "img", "a", "link", "iframe"}
    for said in (
        HOSTILE, "Act: ", "Before that: Wait for evidence (Mira, 30 September 2026, 12:00 UTC)", "third time on the agenda",
        "Not decided yet", "10 customers, 12 notes, severity 3 of 5", "up from 2 to 20 customers, likely ×",
        "1,408 notes in the week of", "Taken on 30 September 2026, 12:00 UTC", "(answer 12)",
    ):  # fmt: skip
        assert said in read.text, said


def test_markdown_holds_everything_as_words() -> None:
    found = minutes.markdown(a_review(decided(Verdict.DECLINE)), NOW)
    assert "<" not in found
    assert re.findall(r"^#+ (.*)$", found, re.MULTILINE)[0] == "Review, week of 28 September 2026"
    assert len(re.findall(r"^# ", found, re.MULTILINE)) == 1
    assert not re.search(r"(?<!\\)[\[\]`!](?=\[)|(?<!\\)\[[^\]]*(?<!\\)\]\(|(?<!\\)`", found)
    assert "://" not in found
    assert not re.search(r"^(> )?(- |1\. )", found, re.MULTILINE)
    assert "**Decline: " in found


def test_what_was_erased_is_told_and_what_is_frozen_comes_back_equal() -> None:
    seen = evidence(quoted=3)
    assert "(2 quotes erased since)" in minutes.html(a_review(decided(Verdict.ACT), seen=seen), NOW)
    whole = evidence()
    assert HOSTILE not in str(freeze(whole))
    assert thaw(freeze(whole), HOSTILE, whole.quotes) == whole
