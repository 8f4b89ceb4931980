"""What weekly reviews decided about one theme, newest on top."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard.components.text import escape
from dashboard.words import day, short_day
from insights.review.minutes import VERDICTS
from insights.review.of_theme import Place


def reviewed_log(places: Sequence[Place], today: date) -> str:
    """One entry per review: what was decided on which day by whom, who does it until when, and why."""
    return f'<ol class="log">{"".join(f"<li>{_place(one, today)}</li>" for one in places)}</ol>'


def _place(one: Place, today: date) -> str:
    decision = one.decision
    if decision is None:
        state = "Not decided" if one.closed else "On the agenda"
        return f"<b>{state}</b><small>Review, week of {short_day(one.week, today)}</small>"
    due = f"by {day(decision.due, today)}" if decision.due else ""
    facts = (f"decided on {day(decision.at.date(), today)} by {decision.who}", decision.owner, due)
    small = " · ".join(escape(fact) for fact in facts if fact)
    reason = f"<small>“{escape(decision.reason)}”</small>" if decision.reason else ""
    return f"<b>{escape(VERDICTS[decision.verdict])}</b><small>{small}</small>{reason}"
