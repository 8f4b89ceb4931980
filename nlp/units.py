"""Segments to passages: sentences, clauses, and which of the text's stretches only say who is speaking."""

from __future__ import annotations

from dataclasses import dataclass

from nlp.clauses import clauses
from nlp.features import Passage, Unit
from nlp.sentences import Span, sentences
from nlp.words import tokens


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage came from: note number, segment number, and who speaks (``c``, ``a`` or ``n``)."""

    note: int
    segment: int
    speaker: str


def passage(text: str, speaker: str) -> tuple[Passage, list[Span]]:
    """Return the units of one segment's text and its sentences. ``speaker`` is "c", "a" or "n"."""
    spans = sentences(text)
    units = tuple(
        Unit(clause.start, clause.end, number, speaker, clause.frame)
        for number, span in enumerate(spans)
        for clause in clauses(text, span)
    )
    return Passage(text, units, tuple(tokens(text))), spans
