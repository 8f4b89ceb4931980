"""A small plain table."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.components.text import escape


def table(
    caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset()
) -> str:
    """Rows of text; ``right`` holds the columns that are numbers. ``caption`` is read aloud, not shown."""
    heads = "".join(f'<th scope="col"{_side(at, right)}>{escape(name)}</th>' for at, name in enumerate(columns))
    lines = "".join(
        f"<tr>{''.join(_cell(name, cell, _side(at, right)) for at, (name, cell) in enumerate(zip(columns, row, strict=True)))}</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll"><table class="tab"><caption class="vh">{escape(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _cell(column: str, text: str, side: str) -> str:
    """A cell knows its column, for narrow screens, where the heads are gone."""
    return f'<td{side} data-column="{escape(column)}">{escape(text)}</td>'


def _side(at: int, right: frozenset[int]) -> str:
    return ' class="rt"' if at in right else ""
