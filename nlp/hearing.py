"""Hearing: redacted segments in, signals with their words out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.feedback import Segment, Speaker
from nlp import jobs, patterns
from nlp.encoders import Encoder
from nlp.features import Featurizer, Passage
from nlp.language import HEARD
from nlp.heads import HEADS, HeadsModel
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
            chances = head_probabilities(self.model, self._featurizer.rows(passages))
            at = 0
            for place, read in zip(places, passages, strict=True):
                count = len(read.units)
                heard[place.note] += self._clauses(place, read, chances[at : at + count])
                at += count
            self._jobs(places, passages, spans, heard)
        return [tuple(sorted(found, key=lambda s: (s.segment, s.start, -s.end, s.kind))) for found in heard]

    def _clauses(self, place: _Place, read: Passage, chances: NDArray[np.float64]) -> list[Signal]:
        """Return the signals of one segment whose words are whole clauses: neighbours of one kind are joined."""
        found: list[Signal] = []
        for column, head in enumerate(HEADS):
            if place.speaker == "a" and head not in _AGENT_HEADS:
                continue
            cut = float(self.model.thresholds[column])
            spoken = chances[:, column] >= cut
            number = 0
            while number < len(read.units):
                unit = read.units[number]
                if not spoken[number] or unit.frame:
                    number += 1
                    continue
                last = number
                while (
                    last + 1 < len(read.units)
                    and spoken[last + 1]
                    and read.units[last + 1].sentence == unit.sentence
                    and not read.units[last + 1].frame
                ):
                    last += 1
                signal = self._signal(place, read, head, number, last, float(chances[number : last + 1, column].max()))
                if signal is not None:
                    found.append(signal)
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
            for span in spans[number]:
                sentence = jobs.sentence(read.text, span, place.speaker)
                for candidate in sentence.candidates:
                    rows.append(jobs.start_features(sentence, candidate))
                    owners.append((number, sentence, candidate))
        if not rows:
            return
        model = self.model
        scores = np.asarray(jobs.matrix(rows) @ model.starts) + model.starts_bias
        chances = np.asarray(1.0 / (1.0 + np.exp(-(model.job_scale * scores + model.job_shift))))
        taken: dict[int, int] = {}
        for (number, sentence, candidate), pair in zip(owners, chances, strict=True):
            column = int(np.argmax(pair))
            start = sentence.spans[candidate.word].start
            if pair[column] < model.job_thresholds[column] or start < taken.get(number, -1):
                continue
            name = jobs.KINDS[column + 1]
            end = self._end(sentence, candidate, name)
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
                    confidence=round(float(pair[column]), 4),
                    rule=f"{name}.{candidate.trigger}",
                    attribution=_attribution(place.speaker, "job"),
                    slots=(Slot(name, start, end),),
                )
            )

    def _end(self, sentence: jobs.Sentence, candidate: jobs.Candidate, name: str) -> int:
        """Return the offset where the job's words end."""
        places = list(jobs.stops(sentence, candidate))
        rows = jobs.matrix([jobs.stop_features(sentence, candidate, after, name) for after in places])
        scores = np.asarray(rows @ self.model.stops, dtype=np.float64) + float(self.model.stops_bias[0])
        hazards = probabilities(scores, 1.0, 0.0)
        return sentence.spans[places[jobs.best_stop(hazards)] - 1].end


def _attribution(speaker: str, head: str) -> Attribution:
    if speaker == "c":
        return Attribution.CUSTOMER
    return Attribution.AGENT if speaker == "a" or head in _AGENT_HEADS else Attribution.REPORTED
