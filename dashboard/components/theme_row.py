"""One line of the ranked list of themes."""

from __future__ import annotations

from datetime import date

from dashboard.components.change import change_chip
from dashboard.components.marks import kind_badge, severity, spark
from dashboard.components.owned import answer_cell, owner_chip
from dashboard.components.text import escape
from dashboard.words import counted, number
from insights.board.owned import Owned
from insights.board.ranking import Group, Rank, ThemeRow
from insights.listening.ownership import ASKING

COLUMNS = ("Theme", "Customers", "12 weeks", "Change in 4 weeks", "Severity", "Owner", "Answer")
_RANKED_BY = {Rank.CUSTOMERS: "Customers", Rank.GROWTH: "Change in 4 weeks", Rank.SEVERITY: "Severity"}


def list_head(rank: Rank) -> str:
    """The names of the columns; an arrow marks the one the list is ranked by."""
    cells = (
        f'<span class="{"rt" if name == "Customers" else ""}">{name}{" ↓" if name == _RANKED_BY.get(rank) else ""}</span>'
        for name in COLUMNS
    )
    return f'<div class="hdr">{"".join(cells)}</div>'


def theme_row(theme: ThemeRow, owned: Owned, today: date) -> str:
    """Name and kind, customers over notes, twelve weeks, change, severity; owner and answer of what asks for one."""
    asks = theme.kind in ASKING
    owner = f'<div class="ow">{owner_chip(owned)}</div>' if asks else '<div class="ow none"></div>'
    answer = f'<div class="an">{answer_cell(owned, today) if asks else ""}</div>'
    state = "Emerging" if theme.emerging else "Faded" if theme.faded else "New" if theme.is_new else ""
    tag = f'<span class="newt">{state}</span>' if state else ""
    places = '<span class="dotsep">·</span>'.join(
        f"<span>{escape(place)}</span>" for place in (theme.parent, theme.product) if place
    )
    return (
        f'<div class="row"><div class="t1"><div class="t">{escape(theme.name)}</div>'
        f'<div class="m">{kind_badge(theme.kind)}{tag}{places}'
        f'<span class="mob num">{counted(theme.customers, "customer")}</span></div></div>'
        f'<div class="n rt"><b>{number(theme.customers)}</b><small>{counted(theme.notes, "note")}</small></div>'
        f'<div class="sp">{spark(theme.weeks)}</div><div class="cg">{change_chip(theme.change)}</div>'
        f'<div class="sv">{severity(theme.severity)}</div>{owner}{answer}</div>'
    )


def group_row(name: str, group: Group) -> str:
    """The line above the themes of a parent: its name, and all its customers and notes together."""
    return (
        f'<div class="row grp"><div class="t1"><div class="t">{escape(name)}</div>'
        f'<div class="m"><span>{counted(group.themes, "theme")}</span>'
        f'<span class="mob num">{counted(group.customers, "customer")}</span></div></div>'
        f'<div class="n rt"><b>{number(group.customers)}</b><small>{counted(group.notes, "note")}</small></div></div>'
    )
