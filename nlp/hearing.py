"""Hearing: redacted segments in, signals with their words out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.feedback import Segment, Speaker
from nlp import frames, notices, patterns, slots
from nlp.encoders import Encoder
from nlp.ensemble import Ensemble
from nlp.features import SPEAKERS, Featurizer, Passage
from nlp.heads import HEADS, HeadsModel
from nlp.job_hearing import JobHearer, Odds
from nlp.language import HEARD
from nlp.scoring import head_probabilities, unit_odds
from nlp.sentences import Span
from nlp.severity import severity
from nlp.signals import Signal, SignalKind, Slot
from nlp.static_encoder import StaticEncoder
from nlp.trimming import trim
from nlp.units import Place, passage

_SPEAKERS = {Speaker.CUSTOMER: "c", Speaker.AGENT: "a", Speaker.NOTE: "n"}
_GUESS = re.compile(
    r"\W*(?:\bprob(?:ably|\.)?|\bposs(?:ibly|\.)?|\bmaybe|\bperhaps|\bi (?:think|suspect|guess|reckon)|\bsuspect|\blooks like|\bsounds like|"
    r"\bseems? to be|\bmight be|\bmay be|\bcould be|\blikely)\b",
    re.IGNORECASE,
)


class Hearer:
    """Hears signals in English segments. One instance serves one thread; it keeps what it learned about words."""

    def __init__(self, model: HeadsModel, encoder: Encoder | None = None) -> None:
        reader = encoder or StaticEncoder()
        if reader.encoder_id != model.encoder_id:
            raise ValueError(
                f"the model was trained with encoder '{model.encoder_id}', not '{reader.encoder_id}'; train again"
            )
        self.model = model
        self._networks = Ensemble(model.networks)
        self._thresholds = dict(zip(SPEAKERS, model.thresholds.tolist(), strict=True))
        self._jobs = JobHearer(model)
        self._featurizer = Featurizer(reader, patterns.shipped())

    def hear(self, segments: Sequence[Segment], language: str = "en") -> tuple[Signal, ...]:
        """Return the signals of one note."""
        return self.hear_many([segments], [language])[0]

    def hear_many(self, notes: Sequence[Sequence[Segment]], languages: Sequence[str]) -> list[tuple[Signal, ...]]:
        """Return the signals of each note, ordered by segment and place; none for a note in a language no head reads."""
        places: list[Place] = []
        passages: list[Passage] = []
        spans: list[list[Span]] = []
        for number, (segments, language) in enumerate(zip(notes, languages, strict=True)):
            if language not in HEARD and language != "und":
                continue
            for index, segment in enumerate(segments):
                speaker = _SPEAKERS[segment.speaker]
                read, sentences = passage(segment.text, speaker)
                places.append(Place(number, index, speaker))
                passages.append(read)
                spans.append(sentences)
        heard: list[list[Signal]] = [[] for _ in notes]
        if passages:
            rows, words = self._featurizer.rows(passages)
            odds, around = self._networks.odds(words)
            chances = head_probabilities(self.model, rows, unit_odds(words, odds, around, len(rows.sentence))).tolist()
            at = 0
            for place, read in zip(places, passages, strict=True):
                count = len(read.units)
                heard[place.note] += self._clauses(place, read, chances[at : at + count])
                at += count
            for note, job in self._jobs.hear(places, passages, spans, Odds(words, odds, around)):
                heard[note].append(job)
        return [tuple(sorted(found, key=lambda s: (s.segment, s.start, -s.end, s.kind))) for found in heard]

    def _clauses(self, place: Place, read: Passage, chances: Sequence[Sequence[float]]) -> list[Signal]:
        """Return the signals of one segment whose words are whole clauses: neighbours of one kind are joined."""
        units = read.units
        sure = frames.announced(read) if place.speaker != "a" else {}
        agents = frames.agent_sentences(read) if place.speaker == "n" else frozenset()
        quoted = notices.noticed(read)
        found: list[Signal] = []
        for column, head in enumerate(HEADS):
            owed = head not in frames.AGENT_KINDS
            threshold = self._thresholds[place.speaker][column]
            if (owed and place.speaker == "a") or (
                not sure and max((row[column] for row in chances), default=0.0) < threshold
            ):
                continue
            chance = [
                0.0
                if unit.frame
                or (owed and (unit.sentence in agents or number in quoted))
                or sure.get(number, head) != head
                else max(chances[number][column], frames.SURE if number in sure else 0.0)
                for number, unit in enumerate(units)
            ]
            spoken = [value >= threshold for value in chance]
            number = 0
            while number < len(units):
                last = number
                if spoken[number]:
                    while (
                        last + 1 < len(units)
                        and spoken[last + 1]
                        and units[last + 1].sentence == units[number].sentence
                    ):
                        last += 1
                    stretch = trim(read.text, units[number].start, units[last].end)
                    signal = self._signal(place, read.text, head, *stretch, max(chance[number : last + 1]))
                    found += [] if signal is None else [signal]
                number = last + 1
        return found

    def _signal(self, place: Place, text: str, head: str, start: int, end: int, confidence: float) -> Signal | None:
        if start >= end:
            return None
        words = text[start:end]
        if place.speaker == "n" and head == "pain" and _GUESS.match(words):
            return None
        kind = SignalKind.SUGGESTION if head == "tip" else SignalKind(head)
        return Signal(
            kind=kind,
            segment=place.segment,
            start=start,
            end=end,
            text=words,
            confidence=round(confidence, 4),
            rule=head,
            attribution=frames.attribution(place.speaker, head),
            severity=severity(words) if head == "pain" else 0,
            slots=_slots(kind, text, start, end),
        )


def _slots(kind: SignalKind, text: str, start: int, end: int) -> tuple[Slot, ...]:
    if kind is SignalKind.PAIN:
        return slots.pain(text, start, end)
    return slots.suggestion(text, start, end) if kind is SignalKind.SUGGESTION else ()
