"""Learning from what people said of signals: a new model beside the old one, judged on annotations neither has seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from nlp.encoders import Encoder
from nlp.evaluation_training import tallies
from nlp.examples import Example
from nlp.heads import HeadsModel
from nlp.hearing import Hearer
from nlp.training import fit

GAIN = 0.02
"""A new model must hear better by this much, in macro F1."""
LOSS = 0.01
"""No kind of signal may be heard worse than before by more than this, in F1."""
FEWEST_HELD_BACK = 40
"""Fewer annotated texts than this to judge by would prove nothing."""
FEWEST_OF_A_KIND = 5


class TooFewAnnotations(RuntimeError):
    """There is not enough to learn from or to judge by; the message says how much is missing."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Old and new model on the same held-back texts: F1 of "is there such a signal in the text" by kind.

    Kinds with fewer than ``FEWEST_OF_A_KIND`` texts are left out. ``macro`` is the mean over the kinds that remain.
    """

    old: Mapping[str, float]
    new: Mapping[str, float]
    learnt_from: int
    held_back: int

    @property
    def old_macro(self) -> float:
        return sum(self.old.values()) / len(self.old) if self.old else 0.0

    @property
    def new_macro(self) -> float:
        return sum(self.new.values()) / len(self.new) if self.new else 0.0

    @property
    def lost(self) -> tuple[str, ...]:
        """The kinds heard worse by more than ``LOSS``."""
        return tuple(kind for kind in self.old if self.old[kind] - self.new[kind] > LOSS)

    @property
    def better(self) -> bool:
        return self.new_macro - self.old_macro >= GAIN and not self.lost

    @property
    def reason(self) -> str:
        """Why to switch or not, in plain words."""
        change = f"macro F1 {self.old_macro:.3f} before, {self.new_macro:.3f} now"
        if self.lost:
            return f"{', '.join(self.lost)} heard worse by more than {LOSS}; {change}"
        if self.better:
            return f"better by at least {GAIN}; {change}"
        return f"a gain of {GAIN} is needed; {change}"


def fold_of(note: str) -> int:
    """Return the fold, 0 to 9, of a note: stable for ever, so that what was held back once is never learnt from later."""
    return int.from_bytes(blake2b(note.encode(), digest_size=4, person=b"annotations").digest(), "big") % 10


def learn(
    sentences: Sequence[Example], annotated: Sequence[Example], old: HeadsModel, encoder: Encoder, name: str
) -> tuple[HeadsModel, Comparison]:
    """Return a model of our own sentences and the annotated texts, and how it compares with ``old``.

    The texts of folds 0 and 1 (``Example.held_back``) are only judged by. Raises TooFewAnnotations.
    """
    known = [example for example in annotated if not example.held_back]
    judged = [example for example in annotated if example.held_back]
    if len(judged) < FEWEST_HELD_BACK or not known:
        raise TooFewAnnotations(
            f"{len(annotated)} texts are annotated to the end, {len(judged)} of them held back to judge by; "
            f"{FEWEST_HELD_BACK} of those are needed, about {5 * FEWEST_HELD_BACK} in all"
        )
    new = fit([*sentences, *known], encoder, name)
    before, after = _f1(Hearer(old, encoder), judged), _f1(Hearer(new, encoder), judged)
    if not before:
        raise TooFewAnnotations(f"no kind of signal stands in {FEWEST_OF_A_KIND} of the {len(judged)} held-back texts")
    return new, Comparison(before, after, len(known), len(judged))


def _f1(hearer: Hearer, judged: Sequence[Example]) -> dict[str, float]:
    found = tallies(hearer, judged)
    return {kind: tally.f1 for kind, tally in found.items() if tally.truth >= FEWEST_OF_A_KIND}
