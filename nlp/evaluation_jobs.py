"""How well jobs are heard: does a text state one, of which kind, and in which words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ingest.feedback import Speaker
from nlp.evaluation_signals import Tally, hear_texts, shared_words
from nlp.hearing import Hearer
from nlp.signals import SignalKind

KINDS = ("want", "purpose")


def evaluate_jobs(
    items: Sequence[Mapping[str, Any]], hearer: Hearer, speaker: Speaker = Speaker.CUSTOMER
) -> dict[str, dict[str, float]]:
    """Return precision, recall, f1 (does the text state a job?) and span_f1 (F1 of words), overall and by kind.

    Each item has ``text`` and ``jobs``: a list of ``kind`` (want or purpose), ``start``, ``end``. Raises ValueError
    naming the item that has another shape.
    """
    truth = [_truth(number, item) for number, item in enumerate(items)]
    texts = [str(item["text"]) for item in items]
    heard = hear_texts(texts, hearer, speaker)
    out: dict[str, dict[str, float]] = {}
    for name in ("overall", *KINDS):
        kinds = KINDS if name == "overall" else (name,)
        found, words = Tally(), Tally()
        for text, signals, jobs in zip(texts, heard, truth, strict=True):
            said = [
                (signal.start, signal.end)
                for signal in signals
                if signal.kind is SignalKind.JOB and signal.slots[0].name in kinds
            ]
            real = [(start, end) for kind, start, end in jobs if kind in kinds]
            found.add(bool(said), bool(real), bool(said and real))
            words.add(*shared_words(text, said, real))
        out[name] = {"precision": found.precision, "recall": found.recall, "f1": found.f1, "span_f1": words.f1}
    return out


def _truth(number: int, item: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    try:
        jobs = [(str(job["kind"]), int(job["start"]), int(job["end"])) for job in item["jobs"]]
        text = str(item["text"])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"item {number + 1}: {error!r}; it needs text and jobs of kind, start, end") from error
    for kind, start, end in jobs:
        if kind not in KINDS or not 0 <= start < end <= len(text):
            raise ValueError(f"item {number + 1}: job {kind} {start}..{end}; kind is want or purpose, inside the text")
    return jobs
