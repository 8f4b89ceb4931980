"""How well whole notes are heard: redacted first, then heard, against marks on the notes as they were written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ingest.feedback import Segment, Speaker
from nlp.evaluation_signals import Tally, shared_words
from nlp.hearing import Hearer
from nlp.language import HEARD
from nlp.redaction import Redacted, Redactor
from nlp.signals import SignalKind

KIND_OF_LABEL = {kind.value: kind.value for kind in SignalKind if kind is not SignalKind.JOB} | {
    "tip": "suggestion",
    "want": "job",
    "purpose": "job",
}
BATCH = 256


def evaluate_truth(
    notes: Sequence[Mapping[str, Any]], truth: Mapping[str, Sequence[Mapping[str, Any]]], hearer: Hearer
) -> dict[str, Any]:
    """Score hearing on notes in a language that heads read; one answer per segment and kind.

    ``notes`` are events with ``external_id``, ``language`` and ``segments``; ``truth`` gives each id its marks: segment,
    label, start, end, offsets into the text as written. Returns ``macro_f1`` over the kinds, ``span_f1`` (F1 of words in
    spans of the right kind), ``segments``, and by kind precision, recall, f1, how many were missed and how many false.
    """
    found = {kind.value: Tally() for kind in SignalKind}
    words = Tally()
    counted = 0
    heard_notes = [note for note in notes if str(note.get("language", "en")) in HEARD]
    redactor = Redactor()
    for start in range(0, len(heard_notes), BATCH):
        batch = heard_notes[start : start + BATCH]
        redacted = redactor.redact_many([[one["text"] for one in note["segments"]] for note in batch])
        segments = [
            [Segment(Speaker(one["speaker"]), safe.text) for one, safe in zip(note["segments"], texts, strict=True)]
            for note, texts in zip(batch, redacted, strict=True)
        ]
        heard = hearer.hear_many(segments, ["en"] * len(batch))
        for note, texts, signals in zip(batch, redacted, heard, strict=True):
            marks = [mark for mark in truth.get(note["external_id"], ()) if mark["label"] in KIND_OF_LABEL]
            for place, text in enumerate(texts):
                counted += 1
                for kind, tally in found.items():
                    said = [(s.start, s.end) for s in signals if s.segment == place and s.kind.value == kind]
                    real = [
                        (moved(text, mark["start"]), moved(text, mark["end"]))
                        for mark in marks
                        if mark["segment"] == place and KIND_OF_LABEL[mark["label"]] == kind
                    ]
                    tally.add(bool(said), bool(real), bool(said and real))
                    words.add(*shared_words(text.text, said, real))
    kinds = {
        kind: {
            "precision": tally.precision,
            "recall": tally.recall,
            "f1": tally.f1,
            "missed": tally.truth - tally.both,
            "false": tally.said - tally.both,
        }
        for kind, tally in found.items()
    }
    return {
        "macro_f1": sum(tally.f1 for tally in found.values()) / len(found),
        "span_f1": words.f1,
        "segments": counted,
        **kinds,
    }


def moved(text: Redacted, offset: int) -> int:
    """Return where an offset into the text as written lies in the redacted text; inside a placeholder, at its start."""
    shift = 0
    for finding in text.findings:
        if offset >= finding.end:
            shift = finding.at + len(finding.placeholder) - finding.end
        elif offset > finding.start:
            return finding.at
        else:
            break
    return offset + shift
