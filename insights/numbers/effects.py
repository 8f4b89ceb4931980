"""What a change did to a theme: before and after, against themes that the change did not touch (difference in differences).

The weeks of the theme and of its controls are a binomial regression in statsmodels: of all contacts that speak of either, the
share that speaks of the theme, before and after. Whatever moves both alike, such as busy weeks, cancels out. The
regression's own dispersion widens the interval, which is read from Student's t.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import statsmodels.api as sm
from scipy import stats
from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

from insights.numbers.rates import Flags, Floats

CONFIDENCE = 0.9
FEWEST_WEEKS = 3
"""Full weeks needed on either side of the change."""
FEWEST = 10
"""Contacts of the theme, and of its controls, without which nothing is estimated."""


@dataclass(frozen=True, slots=True)
class Effect:
    """``ratio``: the theme's rate after over before, beyond what its controls did; ``low`` to ``high`` 90 %.

    ``saved``: contacts that did not come in the weeks after, as a range. ``parallel``: p-value of the check that theme and
    controls moved alike before the change; a small one says that the comparison does not hold.
    """

    ratio: float
    low: float
    high: float
    saved: float
    saved_low: float
    saved_high: float
    before: int
    after: int
    dispersion: float
    parallel: float

    @property
    def clear(self) -> bool:
        return self.high < 1 or self.low > 1


def effect(theme: Floats, controls: Floats, after: Flags) -> Effect | None:
    """Estimate the effect from contacts a week, float[weeks] each; None when there is too little to estimate from."""
    enough = min(theme.sum(), controls[after].sum(), controls[~after].sum()) >= FEWEST
    if not enough or min(after.sum(), (~after).sum()) < FEWEST_WEEKS:
        return None
    weeks = (theme + controls) > 0
    spoken = np.column_stack([theme, controls])[weeks]
    part = after[weeks].astype(np.float64)
    fitted = _fit(spoken, np.column_stack([np.ones(len(part)), part]))
    scale = _dispersion(fitted)
    reach = float(fitted.bse[1]) * np.sqrt(scale) * float(stats.t.ppf((1 + CONFIDENCE) / 2, len(part) - 2))
    middle = float(fitted.params[1])
    ratio, low, high = (float(np.exp(one)) for one in (middle, middle - reach, middle + reach))
    came = float(theme[after].sum())
    saved = [came / one - came for one in (ratio, low, high)]
    return Effect(
        ratio, low, high, saved[0], saved[2], saved[1], int(theme[~after].sum()), int(came), scale,
        _parallel(spoken, part),
    )  # fmt: skip


def _parallel(spoken: Floats, part: Floats) -> float:
    """Return the p-value of a trend in the share before the change; 1.0 when there are too few weeks to see one."""
    before = spoken[part == 0]
    if len(before) < FEWEST_WEEKS + 1 or before[:, 0].sum() == 0:
        return 1.0
    time = np.linspace(-1, 1, len(before))
    fitted = _fit(before, np.column_stack([np.ones(len(before)), time]))
    spread = float(fitted.bse[1]) * np.sqrt(_dispersion(fitted))
    return float(2 * stats.t.sf(abs(float(fitted.params[1])) / spread, len(before) - 2))


def _fit(spoken: Floats, design: Floats) -> Any:
    with warnings.catch_warnings():
        # Weeks that are all alike are fitted without a rest, which statsmodels takes for a mistake.
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        return sm.GLM(spoken, design, family=sm.families.Binomial()).fit()


def _dispersion(fitted: Any) -> float:
    """Return how many times more than by chance the shares vary, never below 1."""
    return max(1.0, float(fitted.pearson_chi2) / float(fitted.df_resid))
