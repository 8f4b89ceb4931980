"""Bars that need an axis: notes a week, notes a minute. Every axis begins at zero."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import altair as alt

from dashboard.components.history import told
from dashboard.palette import palette
from dashboard.words import short_day
from insights.board.theme import ThemeDetail


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
        .mark_bar(width=alt.RelativeBandSize(0.54), cornerRadiusTopLeft=2, cornerRadiusTopRight=2)
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
