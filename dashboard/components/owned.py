"""Who owns a theme and how its answer stands, for a line of a list."""

from __future__ import annotations

from datetime import date

from dashboard.components.listening import STATES, answer_chip, owner_square
from dashboard.components.text import escape
from dashboard.words import counted, day
from insights.board.owned import Owned

NOBODYS = Owned()


def owner_chip(owned: Owned) -> str:
    """Two letters in a square and the team's name, or that it is nobody's yet."""
    return f"{owner_square(owned.team)}<span>{escape(owned.team or 'Nobody yet')}</span>"


def answer_cell(owned: Owned, today: date) -> str:
    """How the answer stands, and until when; empty while the theme has asked for none."""
    if owned.state is None:
        return ""
    due = due_words(owned, today)
    late = ' class="late"' if owned.late else ""
    return answer_chip(owned.state) + (f"<small{late}>{escape(due)}</small>" if due else "")


def answer_words(owned: Owned, today: date) -> str:
    """The same as one piece of text."""
    if owned.state is None:
        return "–"
    return " ".join(part for part in (STATES[owned.state][1], due_words(owned, today)) if part)


def due_words(owned: Owned, today: date) -> str:
    """Return "6 days late", "by Fri 27 Nov", or nothing."""
    if owned.late:
        return f"{counted(owned.late, 'day')} late"
    return f"by {day(owned.due, today)}" if owned.due else ""
