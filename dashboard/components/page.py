"""The parts every page shares: its head, its headings, its notices."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.components.text import escape

DOT = " &nbsp;·&nbsp; "


def head(title: str, facts: Sequence[str] = (), badge: str = "") -> str:
    """The one H1 of a page and the grey line under it. ``badge`` is HTML from another component."""
    line = DOT.join(escape(fact) for fact in facts)
    under = f'<p class="sub">{badge}{" &nbsp; " if badge and line else ""}{line}</p>' if badge or line else ""
    return f'<h1 class="h1">{escape(title)}</h1>{under}'


def heading(title: str, note: str = "") -> str:
    """An H2 with a grey remark."""
    return f'<h2 class="h2">{escape(title)}<small>{escape(note)}</small></h2>'


def line(facts: Sequence[str]) -> str:
    """One grey line."""
    return f'<p class="sub">{DOT.join(escape(fact) for fact in facts)}</p>'


def empty(title: str, text: str) -> str:
    """Nothing to show: what is so, and what was looked at."""
    return f'<div class="empty" role="status"><b>{escape(title)}</b>{escape(text)}</div>'


def trouble(title: str, text: str, mend: str) -> str:
    """Something failed: what cannot be done, what is not lost, and what mends it."""
    return (
        f'<div class="empty err" role="alert"><b>{escape(title)}</b>{escape(text)}<small>{escape(mend)}</small></div>'
    )


def too_few(least: int, what: str) -> str:
    """Words or figures are kept back, because a single customer could be recognised."""
    text = "Their words and figures are for the care team, so that nobody can be recognised."
    return empty(f"Fewer than {least} customers {what}", text)


def notice(text: str) -> str:
    """One plain sentence about what was done with the reader's link."""
    return f'<p class="notice" role="status">{escape(text)}</p>'


def last_note(text: str, *, fresh: bool) -> str:
    """The foot of the sidebar."""
    return f'<p class="foot"><i class="dot{"" if fresh else " off"}"></i>{escape(text)}</p>'
