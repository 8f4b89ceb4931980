"""An amount read wrongly is money invented; both ways of writing decimals must come out right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.amounts import to_amount


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("12", 12.0),
        ("12.5", 12.5),
        ("12,5", 12.5),
        ("1,234.50", 1234.5),
        ("1.234,50", 1234.5),
        ("1,234", 1234.0),
        ("0,125", 0.125),
        ("1,234,567", 1234567.0),
        ("1 234,50 €", 1234.5),
        ("1\u00a0234,5", 1234.5),
        ("1'234.50 CHF", 1234.5),
        ("$ 7", 7.0),
        ("-3,20", -3.2),
    ],
)
def test_the_ways_amounts_are_written(written: str, number: float) -> None:
    assert to_amount(written) == number


@pytest.mark.parametrize("written", ["", "twelve", "nan", "inf", "1e999", "12 min", "1,2,3", "1.2.3"])
def test_what_is_no_amount_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        to_amount(written)


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_both_conventions_agree(whole: int, cents: int) -> None:
    english = f"{whole:,}.{cents:02}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert to_amount(english) == to_amount(german) == pytest.approx(whole + cents / 100)
