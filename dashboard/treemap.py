"""The map of themes, as an option of ECharts."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.palette import GLYPHS, Palette, palette
from insights.board.ranking import ThemeRow

SMALLEST_LABEL = 0.008
"""A tile under this part of the map has no room for its name; the tooltip and the table have it."""


def grouped(rows: Sequence[ThemeRow]) -> dict[str, list[ThemeRow]]:
    """Return themes by the theme above them, else by product."""
    groups: dict[str, list[ThemeRow]] = {}
    for row in rows:
        groups.setdefault(row.parent or row.product or "Other", []).append(row)
    return groups


def tiles(rows: Sequence[ThemeRow]) -> list[ThemeRow | None]:
    """Return what stands at each index of the map: ECharts counts the whole first, then each group and its themes."""
    found: list[ThemeRow | None] = [None]
    for members in grouped(rows).values():
        found += [None, *members]
    return found


def treemap(rows: Sequence[ThemeRow], *, dark: bool) -> dict[str, object]:
    """Return the ECharts option of the map: groups, and in them themes as large as their customers are many."""
    colours = palette(dark=dark)
    whole = sum(row.customers for row in rows) or 1
    data = [
        {"name": group, "children": [_tile(row, whole, colours) for row in members]}
        for group, members in grouped(rows).items()
    ]
    label = {"color": colours.ink, "fontFamily": "Inter", "overflow": "break"}
    return {
        "animation": False,
        "tooltip": {"formatter": "{b}: {c} customers"},
        "series": [
            {
                "type": "treemap",
                "roam": False,
                "nodeClick": False,
                "selectedMode": "single",
                "breadcrumb": {"show": False},
                "left": 0,
                "right": 0,
                "top": -2,
                "bottom": 0,
                "visibleMin": 300,
                "label": {**label, "position": "insideTopLeft", "padding": 8, "fontSize": 13, "lineHeight": 18},
                "upperLabel": {
                    **label,
                    "overflow": "truncate",
                    "show": True,
                    "height": 22,
                    "fontSize": 12,
                    "fontWeight": 600,
                },
                "levels": [
                    {"itemStyle": {"borderColor": colours.page, "gapWidth": 6}},
                    {"itemStyle": {"borderColor": colours.page, "borderWidth": 0, "gapWidth": 2}},
                ],
                "data": data,
            }
        ],
    }


def _tile(row: ThemeRow, whole: int, colours: Palette) -> dict[str, object]:
    fill, border = colours.tiles.get(row.kind, (colours.page, colours.bar))
    return {
        "name": row.name,
        "value": max(1, row.customers),
        "itemStyle": {"color": fill, "borderColor": border, "borderWidth": 1},
        "label": {
            "show": row.customers / whole > SMALLEST_LABEL,
            "formatter": f"{GLYPHS.get(row.kind, '■')}  {{b}}\n{{c}} customers",
        },
    }
