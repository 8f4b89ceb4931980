"""What became of somebody's notes, and what agents said of an answer."""

from __future__ import annotations

from datetime import datetime

from dashboard.components.text import escape
from dashboard.words import ago, counted
from insights.listening.echo import Echo
from insights.listening.echo_words import sentence
from insights.listening.say import Say

STEPS = {5: "It fits", 4: "Mostly", 3: "Half", 2: "Hardly", 1: "Not at all"}
"""The five steps of the say, as buttons name them."""


def echo_item(echo: Echo, now: datetime) -> str:
    """One echo: the theme, what became of the notes, the team's reason. New ones have an accent and say so."""
    new = "" if echo.read else " new"
    reason = f"<br><q>{escape(echo.reason)}</q>" if echo.reason else ""
    change = f"<small>What will change: {escape(echo.change)}</small>" if echo.change else ""
    state = "new · " if not echo.read else ""
    return (
        f'<div class="echo{new}"><b>{escape(echo.theme)}</b><br>{escape(sentence(echo, now.date()))}{reason}{change}'
        f"<small>{state}{ago(echo.at, now)}</small></div>"
    )


def say_words(shown: Say) -> str:
    """What is shown of the votes on one answer."""
    if shown.mean is None:
        return "What agents say of this answer is shown from 3 raters on."
    return f"Agents say {shown.mean:.1f} of 5, {counted(shown.raters, 'rater')}."
