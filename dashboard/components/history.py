"""What happened to a theme, newest on top."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from dashboard.components.text import escape
from dashboard.words import counted, day
from insights.board.theme import LineageStep

SHOWN = 12


def told(step: LineageStep) -> str:
    """Return one step in words."""
    other = f"“{step.other_name}”" if step.other_name else f"theme {step.other_theme}" if step.other_theme else ""
    match step.event:
        case "created":
            return "First gathered"
        case "grown":
            return "Grew"
        case "merged":
            return f"Joined: {other}" if other else "Joined with another theme"
        case "split":
            return f"Split off: {other}" if other else "Split"
        case "emerged":
            return "Began to emerge"
        case "confirmed":
            return "Confirmed as a theme"
        case "faded":
            return "Faded: not heard for long"
        case "returned":
            return "Heard again"
        case "renamed":
            return f"Renamed, was {other}" if other else "Renamed"
        case "retired":
            return "Retired"
        case "undone":
            return f"Undone: {other}" if other else "Last change undone"
        case _:
            return step.event.capitalize()


def history(steps: Sequence[LineageStep], today: date) -> str:
    """The steps as a list; who did it and why under each. Growing from week to week is one line, not many."""
    items = []
    for step in list(_gathered(steps))[:SHOWN]:
        moved = (
            f"{counted(step.moved, 'signal')} {'joined' if step.event == 'grown' else 'moved'}" if step.moved else ""
        )
        who = "Earshot" if step.who == "machine" else step.who
        facts = (day(step.at.date(), today), who, moved, f"“{step.why}”" if step.why else "")
        small = " · ".join(escape(fact) for fact in facts if fact)
        items.append(f"<li><b>{escape(told(step))}</b><small>{small}</small></li>")
    return f'<ol class="log">{"".join(items)}</ol>'


def _gathered(steps: Sequence[LineageStep]) -> Iterator[LineageStep]:
    told_of = (step for step in steps if step.event != "arranged")  # its place in the tree is in the crumb
    newest_first = sorted(told_of, key=lambda one: one.at, reverse=True)
    for growing, together in groupby(newest_first, key=lambda one: one.event == "grown"):
        run = list(together)
        if growing:
            yield replace(run[0], moved=sum(step.moved for step in run), why=run[0].why if len(run) == 1 else "")
        else:
            yield from run
