"""Annotated sentences to the job head's weights: which candidates are jobs, and where a job ends."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from nlp import job_features, jobs
from nlp.examples import Example
from nlp.features import SPEAKERS
from nlp.reading import Reading
from nlp.regression import regression, thresholds
from nlp.units import passage

_FALSE_JOBS = (1.2, 1.2, 0.9)  # customer, agent, note
Doubles = NDArray[np.float64]


def fit(
    given: Sequence[Example], read: Reading, words: Doubles, around: Doubles, folds: int, c: float
) -> dict[str, NDArray[np.float32]]:
    """Return the arrays of the job head. ``words`` and ``around`` are what networks that never saw the example say of it."""
    rows: list[list[int]] = []
    kinds: list[int] = []
    fold: list[int] = []
    numbers: list[int] = []
    offsets: list[int] = []
    speakers: list[int] = []
    stop_rows: list[list[int]] = []
    stop_labels: list[int] = []
    stop_places: list[tuple[int, jobs.Sentence, int, str]] = []
    stop_folds: list[int] = []
    for number, example in enumerate(given):
        truth = {mark.start: mark for mark in example.marks if mark.label in jobs.KINDS}
        whole, spans = passage(example.text, example.speaker)
        for sentence in jobs.sentences(whole, spans, example.speaker):
            for candidate in sentence.candidates:
                mark = truth.get(sentence.spans[candidate.word][0])
                rows.append(job_features.start_features(sentence, candidate))
                kinds.append(0 if mark is None else jobs.KINDS.index(mark.label))
                fold.append(example.fold % folds)
                numbers.append(number)
                speakers.append(SPEAKERS.index(example.speaker))
                offsets.append(sentence.spans[candidate.word][0])
                if mark is None:
                    continue
                for after in job_features.stops(sentence, candidate):
                    ends = sentence.spans[after - 1][1] >= mark.end
                    stop_rows.append(job_features.stop_features(sentence, candidate, after, mark.label))
                    stop_places.append((number, sentence, after, mark.label))
                    stop_labels.append(int(ends))
                    stop_folds.append(example.fold % folds)
                    if ends:
                        break
    table, truth_kinds, of_fold = (job_features.matrix(rows), np.asarray(kinds), np.asarray(fold))
    weights = np.zeros((job_features.HASHED, 2), dtype=np.float32)
    bias, combine_bias = (np.zeros(2, dtype=np.float32) for _ in range(2))
    cuts = np.zeros((len(SPEAKERS), 2), dtype=np.float32)
    combine = np.zeros((job_features.EVIDENCE, 2), dtype=np.float32)
    scores = np.zeros((len(rows), 2))
    for column in (0, 1):
        labels = (truth_kinds == column + 1).astype(np.int8)
        scores[:, column] = _unseen(table, labels, of_fold, folds, c)
        learned = regression(c).fit(table, labels)
        weights[:, column], bias[column] = learned.coef_[0], learned.intercept_[0]
    said = job_features.evidence(scores, words, around, job_features.places(read, numbers, offsets))
    for column in (0, 1):
        labels = (truth_kinds == column + 1).astype(np.int8)
        joined = LogisticRegression(C=1.0, max_iter=500).fit(said, labels)
        combine[:, column], combine_bias[column] = joined.coef_[0], joined.intercept_[0]
        chances = joined.predict_proba(said)[:, 1]
        cuts[:, column] = thresholds(chances, labels, np.arange(len(labels)), np.asarray(speakers), _FALSE_JOBS)
    ends_table, ends_labels = (job_features.matrix(stop_rows), np.asarray(stop_labels, dtype=np.int8))
    ends_scores = _unseen(ends_table, ends_labels, np.asarray(stop_folds), folds, c)
    ending = regression(c).fit(ends_table, ends_labels)
    ends_said = job_features.stop_evidence(ends_scores, words, job_features.stop_places(read, stop_places))
    ends_joined = LogisticRegression(C=1.0).fit(ends_said, ends_labels)
    return {
        "starts": weights,
        "starts_bias": bias,
        "job_combine": combine,
        "job_combine_bias": combine_bias,
        "job_thresholds": cuts,
        "stops": np.asarray(ending.coef_[0], dtype=np.float32),
        "stops_bias": np.asarray(ending.intercept_, dtype=np.float32),
        "stop_combine": np.append(ends_joined.coef_[0], ends_joined.intercept_).astype(np.float32),
    }


def _unseen(
    table: sparse.csr_matrix, labels: NDArray[np.int8], fold: NDArray[np.int64], folds: int, c: float
) -> Doubles:
    """Return each row's score by a regression that did not see its fold."""
    out = np.zeros(len(labels))
    for number in range(folds):
        learned = regression(c).fit(table[fold != number], labels[fold != number])
        out[fold == number] = learned.decision_function(table[fold == number])
    return out
