"""Protects what the numbers promise, on made-up worlds whose truth is known: a tenth of `make simulate`, the same seeds.

A tenth is coarse: the bounds leave room for the chance of so few runs, and none for a broken method.
"""

from __future__ import annotations

import pytest

from bench import simulate


@pytest.mark.parametrize("alpha", [0.0, 0.05, 0.2])
@pytest.mark.parametrize("recent", [4, 1])
def test_in_noise_hardly_any_run_names_a_mover(recent: int, alpha: float) -> None:
    assert simulate.noise(100, recent, alpha) <= 0.09  # 5 % of 100 runs: 9 or fewer in 97 of 100 tries


def test_threefold_rises_are_named_and_half_of_them_within_a_day() -> None:
    found = simulate.spikes(30, 3.0)
    assert found.recall >= 0.8
    assert found.between(26, 50)[0] == 1.0
    assert found.median <= 2.0


def test_in_noise_alerts_are_rare() -> None:
    assert simulate.false_alerts(5) <= 7.0


@pytest.mark.parametrize("alpha", [0.0, 0.03, 0.1])
def test_intervals_of_fixes_hold_the_truth_as_often_as_they_say(alpha: float) -> None:
    assert 0.78 <= simulate.fixes(50, alpha) <= 1.0


def test_ranges_of_costs_hold_the_truth_as_often_as_they_say() -> None:
    assert 0.78 <= simulate.costs(50) <= 1.0
