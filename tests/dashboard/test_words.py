"""Numbers and times read as people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.words import REASONS, ago, counted, day, kind_word, long_day, number, part, reason_words, short_day
from ingest.feedback import Reason
from nlp.signals import SignalKind

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(seconds=-90), "just now"),
        (timedelta(minutes=2), "2 min ago"),
        (timedelta(minutes=59, seconds=59), "60 min ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=2), "Thu 19 Nov"),
        (timedelta(days=400), "Fri 17 Oct 2025"),
    ],
)
def test_hours_only_within_a_day(passed: timedelta, words: str) -> None:
    assert ago(NOW - passed, NOW) == words


def test_the_year_only_when_it_is_another() -> None:
    assert (day(date(2026, 11, 19), TODAY), short_day(date(2025, 1, 2), TODAY)) == ("Thu 19 Nov", "2 Jan 2025")
    assert long_day(date(2026, 11, 22), TODAY) == "Sunday 22 November"


def test_one_is_not_many() -> None:
    assert counted(1, "note") == "1 note"
    assert counted(4812, "note") == "4,812 notes"
    assert counted(0, "child", "children") == "0 children"
    assert number(-3) == "−3"


@given(st.integers(0, 49), st.integers(0, 49))
def test_no_percentage_of_a_few(some: int, whole: int) -> None:
    assert part(some, whole) == f"{some} of {whole}"


def test_every_reason_and_kind_has_words() -> None:
    assert {reason.value for reason in Reason} == set(REASONS)
    assert reason_words("from_the_future") == "from the future"
    assert [kind_word(kind.value) for kind in SignalKind] == [
        "Pain", "Suggestion", "Job", "Praise", "Compensation", "Hand-off",
    ]  # fmt: skip
    assert kind_word("rumour") == "Rumour"
