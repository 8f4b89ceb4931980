"""A customer's words, with the evidence in them marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from dashboard.components.text import escape
from dashboard.words import KINDS, SPEAKERS, day, kind_word
from insights.board.theme import Highlight, Quote

ASIDE = {"note": ", telling what the customer said", "agent": ", not counted as the customer's words"}


def pieces(text: str, highlights: Sequence[Highlight]) -> Iterator[tuple[str, str]]:
    """Cut ``text`` into (piece, kind); kind is empty where nothing is marked.

    The raw text is cut before anything is escaped, so that offsets stay true. Where highlights overlap, the one that
    begins first keeps its words and the next begins after it; offsets outside the text are clipped.
    """
    at = 0
    for highlight in sorted(highlights, key=lambda one: (one.start, -one.end)):
        start, end = max(at, highlight.start), min(len(text), highlight.end)
        if start >= end:
            continue
        if start > at:
            yield text[at:start], ""
        yield text[start:end], highlight.kind
        at = end
    if at < len(text):
        yield text[at:], ""


def marked(text: str, highlights: Sequence[Highlight]) -> str:
    """Return the text as HTML, each highlight named for readers who do not see colours or lines."""
    return "".join(_mark(piece, kind) if kind else escape(piece) for piece, kind in pieces(text, highlights))


def quote(said: Quote, today: date) -> str:
    """The words, and under them who said them, where and when. Agents' words are set smaller and say so."""
    customer = said.speaker == "customer"
    who = SPEAKERS.get(said.speaker, said.speaker.capitalize())
    carried = ", ".join(value for value in (f"{said.plan} plan" if said.plan else "", said.region) if value)
    facts = [
        who + ASIDE.get(said.speaker, ""),
        said.channel,
        said.product,
        carried,
        day(said.occurred_at.date(), today),
        said.why,
    ]
    caption = " · ".join(escape(fact) for fact in facts if fact)
    return (
        f'<figure class="q{"" if customer else " aside"}"><blockquote dir="auto">{marked(said.text, said.highlights)}'
        f"</blockquote><figcaption>{caption}</figcaption></figure>"
    )


def _mark(piece: str, kind: str) -> str:
    css = f"m-{kind}" if kind in KINDS or kind == "hit" else "m-other"
    word = "Found" if kind == "hit" else escape(kind_word(kind))
    return (
        f'<mark class="{css}" title="{word}"><span class="vh">{word.lower()}: </span>{escape(piece)}'
        '<span class="vh"> (end)</span></mark>'
    )
