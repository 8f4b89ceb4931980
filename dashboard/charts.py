"""Pictures that need more than a few bars: built from plain rows, coloured for the reader's theme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import altair as alt
import streamlit as st

from dashboard.components.change import change_words, interval_words
from dashboard.components.history import told
from dashboard.words import kind_word, short_day
from insights.board import ThemeRow
from insights.theme import ThemeDetail

if TYPE_CHECKING:
    from streamlit.elements.lib.column_types import ColumnConfig

GLYPHS = {"pain": "▼", "suggestion": "✚", "job": "◆", "praise": "●"}


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of the stylesheet that charts need by value; ``tiles`` are (fill, border) by kind."""

    ink: str
    label: str
    bar: str
    accent: str
    page: str
    tiles: dict[str, tuple[str, str]]


LIGHT = Palette(
    "#1B1D21", "#666C75", "#828C96", "#00609A", "#FFFFFF",
    {"pain": ("#F7EAE5", "#A83A0A"), "suggestion": ("#E3EDF9", "#0A62CC"),
     "job": ("#F0E9F0", "#6E3470"), "praise": ("#E5EDE9", "#14583A")},
)  # fmt: skip
DARK = Palette(
    "#E8E9EB", "#8B929C", "#66717D", "#7CC2F0", "#141518",
    {"pain": ("#40281D", "#F4753C"), "suggestion": ("#1E3049", "#4499FF"),
     "job": ("#37293A", "#C787C8"), "praise": ("#1D3A2E", "#4BD394")},
)  # fmt: skip


def palette(*, dark: bool) -> Palette:
    return DARK if dark else LIGHT


def theme_table(rows: Sequence[ThemeRow]) -> list[dict[str, object]]:
    """Return the ranked list as rows of a table."""
    return [
        {
            "Theme": row.name,
            "Kind": kind_word(row.kind),
            "Group": row.parent or "–",
            "Product": row.product or "–",
            "Customers": row.customers,
            "Notes": row.notes,
            "12 weeks": list(row.weeks),
            "Change in 4 weeks": change_words(row.change),
            "Likely": interval_words(row.change) or "–",
            "Severity": row.severity,
            "First heard": row.first_heard,
        }
        for row in rows
    ]


def theme_columns(*, dark: bool) -> dict[str, ColumnConfig]:
    """Return how the columns of `theme_table` are drawn. Bars start at zero: from the smallest value they lie."""
    column = st.column_config
    return {
        "Theme": column.TextColumn(width=296),
        "12 weeks": column.BarChartColumn(width=106, color=palette(dark=dark).bar, y_min=0),
        "Severity": column.NumberColumn(width=70),
        "First heard": column.DateColumn(format="D MMM YYYY"),
    }


def treemap(rows: Sequence[ThemeRow], *, dark: bool) -> dict[str, object]:
    """Return the ECharts option of the map: groups, and in them themes as large as their customers are many."""
    colours = palette(dark=dark)
    groups: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        fill, border = colours.tiles.get(row.kind, (colours.page, colours.bar))
        groups.setdefault(row.parent or row.product or "Other", []).append(
            {
                "name": row.name,
                "value": max(1, row.customers),
                "itemStyle": {"color": fill, "borderColor": border, "borderWidth": 1},
                "label": {"formatter": f"{GLYPHS.get(row.kind, '■')}  {{b}}\n{{c}} customers"},
            }
        )
    label = {"color": colours.ink, "fontFamily": "Inter", "overflow": "break"}
    return {
        "tooltip": {"formatter": "{b}: {c} customers"},
        "series": [
            {
                "type": "treemap",
                "roam": False,
                "nodeClick": False,
                "breadcrumb": {"show": False},
                "left": 0,
                "right": 0,
                "top": -2,
                "bottom": 0,
                "visibleMin": 300,
                "label": {**label, "position": "insideTopLeft", "padding": 8, "fontSize": 13, "lineHeight": 18},
                "upperLabel": {**label, "show": True, "height": 22, "fontSize": 12, "fontWeight": 600},
                "levels": [
                    {"itemStyle": {"borderColor": colours.page, "gapWidth": 6}},
                    {"itemStyle": {"borderColor": colours.page, "borderWidth": 0, "gapWidth": 2}},
                ],
                "data": [{"name": group, "children": tiles} for group, tiles in groups.items()],
            }
        ],
    }


