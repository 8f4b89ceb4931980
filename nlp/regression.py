"""The regressions that heads and jobs are judged by, and from which probability on to speak."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

_AS_GOOD = 0.003


def regression(c: float) -> LogisticRegression:
    """Return an untrained logistic regression for many sparse columns."""
    return LogisticRegression(
        C=c, solver="liblinear", dual=True, tol=0.02, max_iter=60, intercept_scaling=3, random_state=0
    )


def threshold(
    chances: NDArray[np.float64], labels: NDArray[np.int8], texts: NDArray[np.int64], false_alarm: float
) -> float:
    """Return the probability from which on "this text says it" has the best F1: the middle of those as good as the best.

    False alarms count ``false_alarm`` times: save for pains, our sentences are far richer in signals than what
    people write all day.
    """
    count = int(texts[-1]) + 1
    best = np.zeros(count)
    truth = np.zeros(count, dtype=bool)
    np.maximum.at(best, texts, chances)
    np.logical_or.at(truth, texts, labels.astype(bool))
    grid = np.linspace(0.2, 0.8, 61)
    reached = np.array([_f1(best >= cut, truth, false_alarm) for cut in grid])
    return float(np.median(grid[reached >= reached.max() - _AS_GOOD]))


def _f1(said: NDArray[np.bool_], truth: NDArray[np.bool_], false_alarm: float) -> float:
    both = float((said & truth).sum())
    false = float((said & ~truth).sum())
    return 2 * both / max(1.0, both + false_alarm * false + float(truth.sum()))
