"""What became of somebody's notes, in one sentence, the same on the desk, in a message and in the digest."""

from __future__ import annotations

from datetime import date

from insights.listening.echo import Echo


def sentence(echo: Echo, today: date) -> str:
    """Return "Your 7 notes: accepted by Payments, change due 12 January."."""
    notes = "Your note" if echo.notes == 1 else f"Your {echo.notes} notes"
    return f"{notes}: {_fate(echo, today)}."


def day(value: date, today: date) -> str:
    """Return "12 January"; the year only when it is not this one."""
    return f"{value.day} {value:%B}" + ("" if value.year == today.year else f" {value.year}")


def _fate(echo: Echo, today: date) -> str:
    by = f" by {echo.team}" if echo.team else ""
    until = day(echo.due, today) if echo.due else ""
    match echo.event:
        case "accepted":
            return f"accepted{by}, change due {until}"
        case "declined":
            return f"declined{by}"
        case "need evidence":
            return f"{echo.team or 'the owner'} needs evidence and looks again on {until}"
        case "tried before":
            return f"tried before, says {echo.team}" if echo.team else "tried before"
        case "shipped":
            return f"the change is out, says {echo.team}" if echo.team else "the change is out"
        case "closed":
            return f"closed{by}"
        case "act":
            return f"the weekly review decided to act{by}{f', until {until}' if until else ''}"
        case "try an experiment":
            return f"the weekly review decided to try something out{by}{f', until {until}' if until else ''}"
        case "wait for evidence":
            return f"the weekly review waits for more evidence{f' and looks again on {until}' if until else ''}"
        case "decline":
            return "the weekly review declined it"
        case "merged":
            return "joined with another theme that says the same"
        case _:
            return echo.event
