"""Annotated sentences to a HeadsModel, in under a minute: one logistic regression per head, calibrated on held-out folds."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from nlp import examples, jobs, patterns
from nlp.encoders import Encoder
from nlp.examples import Example
from nlp.features import HASHED, Featurizer, Passage
from nlp.heads import HEADS, HeadsModel
from nlp.scoring import design, pooled, probabilities
from nlp.static_encoder import StaticEncoder
from nlp.units import passage

SETTINGS = {"recipe": "4", "c": "2.0", "folds": "4", "job_c": "1.0"}
_FOLDS = 4
_FALSE_ALARM = 2.0
_FALSE_JOB = 1.5


def recipe_id(paths: Sequence[Path], encoder_id: str) -> str:
    """Return the id of the model that these sentences, patterns and settings give."""
    digest = blake2b(digest_size=8)
    digest.update(examples.fingerprint(paths).encode())
    digest.update(patterns.fingerprint().encode())
    digest.update(repr((sorted(SETTINGS.items()), encoder_id, HEADS)).encode())
    return digest.hexdigest()


def train(paths: Sequence[Path] | None = None, encoder: Encoder | None = None) -> HeadsModel:
    """Return the model learned from all sentences in ``paths`` (default: those shipped)."""
    chosen = list(paths) if paths is not None else examples.shipped()
    reader = encoder or StaticEncoder()
    return fit(examples.read(chosen), reader, recipe_id(chosen, reader.encoder_id))


def fit(given: Sequence[Example], encoder: Encoder, name: str = "") -> HeadsModel:
    """Return the model learned from ``given``; thresholds and calibration come from folds of the same examples."""
    featurizer = Featurizer(encoder, patterns.shipped())
    passages = [passage(example.text, example.speaker)[0] for example in given]
    rows = featurizer.rows(passages)
    idf = _idf(rows.hashed)
    units = design(rows, idf)
    around = design(pooled(rows), idf)
    folds = np.concatenate([np.full(len(p.units), e.fold % _FOLDS) for p, e in zip(passages, given, strict=True)])
    around_folds = np.zeros(around.shape[0], dtype=np.int64)
    around_folds[rows.sentence] = folds
    texts = np.concatenate([np.full(len(p.units), number) for number, p in enumerate(passages)])
    known = np.array([not unit.frame for p in passages for unit in p.units], dtype=bool)
    weights, around_weights = (np.zeros((units.shape[1], len(HEADS)), dtype=np.float32) for _ in range(2))
    bias, around_bias, scale, shift, thresholds = (np.zeros(len(HEADS), dtype=np.float32) for _ in range(5))
    for column, head in enumerate(HEADS):
        labels = np.concatenate([_labels(p, e, head) for p, e in zip(passages, given, strict=True)])
        around_labels = np.zeros(around.shape[0], dtype=np.int8)
        np.maximum.at(around_labels, rows.sentence, labels)
        out = np.zeros(len(labels))
        around_out = np.zeros(len(around_labels))
        for fold in range(_FOLDS):
            here, there = folds == fold, around_folds == fold
            out[here] = _regression().fit(units[~here & known], labels[~here & known]).decision_function(units[here])
            around_out[there] = (
                _regression().fit(around[~there], around_labels[~there]).decision_function(around[there])
            )
        out = (out + around_out[rows.sentence]) / 2
        scale[column], shift[column] = _calibrate(out[known], labels[known])
        chances = probabilities(out, scale[column], shift[column]) * known
        thresholds[column] = _threshold(chances, labels, texts, 1.0 if head == "pain" else _FALSE_ALARM)
        for judge, design_, truth, table, level in (
            (_regression(), units[known], labels[known], weights, bias),
            (_regression(), around, around_labels, around_weights, around_bias),
        ):
            judge.fit(design_, truth)
            table[:, column] = judge.coef_[0]
            level[column] = judge.intercept_[0]
    return HeadsModel(
        recipe_id=name,
        encoder_id=encoder.encoder_id,
        hashed=weights[:HASHED],
        dense=weights[HASHED:],
        bias=bias,
        around_hashed=around_weights[:HASHED],
        around_dense=around_weights[HASHED:],
        around_bias=around_bias,
        idf=idf,
        scale=scale,
        shift=shift,
        thresholds=thresholds,
        **_fit_jobs(given),
    )


def _regression(c: float = float(SETTINGS["c"])) -> LogisticRegression:
    return LogisticRegression(C=c, solver="liblinear", dual=True, tol=0.02, max_iter=60, intercept_scaling=3)


def _idf(hashed: sparse.csr_matrix) -> NDArray[np.float32]:
    seen = np.bincount(hashed.indices, minlength=HASHED)
    return np.asarray(np.log((1 + hashed.shape[0]) / (1 + seen)) + 1, dtype=np.float32)


def _labels(read: Passage, example: Example, head: str) -> NDArray[np.int8]:
    """Return 1 for each unit that is mostly inside a mark of this head, or that holds most of one."""
    marks = [mark for mark in example.marks if mark.label == head]
    out = np.zeros(len(read.units), dtype=np.int8)
    for number, unit in enumerate(read.units):
        for mark in marks:
            shared = min(unit.end, mark.end) - max(unit.start, mark.start)
            if shared > 0 and (shared >= 0.5 * (unit.end - unit.start) or shared >= 0.75 * (mark.end - mark.start)):
                out[number] = 1
    return out


def _calibrate(scores: NDArray[np.float64], labels: NDArray[np.int8]) -> tuple[float, float]:
    """Return slope and intercept of Platt's sigmoid, fitted on scores of folds the head had not seen."""
    fitted = LogisticRegression(C=1e6).fit(scores[:, None], labels)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def _threshold(
    chances: NDArray[np.float64], labels: NDArray[np.int8], texts: NDArray[np.int64], false_alarm: float
) -> float:
    """Return the probability from which on "this text says it" has the best F1.

    False alarms count ``false_alarm`` times: save for pains, our sentences are far richer in signals than what
    people write all day.
    """
    count = int(texts[-1]) + 1
    best = np.zeros(count)
    truth = np.zeros(count, dtype=bool)
    np.maximum.at(best, texts, chances)
    np.logical_or.at(truth, texts, labels.astype(bool))
    grid = np.linspace(0.2, 0.8, 61)
    return float(grid[int(np.argmax([_f1(best >= cut, truth, false_alarm) for cut in grid]))])


