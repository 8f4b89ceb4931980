"""Whatever people typed is shown letter by letter: no component lets a text become markup."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.components.change import change_chip, change_figure, change_sentence, change_words, interval_words
from dashboard.components.figure import figure, figure_label
from dashboard.components.history import history
from dashboard.components.marks import affected_row, kind_badge, severity, spark
from dashboard.components.page import empty, head, heading, last_note, line, notice, trouble
from dashboard.components.quote import pieces, quote
from dashboard.components.table import table
from dashboard.components.text import escape, plain
from dashboard.components.theme_row import group_row, list_head, theme_row
from insights.board.affected import Affected, interval
from insights.board.owned import Owned
from insights.board.ranking import Change, Group, Rank, ThemeRow
from insights.board.theme import Highlight, LineageStep, Quote
from insights.listening.cases import State

TODAY = date(2026, 11, 21)
STEADY = Change(recent=30, before=30, ratio=1.0, low=0.6, high=1.66)
GROWN = Change(recent=131, before=55, ratio=2.36, low=1.74, high=3.2)
TRIPLED = Change(recent=56, before=17, ratio=3.3, low=1.9, high=5.5)
SUNK = Change(recent=4, before=31, ratio=0.14, low=0.05, high=0.39)
APPEARED = Change(recent=88, before=0, ratio=177.0, low=11.0, high=2853.0)
SILENT = Change(recent=0, before=0, ratio=1.0, low=0.02, high=50.0)
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</blockquote></figure><iframe src=//evil.example>",
    "<style>*{display:none}</style>",
    "&lt;b&gt; &amp; &#60;",
    "[link](javascript:alert(1))",
    "<a href=//evil.example>x</a>",
    "{{7*7}} ${7*7} :material/home: :red[x]",
    "\u202etxet desrever",
)


class Tags(HTMLParser):
    """Collects the elements and attributes that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    tags.close()
    return tags


def said(text: str, *highlights: Highlight, speaker: str = "customer") -> Quote:
    return Quote("f1", speaker, text, highlights, "chat", "Bikes", "Pro", "North", datetime(2026, 11, 19, tzinfo=UTC))


def row(name: str, change: Change = STEADY) -> ThemeRow:
    return ThemeRow(7, "pain", name, name, name, 241, 188, (1, 2, 3), change, 4, TODAY, True)


def hit(value: str, some: int, of: int) -> Affected:
    return Affected("region", value, some, some, of, *interval(some, of))


def everything_from(text: str) -> str:
    step = LineageStep(datetime(2026, 11, 4, tzinfo=UTC), text, 3, text, 9, text, text)
    return "".join(
        (
            kind_badge(text), affected_row(hit(text, 4, 8), 0.1, 0.5),
            group_row(text, Group(1, text, text, 2, 3, 4)), spark([1], text), head(text, (text,), kind_badge(text)),
            heading(text, text), line((text,)), empty(text, text), trouble(text, text, text), notice(text),
            last_note(text, fresh=True), figure(text, text), table(text, (text,), ((text,),)),
            history((step,), TODAY), theme_row(row(text), Owned(text, State.OVERDUE, TODAY, 6), TODAY),
            quote(said(text), TODAY), quote(said(text, Highlight(text, 0, len(text)), speaker=text), TODAY),
        )
    )  # fmt: skip


ELEMENTS = parsed(everything_from("harmless")).found
ATTRIBUTES = parsed(everything_from("harmless")).attributes


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_adds_no_element_and_no_attribute(text: str) -> None:
    shown = parsed(everything_from(text))
    assert shown.found <= ELEMENTS
    assert shown.attributes <= ATTRIBUTES


@given(st.text(max_size=60))
def test_any_text_adds_no_element_and_no_attribute(text: str) -> None:
    shown = parsed(everything_from(text))
    assert shown.found <= ELEMENTS
    assert shown.attributes <= ATTRIBUTES


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00\r")))
def test_escaping_loses_nothing(text: str) -> None:
    assert unescape(escape(text)) == text


@given(st.text(max_size=80))
def test_a_label_keeps_every_letter_and_no_bare_punctuation(text: str) -> None:
    label = plain(text)
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", label)
    assert not re.search(r"[!-/:-@\[-`{-~]", bare)
    assert re.sub(r"\\(.)", r"\1", label).replace("\u2060", "") == " ".join(text.split()).replace("\u2060", "")


def test_a_label_cannot_become_an_icon() -> None:
    assert "material/" not in plain(":material/home:").replace("\\", "")


@given(
    st.text(max_size=40),
    st.lists(
        st.builds(Highlight, st.sampled_from(["pain", "job"]), st.integers(-5, 50), st.integers(-5, 50)), max_size=6
    ),
)
def test_pieces_of_a_quote_join_to_the_quote(text: str, highlights: list[Highlight]) -> None:
    assert "".join(piece for piece, _ in pieces(text, highlights)) == text


