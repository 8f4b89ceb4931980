"""The one processing function: Feedback in, redacted Feedback with its signals and their vectors out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ingest.feedback import Feedback, Segment, Speaker
from nlp.analysis import Analysis
from nlp.encoders import Encoder
from nlp.hearing import Hearer
from nlp.language import HEARD, detect
from nlp.redaction import Redacted, Redactor
from nlp.signal_vectors import SignalEncoder

__all__ = ["Analysis", "Analyzer"]


class Analyzer:
    """Composes redaction, hearing and encoding. Raises what they raise: the caller decides which note is to blame."""

    def __init__(self, redactor: Redactor, hearer: Hearer, encoder: Encoder) -> None:
        self._redactor = redactor
        self._hearer = hearer
        self._encoder = SignalEncoder(encoder)

    def analyze(self, notes: Sequence[Feedback]) -> list[Analysis]:
        """Return one Analysis per note, in order. Whole batches go through each stage at once, for speed."""
        tickets = [list(_texts(note)) for note in notes]
        redacted = self._redactor.redact_many(tickets)
        safe = [_rebuilt(note, texts) for note, texts in zip(notes, redacted, strict=True)]
        languages = [note.language or detect(_words(note)) for note in safe]
        heard = self._hearer.hear_many([note.segments for note in safe], languages)
        vectors = self._encoder.encode(
            [signal.text for signals in heard for signal in signals],
            [note.product for note, signals in zip(safe, heard, strict=True) for _ in signals],
        )
        splits = np.cumsum([len(signals) for signals in heard])[:-1]
        return [
            Analysis(
                feedback=note,
                signals=signals,
                vectors=rows,
                encoder_id=self._encoder.encoder_id,
                language=language,
                unread=language not in HEARD and language != "und",
                redacted=_tally(texts),
            )
            for note, signals, rows, language, texts in zip(
                safe, heard, np.split(vectors, splits), languages, redacted, strict=True
            )
        ]


def _texts(note: Feedback) -> Iterator[str]:
    """Everything in a note that people typed: its segments, then its attributes, then unknown fields."""
    yield from (segment.text for segment in note.segments)
    yield from note.attributes.values()
    yield from _strings(note.extra)


def _rebuilt(note: Feedback, texts: Sequence[Redacted]) -> Feedback:
    """Return the note with its texts replaced, in the order in which ``_texts`` gave them."""
    following = iter(redacted.text for redacted in texts)
    return replace(
        note,
        segments=tuple(Segment(segment.speaker, next(following)) for segment in note.segments),
        attributes={name: next(following) for name in note.attributes},
        extra=_replaced(note.extra, following),
    )


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _replaced(value: Any, following: Iterator[str]) -> Any:
    if isinstance(value, str):
        return next(following)
    if isinstance(value, Mapping):
        return {name: _replaced(inner, following) for name, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, following) for inner in value]
    return value


def _words(note: Feedback) -> str:
    """The text whose language counts: the customer's own if there is any."""
    own = " ".join(segment.text for segment in note.segments if segment.speaker is Speaker.CUSTOMER)
    return own or " ".join(segment.text for segment in note.segments)


def _tally(texts: Sequence[Redacted]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(finding.type for redacted in texts for finding in redacted.findings).items()))
