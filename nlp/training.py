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
from nlp.ensemble import Ensemble
from nlp.examples import Example
from nlp.features import SPEAKERS, Featurizer, Passage
from nlp.frames import AGENT_KINDS
from nlp.heads import HEADS, HeadsModel
from nlp.network import LABELS, Network
from nlp.reading import Reading
from nlp.regression import regression, thresholds
from nlp.scoring import EVIDENCE, design, evidence, pooled, probabilities, unit_odds
from nlp.static_encoder import StaticEncoder
from nlp.units import passage
from nlp.words import HASHED

SETTINGS = {"recipe": "8", "c": "2.0", "folds": "3", "job_c": "1.0"}
FOLDS = 3
_C = float(SETTINGS["c"])
_FALSE_ALARMS = {"pain": (1.0, 2.0, 0.5)}  # customer, agent, note; a care note is mostly written because something hurt
_OTHER_FALSE_ALARMS = (2.0, 2.0, 1.0)


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
    bias, around_bias, combine_bias = (np.zeros(len(HEADS), dtype=np.float32) for _ in range(3))
    out, around_out = (np.zeros((len(folds), len(HEADS))), np.zeros((len(around_folds), len(HEADS))))
    truth = np.zeros((len(folds), len(HEADS)), dtype=np.int8)
    for column, head in enumerate(HEADS):
        labels = np.concatenate([_labels(p, e, head) for p, e in zip(passages, given, strict=True)])
        truth[:, column] = labels
        around_labels = np.zeros(around.shape[0], dtype=np.int8)
        np.maximum.at(around_labels, rows.sentence, labels)
        for fold in range(FOLDS):
            here, there = folds == fold, around_folds == fold
            seen = regression(_C).fit(units[~here & known], labels[~here & known])
            out[here, column] = seen.decision_function(units[here])
            seen = regression(_C).fit(around[~there], around_labels[~there])
            around_out[there, column] = seen.decision_function(around[there])
        for judge, design_, wanted, table, level in (
            (regression(_C), units[known], labels[known], weights, bias),
            (regression(_C), around, around_labels, around_weights, around_bias),
        ):
            judge.fit(design_, wanted)
            table[:, column] = judge.coef_[0]
            level[column] = judge.intercept_[0]
    said = evidence(out, around_out[rows.sentence], odds, rows.speaker)
    combine = np.zeros((EVIDENCE, len(HEADS)), dtype=np.float32)
    cuts = np.zeros((len(SPEAKERS), len(HEADS)), dtype=np.float32)
    for column, head in enumerate(HEADS):
        joined = LogisticRegression(C=0.1, max_iter=1000).fit(said[known], truth[known, column])
        combine[:, column], combine_bias[column] = joined.coef_[0], joined.intercept_[0]
        chances = probabilities(said @ joined.coef_[0], 1.0, joined.intercept_[0]) * known
        counted = _FALSE_ALARMS.get(head, _OTHER_FALSE_ALARMS)
        cuts[:, column] = thresholds(chances, truth[:, column], texts, rows.speaker, counted)
        if (
            head in AGENT_KINDS
        ):  # what a note tells of the company's own doing is as rare in it as in what customers write
            cuts[SPEAKERS.index("n"), column] = cuts[SPEAKERS.index("c"), column]
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
        thresholds=cuts,
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
    words, sentences = (np.zeros((len(read.word), 2 * len(LABELS))), np.zeros((len(read.word), len(LABELS))))
    for fold, network in enumerate(networks):
        here = np.flatnonzero(folds == fold)
        words[here], sentences[here] = Ensemble([network]).odds(read.take(here))
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
