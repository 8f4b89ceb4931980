"""Protects: refreshing at intervals outlives a failed round, keeps its intervals, and stops when asked."""

from __future__ import annotations

from pipelines.repeat import repeat


def test_rounds_keep_their_interval_and_outlive_a_failure() -> None:
    now = 0.0
    began: list[float] = []
    failures: list[str] = []

    def work() -> None:
        began.append(now)
        if len(began) == 2:
            raise RuntimeError("the store is away")

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    repeat(
        work,
        minutes=2,
        stopped=lambda: len(began) >= 4,
        told=lambda error: failures.append(str(error)),
        clock=lambda: now,
        sleep=sleep,
    )
    assert began == [0, 120, 240, 360]
    assert failures == ["the store is away"]


def test_a_stop_is_noticed_between_rounds() -> None:
    rounds: list[int] = []
    slept: list[float] = []
    repeat(
        lambda: rounds.append(1),
        minutes=60,
        stopped=lambda: bool(slept),
        told=print,
        sleep=slept.append,
    )
    assert rounds == [1]
    assert sum(slept) < 1
