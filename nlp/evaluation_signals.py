"""How well signals are heard: is there such a signal in a text, and which of its words carry it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.feedback import Segment, Speaker
from nlp.hearing import Hearer
from nlp.signals import Signal, SignalKind

BATCH = 256


@dataclass
class Tally:
    """Counts of right, wrong and missed, and what follows from them."""

    both: int = 0
    said: int = 0
    truth: int = 0

    def add(self, said: int, truth: int, both: int) -> None:
        self.said += said
        self.truth += truth
        self.both += both

    @property
    def precision(self) -> float:
        return self.both / self.said if self.said else 0.0

    @property
    def recall(self) -> float:
        return self.both / self.truth if self.truth else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.both / (self.said + self.truth) if self.said + self.truth else 0.0


def hear_texts(texts: Sequence[str], hearer: Hearer, speaker: Speaker = Speaker.CUSTOMER) -> list[tuple[Signal, ...]]:
    """Return the signals of each text, taken as one English segment."""
    heard: list[tuple[Signal, ...]] = []
    for start in range(0, len(texts), BATCH):
        batch = [[Segment(speaker, text)] for text in texts[start : start + BATCH]]
        heard += hearer.hear_many(batch, ["en"] * len(batch))
    return heard


def evaluate_signals(
    texts: Sequence[str], labels: Sequence[bool | int], kind: str, hearer: Hearer, speaker: Speaker = Speaker.CUSTOMER
) -> dict[str, float]:
    """Return precision, recall, f1, macro_f1 (mean of the F1 of both answers) and n for "this text holds a ``kind``".

    Runs the product's own code and thresholds. Raises ValueError for an unknown kind or lists of unequal length.
    """
    wanted = SignalKind(kind)
    if len(texts) != len(labels):
        raise ValueError(f"{len(texts)} texts but {len(labels)} labels; give one label per text")
    yes, no = Tally(), Tally()
    for heard, label in zip(hear_texts(texts, hearer, speaker), labels, strict=True):
        said, truth = any(signal.kind is wanted for signal in heard), bool(label)
        yes.add(said, truth, said and truth)
        no.add(not said, not truth, not said and not truth)
    return {
        "precision": yes.precision,
        "recall": yes.recall,
        "f1": yes.f1,
        "macro_f1": (yes.f1 + no.f1) / 2,
        "n": float(len(texts)),
    }


def shared_words(text: str, said: Sequence[tuple[int, int]], truth: Sequence[tuple[int, int]]) -> tuple[int, int, int]:
    """Return how many words lie in ``said``, in ``truth`` and in both; offsets are into ``text``."""
    places: list[tuple[int, int]] = []
    at = 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        places.append((start, at))
    mine = {number for number, place in enumerate(places) if any(_inside(place, span) for span in said)}
    theirs = {number for number, place in enumerate(places) if any(_inside(place, span) for span in truth)}
    return len(mine), len(theirs), len(mine & theirs)


def _inside(place: tuple[int, int], span: tuple[int, int]) -> bool:
    return min(place[1], span[1]) - max(place[0], span[0]) > 0
