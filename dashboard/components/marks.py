"""The small marks of a row: kind, sparkline, severity, share."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.components.text import escape
from dashboard.words import KINDS, kind_word, part

SPARK_HEIGHT = 26


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


def share(value: str, some: int, whole: int) -> str:
    """One line of a split: the value, a dot on a line from none to all, and the number."""
    at = 100 * some / whole if whole else 0
    return (
        f'<div class="bar"><span>{escape(value)}</span><span class="tr" aria-hidden="true">'
        f'<em style="width:{at:.1f}%"></em><u style="left:{at:.1f}%"></u></span>'
        f"<small>{escape(part(some, whole))}</small></div>"
    )
