"""What the numbers promise, tried on made-up worlds in which the truth is known; seeds are fixed, so figures repeat.

python -m bench.simulate          all of it
python -m bench.simulate --part 10    a tenth
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from insights.numbers.assumptions import KINDS, Assumption, Range
from insights.numbers.costs import Basis, reckon
from insights.numbers.effects import effect
from insights.numbers.expected import SPAN, excess_of
from insights.numbers.rates import Floats, compare

THEMES = 60
RATES = (2.0, 50.0)
"""Contacts a week of a theme."""
WEEKDAYS = np.array([1.2, 1.15, 1.1, 1.05, 1.0, 0.8, 0.7])
LASTS = 14
BASELINE = 12


@dataclass(frozen=True, slots=True)
class Spikes:
    """How rises of one size were named: ``days`` of data until then (inf: not within 14), and the rate a week of each."""

    times: float
    days: Floats
    rates: Floats

    @property
    def recall(self) -> float:
        return float(np.isfinite(self.days).mean())

    @property
    def median(self) -> float:
        return float(np.median(self.days))

    def between(self, low: float, high: float) -> tuple[float, float]:
        """Return recall and median for some rates a week."""
        some = self.days[(self.rates >= low) & (self.rates < high)]
        return float(np.isfinite(some).mean()), float(np.median(some))


def varied(chance: np.random.Generator, mean: Floats, alpha: float) -> Floats:
    """Draw counts that vary more than by chance: negative binomial with variance m + alpha m^2."""
    return chance.poisson(mean * chance.gamma(1 / alpha, alpha, mean.shape) if alpha else mean).astype(np.float64)


def noise(runs: int, recent: int, alpha: float, seed: int = 11) -> float:
    """Return the share of runs with any false mover, in weeks with a season and busy days in which no rate changes."""
    chance, false, weeks = np.random.default_rng(seed), 0, recent + BASELINE
    marked = np.arange(weeks) >= BASELINE
    for _ in range(runs):
        season = np.exp(0.15 * np.sin(np.arange(weeks) / 3 + chance.uniform(0, 6)) + 0.05 * chance.normal(size=weeks))
        each = alpha * chance.gamma(2, 0.5, (THEMES, 1)) if alpha else 0.0
        mean = chance.uniform(*RATES, (THEMES, 1)) * season
        wild = chance.gamma(1 / each, each, mean.shape) if alpha else 1.0
        counts = chance.poisson(mean * wild).astype(np.float64)
        heard = counts.sum(axis=0) + chance.poisson(600 * season)
        false += bool(compare(counts, heard, marked).moved().any())
    return false / runs


def false_alerts(runs: int, alpha: float = 0.02, seed: int = 12) -> float:
    """Return how many alerts are raised in four weeks over 60 themes in which nothing happens."""
    chance, raised, days = np.random.default_rng(seed), 0, 28
    for _ in range(runs):
        counts, heard = _days(chance, chance.uniform(*RATES, THEMES), SPAN + days, alpha)
        raised += len(set().union(*(_named(counts, heard, day) for day in range(1, days + 1))))
    return raised / runs


def spikes(runs: int, times: float, alpha: float = 0.02, seed: int = 13) -> Spikes:
    """Plant a rise in one of 60 themes and look once a day until it is named."""
    chance, waits, rates = np.random.default_rng(seed), np.full(runs, np.inf), np.zeros(runs)
    for run in range(runs):
        usual, theme = chance.uniform(*RATES, THEMES), int(chance.integers(THEMES))
        more = np.ones((THEMES, SPAN + LASTS))
        more[theme, SPAN:] = times
        counts, heard = _days(chance, usual, SPAN + LASTS, alpha, more)
        rates[run] = usual[theme]
        waits[run] = next((day for day in range(1, LASTS + 1) if theme in _named(counts, heard, day)), np.inf)
    return Spikes(times, waits, rates)


def fixes(runs: int, alpha: float, seed: int = 14) -> float:
    """Return how often the 90 % interval of a before and after with controls holds the size of the fix that was planted."""
    chance, inside, after = np.random.default_rng(seed), 0, np.arange(BASELINE + 6) >= BASELINE
    for _ in range(runs):
        true, common = chance.uniform(0.3, 0.9), np.exp(0.15 * chance.normal(size=len(after)))
        theme = varied(chance, chance.uniform(8, RATES[1]) * common * np.where(after, true, 1), alpha)
        found = effect(theme, varied(chance, chance.uniform(60, 250) * common, alpha / 4), after)
        inside += found is not None and found.low <= true <= found.high
    return inside / runs


def costs(runs: int, seed: int = 15) -> float:
    """Return how often the range of a cost holds the true one: true inputs lie somewhere in their ranges, minutes vary by note."""
    chance, inside = np.random.default_rng(seed), 0
    inputs = {name: Assumption(name, kind, kind.default, "") for name, kind in KINDS.items()}
    for _ in range(runs):
        true = {name: _within(one.range, chance) for name, one in inputs.items()}
        low = int(chance.integers(5, 400))
        people = Range(low, low + 0.6 * (nameless := int(chance.integers(0, 60))), low + nameless)
        said, silent = chance.gamma(3, 3, int(chance.integers(5, 400))), int(chance.integers(0, 200))
        basis = Basis(1, people, 0, float(said.sum()), silent, 0.0, 0.0, float(chance.gamma(1, 200)))
        unsaid = chance.gamma(3, true["minutes"] / 3, silent).sum()
        handled = (said.sum() + unsaid) / 60 * true["wage"] * true["avoidable"]
        sum_ = handled + basis.given + _within(people, chance) * true["churn"] * true["margin"]
        found = reckon(basis, inputs).sum
        inside += found.low <= sum_ <= found.high
    return inside / runs


def _days(
    chance: np.random.Generator, rates: Floats, days: int, alpha: float, more: Floats | float = 1.0
) -> tuple[Floats, Floats]:
    busy = WEEKDAYS[np.arange(days) % 7] * np.exp(0.05 * chance.normal(size=days))
    counts = varied(chance, rates[:, None] / 7 * busy * more, alpha)
    return counts, counts.sum(axis=0) + chance.poisson(1_200 / 7 * busy)


def _named(counts: Floats, heard: Floats, day: int) -> set[int]:
    seen = slice(day, day + SPAN)
    return {one.theme_id for one in excess_of(list(range(len(counts))), counts[:, seen], heard[seen])}


def _within(given: Range, chance: np.random.Generator) -> float:
    return float(chance.triangular(given.low, given.likely, given.high)) if given.high > given.low else given.likely


def report(part: int) -> Iterator[str]:
    """Run everything, or a ``part``-th of it; yield a line for each promise."""
    for recent in (4, 1):
        for alpha in (0.0, 0.05, 0.2):
            share = noise(1_000 // part, recent, alpha)
            yield f"noise only, {recent} weeks, overdispersion {alpha:g}: {share:.1%} of {1_000 // part} runs with a false mover (at most 5 %)"
    yield f"noise only: {false_alerts(100 // part):.1f} false alerts in four weeks over {THEMES} themes"
    for times in (3.0, 2.0):
        found = spikes(300 // part, times)
        bands = "; ".join(
            "rate {}-{}: {:.2f}, {:g}".format(low, high, *found.between(low, high))
            for low, high in ((2, 10), (10, 26), (26, 50))
        )
        yield f"rises x{times:g}: recall {found.recall:.2f}, median {found.median:g} days of data ({bands})"
    for alpha in (0.0, 0.03, 0.1):
        yield f"fixes, overdispersion {alpha:g}: {fixes(500 // part, alpha):.1%} inside the 90 % interval (85-95 %)"
    yield f"costs: {costs(500 // part):.1%} inside the 90 % range (85-95 %)"


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--part", type=int, default=1)
    for line in report(asked.parse_args().part):
        print(line, flush=True)
