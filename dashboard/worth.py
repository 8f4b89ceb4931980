"""What is worth doing: pains by importance and satisfaction, as Ulwick's opportunity score weighs them.

Both are estimated from notes: importance from how many customers speak of it, satisfaction from how severe it is to them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.components.table import table
from dashboard.palette import palette
from dashboard.words import number
from insights.board.ranking import ThemeRow

BANDS = {10: "worth a look", 12: "good", 15: "outstanding"}
"""Scores from which on an opportunity is called so."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A theme with its place, both from 0 to 10, and its score: importance plus what satisfaction leaves wanting."""

    theme: ThemeRow
    importance: float
    satisfaction: float

    @property
    def score(self) -> float:
        return self.importance + max(0.0, self.importance - self.satisfaction)


def judged(rows: Sequence[ThemeRow]) -> list[Judged]:
    """Return the themes whose severity is known, the best opportunity first."""
    most = max((row.customers for row in rows), default=1)
    found = [
        Judged(row, 10 * math.log1p(row.customers) / math.log1p(most), 10 - 2 * row.severity)
        for row in rows
        if row.severity
    ]
    return sorted(found, key=lambda one: (-one.score, one.theme.id))


def scatter(drawn: Sequence[Judged], *, dark: bool) -> dict[str, object]:
    """Return the ECharts option: dots as large as their customers are many, dashed lines where a better band begins."""
    colours = palette(dark=dark)
    most = max(one.theme.customers for one in drawn)
    axis = {
        "type": "value", "min": 0, "max": 10.4, "interval": 2, "nameLocation": "middle", "splitLine": {"show": False},
        "nameTextStyle": {"color": colours.label, "fontSize": 12}, "axisLabel": {"color": colours.label, "showMaxLabel": False},
        "axisLine": {"show": True, "lineStyle": {"color": colours.bar}},
    }  # fmt: skip
    fill, border = colours.tiles["pain"]
    dots = [
        {
            "value": [round(one.importance, 2), round(min(9.8, max(0.3, one.satisfaction + _aside(at))), 2)],
            "name": one.theme.name,
            "symbolSize": 8 + 26 * math.sqrt(one.theme.customers / most),
            "label": {"show": at < 8, "position": "bottom" if at % 2 and one.satisfaction > 1 else "top"},
        }
        for at, one in enumerate(drawn)
    ]
    bands = [
        {
            "type": "line", "silent": True, "symbol": "none", "data": _line(score), "lineStyle": {"type": "dashed", "width": 1, "color": colours.bar},
            "endLabel": {"show": True, "formatter": name, "color": colours.label, "fontSize": 11},
        }
        for score, name in BANDS.items()
    ]  # fmt: skip
    return {
        "animation": False,
        "grid": {"left": 46, "right": 90, "top": 14, "bottom": 44},
        "tooltip": {"trigger": "item", "formatter": "{b}"},
        "xAxis": {**axis, "name": "Importance, estimated from notes", "nameGap": 26},
        "yAxis": {**axis, "name": "Satisfaction, estimated from notes", "nameGap": 28},
        "series": [
            {
                "type": "scatter", "selectedMode": "single", "data": dots,
                "itemStyle": {"color": fill, "borderColor": border, "borderWidth": 1.2},
                "labelLayout": {"hideOverlap": True},
                "label": {
                    "formatter": "{b}", "color": colours.ink, "fontSize": 11.5, "width": 190,
                    "overflow": "truncate", "fontFamily": "Inter",
                },
            },
            *bands,
        ],
    }  # fmt: skip


def table_of(drawn: Sequence[Judged]) -> str:
    """Return the same as a table."""
    rows = [
        (
            one.theme.name,
            number(one.theme.customers),
            f"{one.importance:.1f}",
            f"{one.satisfaction:.0f}",
            f"{one.score:.1f}",
        )
        for one in drawn
    ]
    columns = ("Theme", "Customers", "Importance", "Satisfaction", "Score")
    return table("Pains by opportunity score", columns, rows, right=frozenset({1, 2, 3, 4}))


def _line(score: int) -> list[list[float]]:
    """Where importance and satisfaction give a score: 2 I - S = score below the diagonal, I = score above it."""
    points = [[(score + satisfaction) / 2, satisfaction] for satisfaction in (0.0, 2.5, 5.0, 7.5, 10.0)]
    return [[round(x, 2), y] for x, y in points if x <= 10 and y <= x]


def _aside(at: int) -> float:
    """Severities are whole steps: dots on one step stand a little apart, or they would hide each other."""
    return ((at * 7) % 9 - 4) * 0.09
