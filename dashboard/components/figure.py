"""A figure in a strip: the number, and what it counts."""

from __future__ import annotations

from dashboard.components.text import escape, plain


def figure(value: str, what: str) -> str:
    """A figure with nothing behind it to open."""
    return f'<p class="stat"><b>{escape(value)}</b>{escape(what)}</p>'


def figure_label(value: str, what: str) -> str:
    """The label of a link that is a figure: Markdown, so both parts are made plain."""
    return f"**{plain(value)}** {plain(what)}"
