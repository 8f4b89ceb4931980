"""Hearing: redacted segments in, signals with their words out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.feedback import Segment, Speaker
from nlp import frames, jobs, patterns, slots
from nlp.encoders import Encoder
from nlp.features import Featurizer, Passage
from nlp.heads import HEADS, HeadsModel
from nlp.language import HEARD
from nlp.scoring import head_probabilities, probabilities
from nlp.sentences import Span
from nlp.severity import severity
from nlp.signals import Attribution, Signal, SignalKind, Slot
from nlp.static_encoder import StaticEncoder
from nlp.trimming import trim
from nlp.units import passage

_SPEAKERS = {Speaker.CUSTOMER: "c", Speaker.AGENT: "a", Speaker.NOTE: "n"}
_AGENT_HEADS = frozenset({"compensation", "handoff"})
_GUESS = re.compile(
    r"\W*(?:\bprob(?:ably|\.)?|\bposs(?:ibly|\.)?|\bmaybe|\bperhaps|\bi (?:think|suspect|guess|reckon)|\bsuspect|\blooks like|\bsounds like|"
    r"\bseems? to be|\bmight be|\bmay be|\bcould be|\blikely)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a passage came from: note number and segment number."""

    note: int
    segment: int
    speaker: str


class Hearer:
    """Hears signals in English segments. One instance serves one thread; it keeps what it learned about words."""

    def __init__(self, model: HeadsModel, encoder: Encoder | None = None) -> None:
        reader = encoder or StaticEncoder()
        if reader.encoder_id != model.encoder_id:
            raise ValueError(
                f"the model was trained with encoder '{model.encoder_id}', not '{reader.encoder_id}'; train again"
            )
        self.model = model
        self._thresholds = tuple(map(float, model.thresholds))
        self._featurizer = Featurizer(reader, patterns.shipped())

    def hear(self, segments: Sequence[Segment], language: str = "en") -> tuple[Signal, ...]:
        """Return the signals of one note."""
        return self.hear_many([segments], [language])[0]

    def hear_many(self, notes: Sequence[Sequence[Segment]], languages: Sequence[str]) -> list[tuple[Signal, ...]]:
        """Return the signals of each note, ordered by segment and place; none for a note in a language no head reads."""
        places: list[_Place] = []
        passages: list[Passage] = []
        spans: list[list[Span]] = []
        for number, (segments, language) in enumerate(zip(notes, languages, strict=True)):
            if language not in HEARD and language != "und":
                continue
            for index, segment in enumerate(segments):
                speaker = _SPEAKERS[segment.speaker]
                read, sentences = passage(segment.text, speaker)
                places.append(_Place(number, index, speaker))
                passages.append(read)
                spans.append(sentences)
        heard: list[list[Signal]] = [[] for _ in notes]
        if passages:
            chances = head_probabilities(self.model, self._featurizer.rows(passages)).tolist()
            at = 0
            for place, read in zip(places, passages, strict=True):
                count = len(read.units)
                heard[place.note] += self._clauses(place, read, chances[at : at + count])
                at += count
            self._jobs(places, passages, spans, heard)
        return [tuple(sorted(found, key=lambda s: (s.segment, s.start, -s.end, s.kind))) for found in heard]

    def _clauses(self, place: _Place, read: Passage, chances: Sequence[Sequence[float]]) -> list[Signal]:
        """Return the signals of one segment whose words are whole clauses: neighbours of one kind are joined."""
        units = read.units
        sure = _announced(read) if place.speaker != "a" else {}
        agents = _agent_sentences(read) if place.speaker == "n" else frozenset()
        found: list[Signal] = []
        for column, head in enumerate(HEADS):
            owed = head not in _AGENT_HEADS
            threshold = self._thresholds[column]
            if (owed and place.speaker == "a") or (
                not sure and max((row[column] for row in chances), default=0.0) < threshold
            ):
                continue
            chance = [
                0.0
                if unit.frame or (owed and unit.sentence in agents) or sure.get(number, head) != head
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
                    signal = self._signal(place, read, head, number, last, max(chance[number : last + 1]))
                    found += [] if signal is None else [signal]
                number = last + 1
        return found

    def _signal(
        self, place: _Place, read: Passage, head: str, first: int, last: int, confidence: float
    ) -> Signal | None:
        start, end = trim(read.text, read.units[first].start, read.units[last].end)
        if start >= end:
            return None
        words = read.text[start:end]
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
            attribution=_attribution(place.speaker, head),
            severity=severity(words) if head == "pain" else 0,
            slots=_slots(kind, read.text, start, end),
        )

    def _jobs(
        self,
        places: Sequence[_Place],
        passages: Sequence[Passage],
        spans: Sequence[list[Span]],
        heard: list[list[Signal]],
    ) -> None:
        """Add the jobs of all segments; every candidate of the batch is judged in one product."""
        rows: list[list[int]] = []
        owners: list[tuple[int, jobs.Sentence, jobs.Candidate]] = []
        for number, (place, read) in enumerate(zip(places, passages, strict=True)):
            if place.speaker == "a":
                continue
            agents = _agent_sentences(read) if place.speaker == "n" else frozenset()
            for position, sentence in enumerate(jobs.sentences(read.text, spans[number], place.speaker)):
                if position in agents:
                    continue
                for candidate in sentence.candidates:
                    rows.append(jobs.start_features(sentence, candidate))
                    owners.append((number, sentence, candidate))
        if not rows:
            return
        model = self.model
        scores = np.asarray(jobs.matrix(rows) @ model.starts) + model.starts_bias
        chances = np.asarray(1.0 / (1.0 + np.exp(-(model.job_scale * scores + model.job_shift))))
        columns = chances.argmax(axis=1)
        likely = np.flatnonzero(chances.max(axis=1) >= model.job_thresholds[columns]).tolist()
        ends = self._ends([(*owners[row][1:], jobs.KINDS[columns[row] + 1]) for row in likely])
        taken: dict[int, int] = {}
        for row, end in zip(likely, ends, strict=True):
            number, sentence, candidate = owners[row]
            start = sentence.spans[candidate.word][0]
            if start < taken.get(number, -1):
                continue
            name = jobs.KINDS[columns[row] + 1]
            place, text = places[number], passages[number].text
            start, end = trim(text, start, end)
            if start >= end:
                continue
            taken[number] = end
            heard[place.note].append(
                Signal(
                    kind=SignalKind.JOB,
                    segment=place.segment,
                    start=start,
                    end=end,
                    text=text[start:end],
                    confidence=round(float(chances[row, columns[row]]), 4),
                    rule=f"{name}.{candidate.trigger}",
                    attribution=_attribution(place.speaker, "job"),
                    slots=(
                        Slot(name, start, end),
                        *slots.situation(text, (sentence.spans[0][0], sentence.spans[-1][1]), start, end),
                    ),
                )
            )

    def _ends(self, found: Sequence[tuple[jobs.Sentence, jobs.Candidate, str]]) -> list[int]:
        """Return the offsets where the words of the jobs ``found`` end."""
        if not found:
            return []
        places = [jobs.stops(sentence, candidate) for sentence, candidate, _ in found]
        rows = [
            jobs.stop_features(sentence, candidate, after, name)
            for (sentence, candidate, name), following in zip(found, places, strict=True)
            for after in following
        ]
        scores = np.asarray(jobs.matrix(rows) @ self.model.stops, dtype=np.float64) + float(self.model.stops_bias[0])
        chances = np.split(probabilities(scores, 1.0, 0.0), np.cumsum([len(following) for following in places])[:-1])
        return [
            sentence.spans[following[jobs.best_stop(chance)] - 1][1]
            for (sentence, _, _), following, chance in zip(found, places, chances, strict=True)
        ]


def _slots(kind: SignalKind, text: str, start: int, end: int) -> tuple[Slot, ...]:
    if kind is SignalKind.PAIN:
        return slots.pain(text, start, end)
    return slots.suggestion(text, start, end) if kind is SignalKind.SUGGESTION else ()


def _announced(read: Passage) -> dict[int, str]:
    """Return which units a reporting frame announces, and as what."""
    units = read.units
    return {
        number + 1: head
        for number, unit in enumerate(units[:-1])
        if unit.frame and (head := frames.opened(read.text[unit.start : unit.end])) and not units[number + 1].frame
    }


def _agent_sentences(read: Passage) -> frozenset[int]:
    """Return the sentences of a note that tell what the agent said or did."""
    opening: dict[int, int] = {}
    for unit in read.units:
        opening.setdefault(unit.sentence, unit.start)
    return frozenset(number for number, at in opening.items() if frames.of_agent(read.text[at : at + 40]))


def _attribution(speaker: str, head: str) -> Attribution:
    if speaker == "c":
        return Attribution.CUSTOMER
    return Attribution.AGENT if speaker == "a" or head in _AGENT_HEADS else Attribution.REPORTED