@given(st.text(min_size=1, max_size=40), st.data())
def test_a_lone_highlight_marks_exactly_its_words(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    marked = [piece for piece, kind in pieces(text, [Highlight("pain", start, end)]) if kind]
    assert marked == [text[start:end]]


def test_overlapping_highlights_share_no_letter() -> None:
    cut = list(pieces("abcdefgh", [Highlight("pain", 0, 5), Highlight("job", 3, 8)]))
    assert cut == [("abcde", "pain"), ("fgh", "job")]


def test_a_highlight_is_named_for_those_who_do_not_see_it() -> None:
    html = quote(said("it dies", Highlight("pain", 3, 7)), TODAY)
    assert parsed(html).text.startswith("it pain: dies (end)")


def test_agents_words_are_set_apart() -> None:
    assert "not counted" in quote(said("I think so", speaker="agent"), TODAY)
    assert "telling what the customer said" in quote(said("cust. upset", speaker="note"), TODAY)
    assert "aside" not in quote(said("I want it"), TODAY)


@pytest.mark.parametrize(
    ("change", "words", "interval"),
    [
        (STEADY, "steady", "−40 to +66 %"),
        (GROWN, "+136 %", "+74 to +220 %"),
        (TRIPLED, "×3.3", "×1.9 to ×5.5"),
        (SUNK, "−86 %", "−95 to −61 %"),
        (APPEARED, "from 0 to 88", ""),
        (SILENT, "not heard lately", ""),
        (Change(9, 6, 1.5, 0.5, 3.9), "maybe up", "−50 to +290 %"),
        (Change(5, 9, 0.58, 0.2, 1.6), "maybe down", "−80 to +60 %"),
    ],
)
def test_a_change_is_never_more_certain_than_its_interval(change: Change, words: str, interval: str) -> None:
    assert change_words(change) == words
    assert interval_words(change) == interval


def test_a_change_is_bold_with_an_arrow_only_when_it_is_clear() -> None:
    assert "c-up" in change_chip(GROWN)
    assert "↑" in change_chip(GROWN)
    assert "c-down" in change_chip(SUNK)
    assert "↓" in change_figure(SUNK)
    assert not set("↑↓") & set(change_chip(STEADY) + change_figure(STEADY))


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_whisker_stays_inside_its_line(recent: int, before: int) -> None:
    from math import exp, log, sqrt

    a, b = recent + 0.5, before + 0.5
    spread = 1.96 * sqrt(1 / a + 1 / b)
    change = Change(recent, before, a / b, exp(log(a / b) - spread), exp(log(a / b) + spread))
    places = [int(place) for place in re.findall(r"left:(\d+)%", change_chip(change))]
    assert all(0 <= place <= 100 for place in places)
    assert str(recent) in change_sentence(change) or not (recent or before)


def test_who_is_affected_is_told_in_counts_and_never_surer_than_the_data() -> None:
    few = affected_row(hit("North", 4, 7), 0.1, 0.5)
    assert "4 of 7" in few
    assert "<u" not in few, "so few customers have no interval worth drawing"
    assert "<i>more</i>" in affected_row(hit("North", 62, 188), 0.1, 0.5)
    assert "<i>less</i>" in affected_row(hit("South", 1, 400), 0.1, 0.5)
    assert "none of 412" in affected_row(hit("Harbour", 0, 412), 0.001, 0.5)
    assert "<i></i>" in affected_row(hit("East", 19, 188), 0.1, 0.5)


def test_bars_start_at_zero_and_are_told_in_numbers() -> None:
    html = spark([0, 5, 10])
    assert [int(px) for px in re.findall(r"height:(\d+)px", html)] == [2, 13, 26]
    assert "3 full weeks: 0, 5, 10" in html
    assert "Severity 4 of 5" in severity(4)
    assert "–" in severity(0)


def test_the_ranked_column_carries_the_arrow() -> None:
    assert "Customers ↓" in list_head(Rank.CUSTOMERS)
    assert "Change in 4 weeks ↓" in list_head(Rank.GROWTH)
    assert "↓" not in list_head(Rank.NEWEST)


def test_growing_week_by_week_is_one_line() -> None:
    def step(event: str, day: int, moved: int) -> LineageStep:
        return LineageStep(datetime(2026, 11, day, tzinfo=UTC), event, None, "", moved, "machine", "")

    html = history((step("created", 1, 4), step("grown", 2, 3), step("grown", 9, 5)), TODAY)
    assert html.count("<li>") == 2
    assert "8 signals joined" in html
    assert "machine" not in html


def test_a_figure_that_is_a_link_stays_a_figure() -> None:
    assert figure_label("4,812", "notes") == "**4\\,812** notes"
