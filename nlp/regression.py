"""The regressions that heads and jobs are judged by, and from which probability on to speak."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

_AS_GOOD = 0.003
FEW = 30


def regression(c: float) -> LogisticRegression:
    """Return an untrained logistic regression for many sparse columns."""
    return LogisticRegression(
        C=c, solver="liblinear", dual=True, tol=0.02, max_iter=60, intercept_scaling=3, random_state=0
    )


def thresholds(
    chances: NDArray[np.float64],
    labels: NDArray[np.int8],
    texts: NDArray[np.int64],
    speakers: NDArray[np.int64],
    false_alarms: Sequence[float],
) -> NDArray[np.float64]:
    """Return for each speaker the probability from which on "this text says it" has the best F1: the middle of those as good
    as the best. ``speakers`` says who speaks in each row; with fewer than FEW such texts of a speaker, those of all count.

    ``false_alarms`` says for each speaker how many times a false alarm counts: care notes are as rich in signals as our own
    sentences or richer, what customers write all day is far poorer.
    """
    count = int(texts[-1]) + 1
    best, truth, of = (np.zeros(count), np.zeros(count, dtype=bool), np.zeros(count, dtype=np.int64))
    np.maximum.at(best, texts, chances)
    np.logical_or.at(truth, texts, labels.astype(bool))
    of[texts] = speakers
    grid = np.linspace(0.1, 0.8, 71)
    found = np.zeros(len(false_alarms))
    for speaker, false_alarm in enumerate(false_alarms):
        here = of == speaker
        here = here if truth[here].sum() >= FEW else np.ones(count, dtype=bool)
        reached = np.array([_f1(best[here] >= cut, truth[here], false_alarm) for cut in grid])
        found[speaker] = np.median(grid[reached >= reached.max() - _AS_GOOD])
    return found


def _f1(said: NDArray[np.bool_], truth: NDArray[np.bool_], false_alarm: float) -> float:
    both = float((said & truth).sum())
    false = float((said & ~truth).sum())
    return 2 * both / max(1.0, both + false_alarm * false + float(truth.sum()))
