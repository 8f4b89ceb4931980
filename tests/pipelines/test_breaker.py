"""Protects the breaker's arithmetic: one bad record never stops a partition, a flood of them always does."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.breaker import IN_A_ROW, SHARE, WINDOW, Breaker

PLACE = "notes[0]"


def fed(records: list[bool], size: int) -> tuple[Breaker, int | None]:
    """Give records in batches; return where the breaker opened, or None."""
    breaker = Breaker()
    for start in range(0, len(records), size):
        batch = records[start : start + size]
        if not breaker.passes(PLACE, start, batch, start + len(batch)):
            return breaker, start
    return breaker, None


@settings(deadline=None)
@given(st.integers(1, 500), st.integers(0, 3_000))
def test_good_records_pass_in_any_batches(size: int, count: int) -> None:
    assert fed([False] * count, size)[1] is None


@settings(deadline=None)
@given(st.integers(1, 300), st.integers(0, 1_500))
def test_p6_a_hundred_bad_ones_in_a_row_stop_it_whatever_the_batches(size: int, good: int) -> None:
    _, stopped = fed([False] * good + [True] * 400, size)
    assert stopped is not None
    assert good - size < stopped <= good + IN_A_ROW
    assert fed([False] * good + [True] * min(IN_A_ROW - 1, int(SHARE * WINDOW)), size)[1] is None


@settings(deadline=None)
@given(st.integers(1, 500))
def test_p6_more_than_five_in_a_hundred_stop_it_and_four_do_not(size: int) -> None:
    assert fed(([True] + [False] * 15) * 200, size)[1] is not None
    assert fed(([True] + [False] * 24) * 200, size)[1] is None


def test_partitions_are_judged_apart() -> None:
    breaker = Breaker()
    assert not breaker.passes("notes[1]", 0, [True] * IN_A_ROW, IN_A_ROW)
    assert breaker.passes(PLACE, 0, [False] * 10, 10)
    assert breaker.is_held("notes[1]")
    assert not breaker.is_held(PLACE)


def test_what_was_on_its_way_behind_the_held_records_is_stale() -> None:
    breaker = Breaker()
    assert not breaker.passes(PLACE, 40, [True] * IN_A_ROW, 140)
    assert breaker.is_stale(PLACE, 140)
    assert not breaker.is_stale(PLACE, 40)


def test_a_flood_let_through_by_a_person_is_not_held_against_what_follows() -> None:
    breaker = Breaker()
    flood = [True] * 200
    assert not breaker.passes(PLACE, 0, flood, 200)
    breaker.let_through(PLACE, 200)
    assert breaker.passes(PLACE, 0, flood, 200)
    assert breaker.passes(PLACE, 200, [True] * 40, 240)
    assert not breaker.passes(PLACE, 240, flood, 440)


def test_what_reads_well_again_passes_by_itself() -> None:
    breaker = Breaker()
    assert not breaker.passes(PLACE, 0, [True] * 200, 200)
    assert breaker.passes(PLACE, 0, [False] * 200, 200)
    assert not breaker.is_held(PLACE)
