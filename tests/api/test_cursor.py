"""Protects paging: a cursor leads back to exactly where it was made, and anything else is refused, never guessed at."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.cursor import BadCursor, of_offset, of_place, offset_of, place_of


@given(st.integers(0, 2**31 - 1))
def test_an_offset_comes_back(offset: int) -> None:
    assert offset_of(of_offset(offset)) == offset


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-(2**63), 2**63 - 1))
def test_a_place_comes_back(moment: datetime, signal_id: int) -> None:
    assert place_of(of_place(moment, signal_id)) == (moment, signal_id)


@given(st.text(min_size=1, max_size=60))
def test_anything_else_is_refused(garbage: str) -> None:
    for read in (offset_of, place_of):
        with pytest.raises(BadCursor):
            read(garbage)


@pytest.mark.parametrize("other", [of_offset(3), of_place(datetime(2026, 1, 1, tzinfo=UTC), 7)])
def test_a_cursor_of_another_kind_of_page_is_refused(other: str) -> None:
    with pytest.raises(BadCursor):
        (place_of if other == of_offset(3) else offset_of)(other)
