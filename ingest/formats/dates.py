"""Dates as people export them. A column has one order of day and month, found by reading the whole of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from dateutil import parser

_EPOCH = re.compile(r"\d{10}(\d{3})?(\.\d+)?")
_NUMERIC = re.compile(
    r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?)?"
)
_YEAR_FIRST = re.compile(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})(?=$|[ T,])")


def day_comes_first(values: Iterable[str]) -> bool:
    """Tell whether 03/04/2025 means 3 April in a column: true if any first number is over 12, or dots part them."""
    month_first = False
    for value in values:
        found = _NUMERIC.match(value.strip())
        if not found:
            continue
        if int(found[1]) > 12 or "." in value[:6]:
            return True
        month_first = month_first or int(found[2]) > 12
    return not month_first


def to_moment(value: str, *, day_first: bool) -> datetime:
    """Return a date and time as UTC; without a zone it is taken as UTC. Raises ValueError with the value's shape."""
    text = value.strip()
    if _EPOCH.fullmatch(text):
        seconds = float(text)
        return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
    numeric = _NUMERIC.fullmatch(text)
    if numeric:
        first, second, year, hour, minute, second_of, half = numeric.groups()
        day, month = (first, second) if day_first else (second, first)
        full_year = int(year) + (2000 if len(year) == 2 else 0)
        hours = int(hour or 0)
        if half:
            hours = hours % 12 + (12 if half.lower() == "pm" else 0)
        return datetime(full_year, int(month), int(day), hours, int(minute or 0), int(second_of or 0), tzinfo=UTC)
    text = _YEAR_FIRST.sub(_as_iso, text)
    try:
        moment = datetime.fromisoformat(text.replace(" UTC", "+00:00"))
    except ValueError:
        moment = _written_out(text, day_first and not _YEAR_FIRST.match(text))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _as_iso(found: re.Match[str]) -> str:
    """After the year comes the month, always: 2025/4/3 is 3 April. Raises ValueError for a month or day there is not."""
    year, month, day = map(int, found.groups())
    return datetime(year, month, day).date().isoformat()


def _written_out(text: str, day_first: bool) -> datetime:
    """Read "3 April 2025, 2 pm" and the like; a text without a year is no date."""
    try:
        moment: datetime = parser.parse(text, dayfirst=day_first, default=datetime(1, 1, 1))
    except (parser.ParserError, OverflowError):
        moment = datetime(1, 1, 1)
    if moment.year == 1:
        raise ValueError(
            "not a date like 2025-04-03, 2025-04-03T14:05:00Z, 03/04/2025, 3 April 2025 or seconds since 1970"
        )
    return moment
