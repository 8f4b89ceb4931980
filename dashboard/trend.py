"""The trend of a theme, and the way into each of its weeks."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from dashboard import charts, links, session
from dashboard.components.page import heading
from dashboard.components.text import escape
from dashboard.words import counted, short_day
from insights.board.theme import ThemeDetail


def show_trend(found: ThemeDetail, today: date) -> None:
    """Notes a week, what happened to the theme, and a way into each week."""
    running = f"{counted(found.running_week, 'note')} so far in the week that is still running"
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="tbar"):
        st.html(heading("Notes a week", f"{len(found.weeks)} full weeks; {running}"), width="content")
        _weeks(found, today)
    st.altair_chart(
        charts.trend(found, today, dark=session.dark()),
        alt=charts.trend_sentence(found, today),
        key="trend",
    )


def _weeks(found: ThemeDetail, today: date) -> None:
    with st.popover("Open a week", key="weeks"):
        running_week = today - timedelta(days=today.weekday())
        for monday, notes in reversed((*found.weeks, (running_week, found.running_week))):
            label = f"Week of {short_day(monday, today)}: {counted(notes, 'note')}"
            if notes:
                st.page_link(
                    session.NOTES, label=label, query_params={**links.notes_of(found), "week": monday.isoformat()}
                )
            else:
                st.html(f'<p class="sub">{escape(label)}</p>')
