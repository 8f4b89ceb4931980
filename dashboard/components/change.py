"""The change chip: never more certain than its interval."""

from __future__ import annotations

from math import log

from dashboard.components.text import escape
from dashboard.words import few
from insights.board.ranking import Change

STEADY = 0.15
WIDEST = 6.0


def change_words(change: Change) -> str:
    """Return the change as the board says it: a number only when the interval leaves out "no change"."""
    if not change.recent and not change.before:
        return "not heard lately"
    if change.clear:
        if not change.before:
            return f"from 0 to {few(change.recent, change.fewer_than)}"
        return _step(change.ratio, times=_in_times(change))
    if abs(change.ratio - 1) < STEADY:
        return "steady"
    return "maybe up" if change.ratio > 1 else "maybe down"


def interval_words(change: Change) -> str:
    """Return the interval, "+74 to +220 %" or "×1.9 to ×5.5"; empty when there is nothing to compare with."""
    if not change.before:
        return ""
    times = _in_times(change)
    low, high = _step(change.low, times=times), _step(change.high, times=times)
    return f"{low.removesuffix(' %')} to {high}"


def change_sentence(change: Change) -> str:
    """Return the whole meaning, for readers who do not see the picture."""
    if not change.recent and not change.before:
        return "Not heard in the last eight full weeks"
    likely = interval_words(change).replace(" to ", " and ")
    return (
        f"{change_words(change)}. {few(change.recent, change.fewer_than)} customers in the last four full weeks, "
        f"{few(change.before, change.fewer_than)} in the four before{f'; likely between {likely}' if likely else ''}"
    )


def change_chip(change: Change) -> str:
    """Words or a bold number, the interval, and a whisker on a log scale from a sixth to six times."""
    way = ("up" if change.low > 1 else "down") if change.clear else "flat"
    arrow = {"up": "↑ ", "down": "↓ ", "flat": ""}[way]
    said = escape(change_sentence(change))
    heard = change.recent or change.before
    left, right, dot = _place(change.low), _place(change.high), _place(change.ratio)
    whisker = (
        f'<span class="whisk" aria-hidden="true"><u style="left:{left:.0f}%;width:{max(3.0, right - left):.0f}%"></u>'
        f'<s style="left:{dot:.0f}%"></s></span>'
        if heard
        else ""
    )
    return (
        f'<span class="chg c-{way}" role="group" title="{said}" aria-label="{said}">'
        f"<em>{arrow}{escape(change_words(change))}</em>"
        f"<small>{escape(interval_words(change).removesuffix(' %'))}</small>{whisker}</span>"
    )


def change_figure(change: Change) -> str:
    """The same as a large figure, with its span in words."""
    arrow = ("↑ " if change.low > 1 else "↓ ") if change.clear else ""
    likely = interval_words(change)
    under = f"{likely} in 4 weeks" if likely else "in 4 weeks"
    return (
        f'<p class="stat" title="{escape(change_sentence(change))}"><b>{arrow}{escape(change_words(change))}</b>'
        f"{escape(under)}</p>"
    )


def _in_times(change: Change) -> bool:
    return change.high >= 4


def _step(ratio: float, *, times: bool) -> str:
    if times:
        return f"×{ratio:.0f}" if ratio >= 10 else f"×{ratio:.1f}".removesuffix(".0")
    return f"{round(100 * (ratio - 1)):+d} %".replace("-", "−")


def _place(ratio: float) -> float:
    return max(2.0, min(98.0, 50 + 50 * log(max(0.01, ratio)) / log(WIDEST)))
