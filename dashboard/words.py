"""Numbers and times as the board says them: plain English, units always, a true minus sign."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

KINDS = {
    "pain": ("Pain", "pain", "pains"),
    "suggestion": ("Suggestion", "suggestion", "suggestions"),
    "job": ("Job", "job", "jobs"),
    "praise": ("Praise", "praise", "praise"),
    "compensation": ("Compensation", "compensation", "compensations"),
    "handoff": ("Hand-off", "hand-off", "hand-offs"),
}

SPEAKERS = {"customer": "Customer", "agent": "Agent", "note": "Agent's note"}


def kind_word(kind: str) -> str:
    """Return the word for a kind; a kind this version does not know is shown as it is written."""
    return KINDS[kind][0] if kind in KINDS else kind.capitalize()


def kind_place(kind: str) -> int:
    """Return where a kind stands when kinds are told one after the other."""
    return list(KINDS).index(kind) if kind in KINDS else len(KINDS)


def number(value: int) -> str:
    return f"{value:,}".replace("-", "−")


def counted(value: int, one: str, many: str = "") -> str:
    """Return "1 note", "4,812 notes"."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def few(value: int, least: int) -> str:
    """Return a number of customers as it may be told: "fewer than 5" for one to four when ``least`` is 5."""
    return f"fewer than {least}" if 0 < value < least else number(value)


def few_customers(value: int, least: int) -> str:
    """Return "1 customer", "312 customers", or "fewer than 5 customers"."""
    return f"fewer than {least} customers" if 0 < value < least else counted(value, "customer")


def day(value: date, today: date) -> str:
    """Return "Thu 19 Nov"; the year only when it is not this one."""
    return f"{value:%a} {short_day(value, today)}"


def short_day(value: date, today: date) -> str:
    """Return "19 Nov"; the year only when it is not this one."""
    return f"{value.day} {value:%b}" + ("" if value.year == today.year else f" {value.year}")


def long_day(value: date, today: date) -> str:
    """Return "Sunday 22 November"; the year only when it is not this one."""
    return f"{value:%A} {value.day} {value:%B}" + ("" if value.year == today.year else f" {value.year}")


def ago(moment: datetime, now: datetime) -> str:
    """Return "2 min ago", "3 hours ago", then the day. A moment ahead of the clock is "just now"."""
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    passed = now - moment
    if passed < timedelta(seconds=50):
        return "just now"
    if passed < timedelta(minutes=60):
        return f"{max(1, round(passed.total_seconds() / 60))} min ago"
    if passed < timedelta(hours=24):
        return f"{counted(round(passed.total_seconds() / 3600), 'hour')} ago"
    return day(moment.date(), now.date())


def part(some: int, whole: int) -> str:
    """Return "33 %", or "4 of 8" while the whole is too small for a percentage to mean anything."""
    return f"{some} of {whole}" if whole < 50 else f"{round(100 * some / whole)} %"


REASONS = {
    "empty": "nothing in it",
    "too_large": "too large",
    "not_utf8": "not UTF-8 text",
    "not_json": "not JSON",
    "too_deep": "nested too deep",
    "duplicate_key": "a field given twice",
    "not_an_object": "not a JSON object",
    "unknown_version": "a newer format",
    "missing_field": "a field is missing",
    "bad_value": "a value is wrong",
    "no_words": "no words in it",
    "bad_row": "a broken row",
    "redaction_failed": "personal data could not be removed",
    "analysis_failed": "could not be understood",
    "analysis_timeout": "took too long",
    "store_refused": "refused by the store",
}


def reason_words(reason: str) -> str:
    """Return why a record was set aside; a code this version does not know is shown as it is written."""
    return REASONS.get(reason, reason.replace("_", " "))
