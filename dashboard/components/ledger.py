"""The entries of the ledger about a theme, newest on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from dashboard.components.text import escape
from dashboard.words import day
from insights.listening.ledger import Entry, Event
from insights.themes.lineage import MACHINE


def told(entry: Entry, teams: Mapping[int, str], today: date) -> str:
    """Return one entry in words."""
    team = teams.get(entry.team_id or 0, "nobody")
    until = f" by {day(entry.due, today)}" if entry.due else ""
    match entry.event:
        case Event.ASKED:
            return f"{team} was asked for an answer{until}"
        case Event.ANSWERED:
            promised = f": “{entry.change}”{until}" if entry.change else f", looks again{until}" if entry.due else ""
            return f"{team} answered: {entry.answer}{promised}"
        case Event.SHIPPED:
            return f"{team} says the change is out"
        case Event.PASSED:
            return f"Passed on to {team}"
        case Event.CLOSED:
            return "Closed"
        case Event.MERGED:
            return f"Joined with theme {entry.facts.get('into')}"
        case Event.PARTED:
            return "Taken apart again"
        case Event.EVIDENCE:
            return "An agent answered the team’s question"
        case Event.DECIDED:
            owner = f", {entry.facts['owner']}" if entry.facts["owner"] else ""
            return f"The weekly review decided: {entry.answer}{owner}{until}"


def ledger_log(entries: Sequence[Entry], teams: Mapping[int, str], today: date) -> str:
    """The entries as a list; reason, day, who and number under each."""
    items = []
    for entry in sorted(entries, key=lambda one: -one.number):
        who = "Earshot" if entry.who == MACHINE else entry.who
        facts = (
            f"“{entry.reason}”" if entry.reason else "",
            day(entry.at.date(), today),
            who,
            f"entry {entry.number}",
        )
        small = " · ".join(escape(fact) for fact in facts if fact)
        items.append(f"<li><b>{escape(told(entry, teams, today))}</b><small>{small}</small></li>")
    return f'<ol class="log">{"".join(items)}</ol>'
