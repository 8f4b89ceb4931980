"""Hearing jobs: every candidate of a batch is judged in one product, and so is where each job ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp import frames, job_features, jobs, slots
from nlp.features import SPEAKERS, Passage
from nlp.heads import HeadsModel
from nlp.reading import Reading
from nlp.scoring import probabilities
from nlp.sentences import Span
from nlp.signals import Signal, SignalKind, Slot
from nlp.trimming import trim
from nlp.units import Place


class Odds(NamedTuple):
    """What the networks say of the words read: ``words`` (places, 16) and ``around`` (places, 8), log-odds."""

    read: Reading
    words: NDArray[np.float64]
    around: NDArray[np.float64]


class JobHearer:
    """Hears wants and purposes with a model."""

    def __init__(self, model: HeadsModel) -> None:
        self._model = model
        self._combine = model.job_combine.astype(np.float64)
        self._stop_combine = model.stop_combine.astype(np.float64)

    def hear(
        self, places: Sequence[Place], passages: Sequence[Passage], spans: Sequence[list[Span]], odds: Odds
    ) -> Iterator[tuple[int, Signal]]:
        """Yield the jobs of all segments, each with the number of its note; those of one segment never overlap."""
        owners: list[tuple[int, jobs.Sentence, jobs.Candidate]] = []
        for number, (place, read) in enumerate(zip(places, passages, strict=True)):
            if place.speaker == "a":
                continue
            agents = frames.agent_sentences(read) if place.speaker == "n" else frozenset()
            for position, sentence in enumerate(jobs.sentences(read, spans[number], place.speaker)):
                if position not in agents:
                    owners += [(number, sentence, candidate) for candidate in sentence.candidates]
        at = job_features.places(
            odds.read,
            [number for number, _, _ in owners],
            [sentence.spans[candidate.word][0] for _, sentence, candidate in owners],
        )
        possible = np.flatnonzero(job_features.may_be(odds.words, at)) if owners else np.zeros(0, np.int64)
        if not len(possible):
            return
        owners = [owners[row] for row in possible.tolist()]
        chances = self._chances(owners, odds, at[possible])
        columns = chances.argmax(axis=1)
        speakers = [SPEAKERS.index(places[number].speaker) for number, _, _ in owners]
        likely = np.flatnonzero(chances.max(axis=1) >= self._model.job_thresholds[speakers, columns]).tolist()
        ends = self._ends([(*owners[row], jobs.KINDS[columns[row] + 1]) for row in likely], odds)
        taken: dict[int, int] = {}
        for row, end in zip(likely, ends, strict=True):
            number, sentence, candidate = owners[row]
            start = sentence.spans[candidate.word][0]
            if start < taken.get(number, -1):
                continue
            place, text = places[number], passages[number].text
            start, end = trim(text, start, end)
            if start < end:
                taken[number] = end
                within = (sentence.spans[0][0], sentence.spans[-1][1])
                name = jobs.KINDS[columns[row] + 1]
                chance = round(float(chances[row, columns[row]]), 4)
                yield (place.note, _signal(place, text, start, end, name, candidate.trigger, chance, within))

    def _chances(
        self, owners: Sequence[tuple[int, jobs.Sentence, jobs.Candidate]], odds: Odds, at: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return for each candidate, standing at the word ``at``, how likely it is a want and a purpose."""
        rows = [job_features.start_features(sentence, candidate) for _, sentence, candidate in owners]
        scores = np.asarray(job_features.matrix(rows) @ self._model.starts, dtype=np.float64) + self._model.starts_bias
        said = job_features.evidence(scores, odds.words, odds.around, at)
        return probabilities(said @ self._combine + self._model.job_combine_bias, 1.0, 0.0)

    def _ends(self, found: Sequence[tuple[int, jobs.Sentence, jobs.Candidate, str]], odds: Odds) -> list[int]:
        """Return the offsets where the words of the jobs ``found`` end."""
        if not found:
            return []
        places = [job_features.stops(sentence, candidate) for _, sentence, candidate, _ in found]
        rows: list[list[int]] = []
        asked: list[tuple[int, jobs.Sentence, int, str]] = []
        for (number, sentence, candidate, name), following in zip(found, places, strict=True):
            for after in following:
                rows.append(job_features.stop_features(sentence, candidate, after, name))
                asked.append((number, sentence, after, name))
        scores = np.asarray(job_features.matrix(rows) @ self._model.stops, dtype=np.float64)
        at = job_features.stop_places(odds.read, asked)
        said = job_features.stop_evidence(scores + float(self._model.stops_bias[0]), odds.words, at)
        chances = np.split(
            probabilities(said @ self._stop_combine[:-1], 1.0, float(self._stop_combine[-1])),
            np.cumsum([len(following) for following in places])[:-1],
        )
        return [
            sentence.spans[following[job_features.best_stop(chance)] - 1][1]
            for (_, sentence, _, _), following, chance in zip(found, places, chances, strict=True)
        ]


def _signal(
    place: Place, text: str, start: int, end: int, name: str, trigger: str, chance: float, within: tuple[int, int]
) -> Signal:
    return Signal(
        kind=SignalKind.JOB,
        segment=place.segment,
        start=start,
        end=end,
        text=text[start:end],
        confidence=chance,
        rule=f"{name}.{trigger}",
        attribution=frames.attribution(place.speaker, "job"),
        slots=(Slot(name, start, end), *slots.job(text, within, start, end)),
    )
