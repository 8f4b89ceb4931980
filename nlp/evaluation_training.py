"""How well each kind of signal is heard in annotated sentences, and in the fifth of our own that is held back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.feedback import Speaker
from nlp import examples
from nlp.encoders import Encoder
from nlp.evaluation_signals import Tally, hear_texts
from nlp.examples import Example
from nlp.hearing import Hearer
from nlp.signals import SignalKind
from nlp.static_encoder import StaticEncoder
from nlp.training import fit

_KIND_OF_LABEL = {"tip": "suggestion", "want": "job", "purpose": "job"}
_SPEAKERS = {"c": Speaker.CUSTOMER, "a": Speaker.AGENT, "n": Speaker.NOTE}


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Tallies by kind on the ``texts`` sentences held back of ``all_texts``; ``macro_f1`` is the mean over the kinds."""

    texts: int
    all_texts: int
    kinds: Mapping[str, Tally]

    @property
    def macro_f1(self) -> float:
        return sum(tally.f1 for tally in self.kinds.values()) / len(self.kinds)


def held_back(encoder: Encoder | None = None) -> HeldBack:
    """Train on four fifths of the shipped sentences and judge by the rest; takes under a minute."""
    reader = encoder or StaticEncoder()
    given = examples.read(examples.shipped())
    judged = [example for example in given if example.held_back]
    model = fit([example for example in given if not example.held_back], reader)
    return HeldBack(len(judged), len(given), tallies(Hearer(model, reader), judged))


def tallies(hearer: Hearer, judged: Sequence[Example]) -> dict[str, Tally]:
    """Return right, wrong and missed answers to "is there such a signal in this text", by kind."""
    said: list[set[str]] = [set() for _ in judged]
    for code, speaker in _SPEAKERS.items():
        places = [place for place, example in enumerate(judged) if example.speaker == code]
        heard = hear_texts([judged[place].text for place in places], hearer, speaker)
        for place, signals in zip(places, heard, strict=True):
            said[place] = {signal.kind.value for signal in signals}
    found = {kind.value: Tally() for kind in SignalKind}
    for mine, example in zip(said, judged, strict=True):
        truth = {_KIND_OF_LABEL.get(mark.label, mark.label) for mark in example.marks}
        for kind, tally in found.items():
            tally.add(kind in mine, kind in truth, kind in mine and kind in truth)
    return found
