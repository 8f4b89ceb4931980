"""The small marks of a row: kind, sparkline, severity, share."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.components.text import escape
from dashboard.words import KINDS, kind_word
from insights.board.theme import Affected

SPARK_HEIGHT = 26
FEWEST = 8
"""Customers of a value below which its interval would fill the line."""


def kind_badge(kind: str) -> str:
    """A kind as shape, colour and word."""
    css = f" k-{kind}" if kind in KINDS else ""
    return f'<span class="k{css}"><i></i>{escape(kind_word(kind))}</span>'


def spark(counts: Sequence[int], what: str = "Notes a week") -> str:
    """Bars from zero, the last one (the latest full week) accented."""
    top = max(counts, default=0) or 1
    bars = "".join(f'<i style="height:{max(2, round(SPARK_HEIGHT * count / top))}px"></i>' for count in counts)
    said = f"{what}, {len(counts)} full weeks: {', '.join(str(count) for count in counts)}"
    return f'<span class="spark" role="img" aria-label="{escape(said)}">{bars}</span>'


def severity(level: int) -> str:
    """Five blocks; a dash when nothing is known."""
    if level < 1:
        return '<span class="none">–</span>'
    blocks = "".join('<i class="on"></i>' if block < level else "<i></i>" for block in range(5))
    return f'<span class="sev" role="img" aria-label="Severity {min(level, 5)} of 5">{blocks}</span>'


def affected_row(one: Affected, whole: float, top: float) -> str:
    """One value: a dot at the share of its customers, its interval, and a line where everyone stands."""
    at, low, high, line = (min(100.0, 100 * part / top) for part in (one.share, one.low, one.high, whole))
    told = f"{one.customers:,} of {one.everyone:,}" if one.customers else f"none of {one.everyone:,}"
    way = "more" if one.low > whole else "less" if one.high < whole else ""
    sure = one.everyone >= FEWEST
    picture = (
        f'<em style="left:{low:.1f}%;width:{max(0.5, high - low):.1f}%"></em><u style="left:{at:.1f}%"></u>'
        if sure
        else ""
    )
    return (
        f'<div class="aff"><span>{escape(one.value)}</span><span class="tr" aria-hidden="true">'
        f'<s style="left:{line:.1f}%"></s>{picture}</span>'
        f"<small>{told}</small><i>{way if sure else ''}</i></div>"
    )
