"""Protects the truth that hearing is measured on: a second annotator, who saw only the guideline, marked the same things.

``second_marks.jsonl`` holds the second annotator's marks on 400 English segments of the shipped notes, drawn at random and shown
without the first marks. Its agreement is what a perfect reader of the guideline could reach.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

from nlp.evaluation_signals import Tally, shared_words
from nlp.evaluation_truth import KIND_OF_LABEL

SECOND = Path(__file__).with_name("second_marks.jsonl")
Spans = dict[str, list[tuple[int, int]]]


def _lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def _spans(marks: list[dict[str, object]]) -> Spans:
    found: Spans = {kind: [] for kind in KIND_OF_LABEL.values()}
    for mark in marks:
        if kind := KIND_OF_LABEL.get(str(mark["label"])):
            found[kind].append((int(str(mark["start"])), int(str(mark["end"]))))
    return found


def test_two_annotators_mark_the_same_signals_in_nearly_the_same_words() -> None:
    shipped = files("pipelines") / "finchwheel"
    texts = {
        (note["external_id"], place): segment["text"]
        for note in _lines((shipped / "notes.jsonl").read_text(encoding="utf-8"))
        for place, segment in enumerate(note["segments"])  # type: ignore[arg-type]
    }
    first = {
        note["external_id"]: note["marks"] for note in _lines((shipped / "truth.jsonl").read_text(encoding="utf-8"))
    }
    kinds = {kind: Tally() for kind in KIND_OF_LABEL.values()}
    words = Tally()
    second = _lines(SECOND.read_text(encoding="utf-8"))
    for one in second:
        place = (one["external_id"], one["segment"])
        truth = [mark for mark in first.get(one["external_id"], []) if mark["segment"] == one["segment"]]  # type: ignore[attr-defined]
        mine, theirs = _spans(one["marks"]), _spans(truth)  # type: ignore[arg-type]
        for kind, tally in kinds.items():
            tally.add(bool(mine[kind]), bool(theirs[kind]), bool(mine[kind] and theirs[kind]))
            words.add(*shared_words(texts[place], mine[kind], theirs[kind]))
    figures = {kind: round(tally.f1, 3) for kind, tally in kinds.items()}
    print(figures, "words", round(words.f1, 3))
    assert len(second) == 400
    assert sum(figures.values()) / len(figures) >= 0.95
    assert min(figures.values()) >= 0.85
    assert words.f1 >= 0.90
