"""Protects the one test behind movers, drivers and alerts: against statsmodels where it must agree, and against noise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.rates import test_poisson_2indep as poisson_test

from insights.numbers.rates import BELIEF, compare, dispersions

RECENT = np.arange(16) >= 12


def test_without_overdispersion_it_is_the_exact_conditional_test() -> None:
    counts = np.full((1, 16), 10.0)
    counts[0, 12:] = 14.0
    contacts = np.full(16, 500.0)
    done = compare(counts, contacts, RECENT)
    exact = poisson_test(56, 2_000, 120, 6_000, method="cond-midp").pvalue
    assert done.dispersion[0] == 1.0
    # Student's t stands for the normal, because the dispersion is an estimate; taken back, it is the exact test
    # (which adds the two tails in another way).
    assert 2 * stats.norm.sf(stats.t.isf(done.p[0] / 2, 14 + BELIEF / 4)) == pytest.approx(exact, rel=0.03)
    assert done.ratio[0] == pytest.approx(1.4, rel=0.01)
    assert done.low[0] < 1.4 < done.high[0]


def test_what_varies_more_than_by_chance_needs_a_larger_change() -> None:
    chance = np.random.default_rng(1)
    contacts = np.full(16, 500.0)
    even, wild = np.full(16, 20.0), np.array([5, 45, 8, 40, 2, 36, 12, 30, 1, 48, 9, 20, 10, 62, 20, 50], float)
    even[12:], usual = 36.0, chance.poisson(20, (20, 16)).astype(float)
    done = compare(np.vstack([even, wild, usual]), contacts, RECENT)
    assert done.moved()[0]
    assert not done.moved()[1]
    assert done.dispersion[1] > 4 > done.dispersion[0]
    assert done.low[1] < 1 < done.low[0]


def test_a_change_of_all_contacts_is_no_change_of_a_theme() -> None:
    contacts = np.where(RECENT, 2_000.0, 500.0)
    done = compare(np.array([np.where(RECENT, 40.0, 10.0)]), contacts, RECENT)
    assert done.ratio[0] == pytest.approx(1.0, rel=0.01)
    assert not done.moved()[0]


def test_few_contacts_are_not_tested_and_nothing_divides_by_nothing() -> None:
    counts = np.zeros((3, 16))
    counts[1, 15], counts[2, 15] = 9, 10
    done = compare(counts, np.full(16, 100.0), RECENT)
    assert list(np.isnan(done.adjusted)) == [True, True, False]
    assert np.isfinite(done.p).all()
    assert (done.low[0], done.low[1]) == (0.0, pytest.approx(done.low[1]))
    quiet = compare(np.full((1, 16), 5.0), np.where(RECENT, 0.0, 100.0), RECENT)
    assert not quiet.moved()[0]


def test_dispersion_is_read_within_each_stretch_so_a_change_is_not_noise() -> None:
    counts = np.array([np.where(RECENT, 60.0, 20.0)])
    assert dispersions(counts, np.full((1, 16), 500.0), RECENT)[0][0] == 1.0
