"""Rates per contact, and whether one changed: the one test behind movers, drivers and alerts.

Counts in two stretches of time, given their sum, are binomial when contacts come by chance (the exact conditional test of
two Poisson rates). Real counts vary more than that, so the test's z is divided by the root of the dispersion, which is
read off the weeks themselves and held together over themes, and looked up in Student's t.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

BELIEF = 10.0
"""Degrees of freedom that the dispersion usual among themes counts for beside a theme's own weeks."""
FEWEST = 10
"""Customers in both stretches together below which no change is tested."""
CONFIDENCE = 0.95
_TINY = 1e-300


@dataclass(frozen=True)
class Compared:
    """Two stretches of time compared, one entry per theme. ``ratio`` is of rates, with its 95 % interval.

    ``adjusted`` is the p-value after Benjamini-Hochberg over all themes that were tested; NaN for those that were not.
    """

    recent: Floats
    before: Floats
    ratio: Floats
    low: Floats
    high: Floats
    dispersion: Floats
    p: Floats
    adjusted: Floats

    def moved(self, share: float = 0.05) -> Flags:
        """Return which themes changed, when at most ``share`` of those named may be false."""
        return np.asarray(self.adjusted <= share)


def compare(
    counts: Floats, contacts: Floats, recent: Flags, *, fewest: int = FEWEST, belief: float = BELIEF
) -> Compared:
    """Compare the stretches of time marked ``recent`` (bool[times]) with the others.

    ``counts`` is float[themes, times], ``contacts`` float[times] or float[themes, times]: how many could have spoken of it. ``belief``: see BELIEF.
    """
    contacts = np.broadcast_to(contacts, counts.shape)
    seen, against = counts[:, recent].sum(axis=1), counts[:, ~recent].sum(axis=1)
    exposed, base = contacts[:, recent].sum(axis=1), contacts[:, ~recent].sum(axis=1)
    dispersion, freedom = dispersions(counts, contacts, recent, belief)
    p = _two_sided(seen, against, exposed, base, dispersion, freedom - 3 * belief / 4)
    tested = (seen + against >= fewest) & (exposed > 0) & (base > 0)
    return Compared(
        seen,
        against,
        *_ratio(seen, against, exposed, base, dispersion, freedom),
        dispersion,
        p,
        _corrected(p, tested),
    )


def dispersions(counts: Floats, contacts: Floats, recent: Flags, belief: float = BELIEF) -> tuple[Floats, float]:
    """Return how many times more than by chance each theme's counts vary, and the degrees of freedom behind it.

    Pearson's statistic within either stretch, so that a change between them does not count as noise. What is usual among
    themes grows with their mean, 1 + a m, as in negative binomial counts, and no theme is taken to vary less than that.
    """
    freedom = max(1, int(recent.sum()) - 1 + int((~recent).sum()) - 1)
    excess, mean = np.zeros(len(counts)), np.zeros(len(counts))
    for part in (recent, ~recent):
        some, exposed = counts[:, part], contacts[:, part]
        whole = np.maximum(exposed.sum(axis=1), _TINY)
        expected = exposed * (some.sum(axis=1) / whole)[:, None]
        square = np.where(expected > 0, (some - expected) ** 2 / np.maximum(expected, _TINY), 0.0)
        excess += square.sum(axis=1)
        mean += expected.sum(axis=1)
    mean /= counts.shape[1]
    weight = 1 / (1 + mean) ** 2
    slope = float((weight * mean * (excess / freedom - 1)).sum() / max(_TINY, (weight * mean**2).sum()))
    usual = 1 + max(0.0, slope) * mean
    shrunk = (belief * usual + excess) / (belief + freedom)
    return np.maximum(usual, shrunk), belief + freedom


def _two_sided(
    seen: Floats, against: Floats, exposed: Floats, base: Floats, dispersion: Floats, freedom: float
) -> Floats:
    share = exposed / np.maximum(exposed + base, _TINY)
    whole = seen + against
    half = stats.binom.pmf(seen, whole, share) / 2
    below, above = stats.binom.cdf(seen - 1, whole, share) + half, stats.binom.sf(seen, whole, share) + half
    tail = np.clip(np.minimum(below, above), _TINY, 0.5)
    distance = stats.norm.isf(tail) / np.sqrt(dispersion)
    return np.asarray(2 * stats.t.sf(distance, freedom), np.float64)


def _ratio(
    seen: Floats, against: Floats, exposed: Floats, base: Floats, dispersion: Floats, freedom: float
) -> tuple[Floats, Floats, Floats]:
    """Jeffreys' interval of the share that fell into the recent stretch, widened by dispersion, as a ratio of rates."""
    wide = 2 * stats.norm.sf(stats.t.ppf((1 + CONFIDENCE) / 2, freedom))
    whole = np.maximum(seen + against, _TINY) / dispersion
    low, high = proportion_confint(seen / dispersion, whole, alpha=wide, method="jeffreys")
    odds = np.maximum(base, _TINY) / np.maximum(exposed, _TINY)

    def ratio(share: Any) -> Floats:
        whole = np.full(len(share), np.inf)
        np.divide(share, 1 - share, out=whole, where=share < 1)
        return np.asarray(whole * odds, np.float64)

    middle = (seen + 0.5) / (against + 0.5) * odds
    return middle, ratio(np.where(seen > 0, low, 0.0)), ratio(np.where(against > 0, high, 1.0))


def _corrected(p: Floats, tested: Flags) -> Floats:
    adjusted = np.full(len(p), np.nan)
    if tested.any():
        adjusted[tested] = cast(Floats, multipletests(p[tested], method="fdr_bh")[1])
    return adjusted