def _f1(said: NDArray[np.bool_], truth: NDArray[np.bool_], false_alarm: float) -> float:
    both = float((said & truth).sum())
    false = float((said & ~truth).sum())
    return 2 * both / max(1.0, both + false_alarm * false + float(truth.sum()))


def _fit_jobs(given: Sequence[Example]) -> dict[str, NDArray[np.float32]]:
    """Return the arrays of the job head: which candidates are jobs, and where a job ends."""
    rows: list[list[int]] = []
    kinds: list[int] = []
    folds: list[int] = []
    stop_rows: list[list[int]] = []
    stop_labels: list[int] = []
    for example in given:
        truth = {mark.start: mark for mark in example.marks if mark.label in jobs.KINDS}
        _, spans = passage(example.text, example.speaker)
        for read in jobs.sentences(example.text, spans, example.speaker):
            for candidate in read.candidates:
                mark = truth.get(read.spans[candidate.word][0])
                rows.append(jobs.start_features(read, candidate))
                kinds.append(0 if mark is None else jobs.KINDS.index(mark.label))
                folds.append(example.fold % _FOLDS)
                if mark is None:
                    continue
                for after in jobs.stops(read, candidate):
                    ends = read.spans[after - 1][1] >= mark.end
                    stop_rows.append(jobs.stop_features(read, candidate, after, mark.label))
                    stop_labels.append(int(ends))
                    if ends:
                        break
    table = jobs.matrix(rows)
    truth_kinds = np.asarray(kinds)
    fold = np.asarray(folds)
    weights = np.zeros((jobs.HASHED, 2), dtype=np.float32)
    bias, scale, shift, thresholds = (np.zeros(2, dtype=np.float32) for _ in range(4))
    for column, kind in enumerate((1, 2)):
        labels = (truth_kinds == kind).astype(np.int8)
        out = np.zeros(len(labels))
        for number in range(_FOLDS):
            learned = _regression(float(SETTINGS["job_c"])).fit(table[fold != number], labels[fold != number])
            out[fold == number] = learned.decision_function(table[fold == number])
        scale[column], shift[column] = _calibrate(out, labels)
        chances = probabilities(out, scale[column], shift[column])
        thresholds[column] = _threshold(chances, labels, np.arange(len(labels)), _FALSE_JOB)
        learned = _regression(float(SETTINGS["job_c"])).fit(table, labels)
        weights[:, column] = learned.coef_[0]
        bias[column] = learned.intercept_[0]
    ending = _regression().fit(jobs.matrix(stop_rows), np.asarray(stop_labels))
    return {
        "starts": weights,
        "starts_bias": bias,
        "job_scale": scale,
        "job_shift": shift,
        "job_thresholds": thresholds,
        "stops": np.asarray(ending.coef_[0], dtype=np.float32),
        "stops_bias": np.asarray(ending.intercept_, dtype=np.float32),
    }