def trend(found: ThemeDetail, today: date, *, dark: bool) -> alt.LayerChart | alt.FacetChart:
    """Return bars of notes a week from zero: full weeks, the running one paler, and what happened to the theme."""
    colours = palette(dark=dark)
    running = today - timedelta(days=today.weekday())
    weeks = [*((monday, notes, "full") for monday, notes in found.weeks), (running, found.running_week, "running")]
    top = max((notes for _, notes, _ in weeks), default=0) or 1
    names = [short_day(monday, today) for monday, _, _ in weeks]
    last = len(found.weeks) - 1
    bars = [
        {
            "week": name,
            "notes": notes,
            "colour": colours.accent if at == last else colours.bar,
            "opacity": 0.45 if state == "running" else 1.0,
            "said": "so far, the week is still running" if state == "running" else "full week",
        }
        for at, (name, (_, notes, state)) in enumerate(zip(names, weeks, strict=True))
    ]
    x = alt.X(
        "week:O",
        sort=None,
        axis=alt.Axis(
            title=None, labelAngle=0, ticks=False, labelFontSize=11, labelColor=colours.label, domainColor=colours.label
        ),
    )
    layers: list[alt.Chart] = [
        alt.Chart(alt.InlineData(values=bars))
        .mark_bar(size=26, cornerRadiusTopLeft=2, cornerRadiusTopRight=2)
        .encode(
            x=x,
            y=alt.Y(
                "notes:Q",
                scale=alt.Scale(domain=[0, max(top, 3)], nice=True),
                axis=alt.Axis(
                    title=None,
                    tickCount=3,
                    format="d",
                    domain=False,
                    labelFontSize=11,
                    labelColor=colours.label,
                    gridOpacity=0.35,
                ),
            ),
            color=alt.Color("colour:N", scale=None, legend=None),
            opacity=alt.Opacity("opacity:Q", scale=None, legend=None),
            tooltip=[alt.Tooltip("week:N"), alt.Tooltip("notes:Q"), alt.Tooltip("said:N", title="week")],
        )
    ]
    marks = lineage_marks(found, weeks[0][0], today)
    if marks:
        dated = [{**mark, "at": top * (1 - 0.16 * (at % 3))} for at, mark in enumerate(marks)]
        events = alt.Chart(alt.InlineData(values=dated)).encode(x=alt.X("week:O", sort=None))
        layers.append(events.mark_rule(strokeDash=[3, 3], color=colours.label))
        words = events.encode(y="at:Q", text="what:N")
        halo = words.mark_text(align="right", dx=-5, fontSize=11, stroke=colours.page, strokeWidth=5)
        layers += [halo, words.mark_text(align="right", dx=-5, fontSize=11, color=colours.label)]
    return alt.layer(*layers).properties(height=190)


def lineage_marks(found: ThemeDetail, since: date, today: date) -> list[dict[str, object]]:
    """Return the merges and splits that fall into the weeks shown, by the week they fell in."""
    marks: list[dict[str, object]] = []
    for step in found.lineage:
        monday = step.at.date() - timedelta(days=step.at.weekday())
        if step.event in ("merged", "split") and monday >= since:
            marks.append({"week": short_day(monday, today), "what": shortened(told(step)[0].lower() + told(step)[1:])})
    return marks


def trend_sentence(found: ThemeDetail, today: date) -> str:
    """Return what the picture shows, for those who do not see it."""
    if not found.weeks:
        return "No full week yet"
    (first, began), (last, ended) = found.weeks[0], found.weeks[-1]
    return (
        f"Notes a week: {began} in the week of {short_day(first, today)}, {ended} in the week of "
        f"{short_day(last, today)}, at most {max(notes for _, notes in found.weeks)}"
    )


def throughput(per_minute: Sequence[int], *, dark: bool) -> alt.Chart:
    """Return bars of notes stored in each minute, oldest first."""
    colours = palette(dark=dark)
    minutes = len(per_minute)
    bars = [
        {"minute": at - minutes, "notes": notes, "colour": colours.accent if at == minutes - 1 else colours.bar}
        for at, notes in enumerate(per_minute)
    ]
    ago = "datum.value == -1 ? 'now' : -datum.value + ' min ago'"
    chart = alt.Chart(alt.InlineData(values=bars)).mark_bar(cornerRadiusTopLeft=2, cornerRadiusTopRight=2)
    drawn: alt.Chart = chart.encode(
        x=alt.X(
            "minute:O",
            axis=alt.Axis(
                title=None,
                labelFontSize=11,
                labelColor=colours.label,
                labelAngle=0,
                ticks=False,
                values=[-30, -20, -10, -1],
                labelExpr=ago,
                domainColor=colours.label,
            ),
        ),
        y=alt.Y(
            "notes:Q",
            scale=alt.Scale(domain=[0, max([3, *per_minute])], nice=True),
            axis=alt.Axis(
                title=None,
                labelFontSize=11,
                labelColor=colours.label,
                tickCount=3,
                format="d",
                domain=False,
                gridOpacity=0.35,
            ),
        ),
        color=alt.Color("colour:N", scale=None, legend=None),
        tooltip=[alt.Tooltip("notes:Q")],
    ).properties(height=150)
    return drawn


def shortened(text: str, length: int = 44) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
