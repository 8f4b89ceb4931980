"""A date read in the wrong order moves a note to another week, silently; the order is a fact of the whole column."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.dates import day_comes_first, to_moment


@pytest.mark.parametrize(
    ("column", "first"),
    [
        (["03/04/2025", "25/04/2025"], True),
        (["03/04/2025", "04/25/2025"], False),
        (["03.04.2025"], True),
        (["03/04/2025"], True),
        (["2025-04-03", ""], True),
        ([], True),
    ],
)
def test_the_order_of_a_column(column: list[str], first: bool) -> None:
    assert day_comes_first(column) is first


@given(st.lists(st.dates(date(1990, 1, 1), date(2030, 1, 1)), min_size=1), st.booleans(), st.sampled_from("/-"))
def test_a_column_with_one_telling_date_is_read_as_it_was_written(days: list[date], day_first: bool, mark: str) -> None:
    days = [*days, date(2020, 5, 25)]
    column = [day.strftime(f"%d{mark}%m{mark}%Y" if day_first else f"%m{mark}%d{mark}%Y") for day in days]
    order = day_comes_first(column)
    assert [to_moment(value, day_first=order).date() for value in column] == days


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2025-04-03", datetime(2025, 4, 3, tzinfo=UTC)),
        ("2025/04/03", datetime(2025, 4, 3, tzinfo=UTC)),
        ("2025-4-3 2:05 pm", datetime(2025, 4, 3, 14, 5, tzinfo=UTC)),
        ("2025-04-03T14:05:00Z", datetime(2025, 4, 3, 14, 5, tzinfo=UTC)),
        ("2025-04-03 14:05:00 UTC", datetime(2025, 4, 3, 14, 5, tzinfo=UTC)),
        ("2025-04-03T14:05+02:00", datetime(2025, 4, 3, 14, 5, tzinfo=timezone(timedelta(hours=2)))),
        ("03/04/2025 2:05 PM", datetime(2025, 4, 3, 14, 5, tzinfo=UTC)),
        ("3/4/25 12:30 am", datetime(2025, 4, 3, 0, 30, tzinfo=UTC)),
        ("3.4.2025", datetime(2025, 4, 3, tzinfo=UTC)),
        ("3 April 2025, 2 pm", datetime(2025, 4, 3, 14, tzinfo=UTC)),
        ("Thu, 03 Apr 2025 14:05:00 +0000", datetime(2025, 4, 3, 14, 5, tzinfo=UTC)),
        ("1743689100", datetime(2025, 4, 3, 14, 5, tzinfo=UTC)),
        ("1743689100000", datetime(2025, 4, 3, 14, 5, tzinfo=UTC)),
    ],
)
def test_the_ways_dates_are_written(written: str, moment: datetime) -> None:
    assert to_moment(written, day_first=True) == moment


@pytest.mark.parametrize(
    "written", ["", "soon", "12:30", "April 3", "31/02/2025", "2025-13-01", "2025/25/04", "45678", "9" * 14]
)
def test_what_is_no_date_is_refused(written: str) -> None:
    with pytest.raises((ValueError, OverflowError)):
        to_moment(written, day_first=True)
