"""Annotated sentences to a HeadsModel, in under a minute: a logistic regression per head beside networks of words, joined on held-out folds."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from nlp import examples, job_training, network_training, patterns
from nlp.encoders import Encoder
from nlp.examples import Example
from nlp.features import Featurizer, Passage
from nlp.heads import HEADS, HeadsModel
from nlp.network import LABELS, Network
from nlp.reading import Reading
from nlp.regression import regression, threshold
from nlp.scoring import design, evidence, pooled, probabilities, unit_odds, word_odds
from nlp.static_encoder import StaticEncoder
from nlp.units import passage
from nlp.words import HASHED

SETTINGS = {"recipe": "6", "c": "2.0", "folds": "3", "job_c": "1.0"}
FOLDS = 3
_C = float(SETTINGS["c"])
_FALSE_ALARM = 2.0


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
    rows, read = featurizer.rows(passages)
    idf = _idf(rows.hashed)
    units = design(rows, idf)
    around = design(pooled(rows), idf)
    folds = np.concatenate([np.full(len(p.units), e.fold % FOLDS) for p, e in zip(passages, given, strict=True)])
    around_folds = np.zeros(around.shape[0], dtype=np.int64)
    around_folds[rows.sentence] = folds
    texts = np.concatenate([np.full(len(p.units), number) for number, p in enumerate(passages)])
    known = np.array([not unit.frame for p in passages for unit in p.units], dtype=bool)
    networks, words, word_sentences = _fit_networks(given, read, folds[read.unit])
    odds = unit_odds(read, words, word_sentences, len(folds))
    weights, around_weights = (np.zeros((units.shape[1], len(HEADS)), dtype=np.float32) for _ in range(2))
    bias, around_bias, combine_bias, thresholds = (np.zeros(len(HEADS), dtype=np.float32) for _ in range(4))
    combine = np.zeros((5, len(HEADS)), dtype=np.float32)
    for column, head in enumerate(HEADS):
        labels = np.concatenate([_labels(p, e, head) for p, e in zip(passages, given, strict=True)])
        around_labels = np.zeros(around.shape[0], dtype=np.int8)
        np.maximum.at(around_labels, rows.sentence, labels)
        out = np.zeros(len(labels))
        around_out = np.zeros(len(around_labels))
        for fold in range(FOLDS):
            here, there = folds == fold, around_folds == fold
            out[here] = regression(_C).fit(units[~here & known], labels[~here & known]).decision_function(units[here])
            around_out[there] = (
                regression(_C).fit(around[~there], around_labels[~there]).decision_function(around[there])
            )
        said = evidence(out[:, None], around_out[rows.sentence][:, None], odds[:, :, column : column + 1])[:, :, 0]
        joined = LogisticRegression(C=1.0).fit(said[known], labels[known])
        combine[:, column], combine_bias[column] = joined.coef_[0], joined.intercept_[0]
        chances = probabilities(said @ joined.coef_[0], 1.0, joined.intercept_[0]) * known
        thresholds[column] = threshold(chances, labels, texts, 1.0 if head == "pain" else _FALSE_ALARM)
        for judge, design_, truth, table, level in (
            (regression(_C), units[known], labels[known], weights, bias),
            (regression(_C), around, around_labels, around_weights, around_bias),
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
        combine=combine,
        combine_bias=combine_bias,
        thresholds=thresholds,
        networks=networks,
        **job_training.fit(given, read, words, word_sentences, FOLDS, float(SETTINGS["job_c"])),
    )


def _fit_networks(
    given: Sequence[Example], read: Reading, folds: NDArray[np.int64]
) -> tuple[tuple[Network, ...], NDArray[np.float64], NDArray[np.float64]]:
    """Return one network for each fold, trained on the others, and what it says of the words of the fold it never saw."""
    inside, begins = (np.zeros((len(read.word), len(LABELS)), dtype=np.float32) for _ in range(2))
    for number, example in enumerate(given):
        starts = read.starts[read.firsts[number] : read.firsts[number + 1]]
        for mark in example.marks:
            if mark.label in LABELS:
                held = read.firsts[number] + np.flatnonzero((starts >= mark.start) & (starts < mark.end))
                inside[held, LABELS.index(mark.label)] = 1
                begins[held[:1], LABELS.index(mark.label)] = 1

    def learnt(fold: int) -> Network:
        there = np.flatnonzero(folds != fold)
        return network_training.fit(read.take(there), inside[there], begins[there], seed=fold)

    # Small products: threads inside one only wait for each other, but the networks can be trained side by side.
    with threadpool_limits(1), ThreadPoolExecutor(FOLDS) as together:
        networks = tuple(together.map(learnt, range(FOLDS)))
    words, sentences = np.zeros((len(read.word), 2 * len(LABELS))), np.zeros((len(read.word), len(LABELS)))
    for fold, network in enumerate(networks):
        here = np.flatnonzero(folds == fold)
        words[here], sentences[here] = word_odds([network.exact()], read.take(here))
    return networks, words, sentences


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
