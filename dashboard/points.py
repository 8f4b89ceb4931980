"""The map of notes, as an option of ECharts: one series a theme, so that a selection names its notes."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.charts import shortened
from dashboard.components.table import table
from dashboard.palette import GLYPHS, palette
from dashboard.words import kind_word, number
from insights.board.atlas import Atlas, Region

NAMED = 14
"""Themes whose names stand on the map, the largest."""
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
TITLES = {"rect": "Mark a rectangle", "polygon": "Mark by hand", "clear": "Clear"}
SHAPES = {"pain": "triangle", "suggestion": "rect", "job": "diamond", "praise": "circle"}


def scatter(found: Atlas, *, dark: bool) -> dict[str, object]:
    """Return the option: points in the colour of their theme and the shape of its kind, the largest themes named."""
    colours = palette(dark=dark)
    axis = {"type": "value", "min": -0.04, "max": 1.06, "show": False}
    return {
        "animation": False,
        "grid": {"left": 4, "right": 4, "top": 34, "bottom": 4},
        "tooltip": {"trigger": "item", "formatter": "{a}"},
        "toolbox": {"feature": {"brush": {"title": TITLES}}, "iconStyle": {"borderColor": colours.label}},
        "brush": {"toolbox": ["rect", "polygon", "clear"], "xAxisIndex": 0, "throttleType": "debounce", "throttleDelay": 300},
        "xAxis": axis,
        "yAxis": axis,
        "series": [_series(region, at, colours.ink, colours.page) for at, region in enumerate(found.regions)],
    }  # fmt: skip


def chosen(found: Atlas, selected: Sequence[dict[str, object]]) -> list[int]:
    """Return the signals that a selection on the map names."""
    ids: list[int] = []
    for one in selected:
        series, indices = one.get("series_index"), one.get("data_indices")
        if isinstance(series, int) and 0 <= series < len(found.regions) and isinstance(indices, list):
            region = found.regions[series]
            ids += [int(region.ids[index]) for index in indices if isinstance(index, int) and index < len(region.ids)]
    return ids


def table_of(found: Atlas) -> str:
    """Return the same as a table: how many points each theme has."""
    rows = [(region.name, kind_word(region.kind), number(len(region.ids))) for region in found.regions[:100]]
    return table("Themes on the map", ("Theme", "Kind", "Points"), rows, right=frozenset({2}))


def _series(region: Region, at: int, ink: str, page: str) -> dict[str, object]:
    data: list[object] = [[round(float(x), 4), round(float(y), 4)] for x, y in region.places]
    named: dict[str, object] = {}
    if at < NAMED:
        middle, top = region.places[:, 0].mean(), region.places[:, 1].max()
        label = {
            "show": True, "formatter": f"{GLYPHS.get(region.kind, '■')} {shortened(region.name, 30)}", "color": ink, "fontSize": 11.5,
            "fontFamily": "Inter", "textBorderColor": page, "textBorderWidth": 3, "position": "top",
            "align": "left" if middle < 0.2 else "right" if middle > 0.8 else "center",
        }  # fmt: skip
        point = {"coord": [round(float(middle), 4), round(float(top), 4)], "symbolSize": 1}
        named = {"markPoint": {"symbol": "circle", "silent": True, "label": label, "data": [point]}}
    return {
        "type": "scatter",
        "name": region.name,
        "data": data,
        "symbol": SHAPES.get(region.kind, "circle"),
        "symbolSize": 5 if len(region.ids) > 300 else 6,
        "selectedMode": "multiple",
        "itemStyle": {"color": COLOURS[at % len(COLOURS)], "opacity": 0.75},
        "z": 2,
        **named,
    }
