"""What happened to a theme, newest on top."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard.components.text import escape
from dashboard.words import counted, day
from insights.theme import LineageStep


def told(step: LineageStep) -> str:
    """Return one step in words."""
    other = f"“{step.other_name}”" if step.other_name else f"theme {step.other_theme}" if step.other_theme else ""
    match step.event:
        case "created":
            return "First gathered"
        case "merged":
            return f"Joined: {other}" if other else "Joined with another theme"
        case "split":
            return f"Split off: {other}" if other else "Split"
        case "renamed":
            return f"Renamed, was {other}" if other else "Renamed"
        case "retired":
            return "Retired"
        case "undone":
            return f"Undone: {other}" if other else "Last change undone"
        case _:
            return step.event.capitalize()


def history(steps: Sequence[LineageStep], today: date) -> str:
    """The steps as a list; who did it and why under each."""
    items = []
    for step in sorted(steps, key=lambda one: one.at, reverse=True):
        moved = f"{counted(step.moved, 'signal')} moved" if step.moved else ""
        facts = (day(step.at.date(), today), step.who, moved, f"“{step.why}”" if step.why else "")
        small = " · ".join(escape(fact) for fact in facts if fact)
        items.append(f"<li><b>{escape(told(step))}</b><small>{small}</small></li>")
    return f'<ol class="log">{"".join(items)}</ol>'
