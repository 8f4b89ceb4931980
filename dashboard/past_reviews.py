"""The other reviews, and what is said where there is none."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboard import deciding, session
from dashboard.components.page import empty, head, heading
from dashboard.components.text import plain
from dashboard.words import counted, short_day
from insights.counting.weeks import calendar
from insights.review.reviews import Summary


def others(listed: tuple[Summary, ...], week: date | None, today: date) -> None:
    """Link to every other review."""
    if rest := [one for one in listed if one.week != week]:
        st.html(heading("Other reviews"))
        with st.container(gap=None, key="weeks"):
            for one in rest:
                label = f"Week of {short_day(one.week, today)}, {one.decided} of {counted(one.items, 'item')} decided"
                state = "" if one.closed_at else ", still open"
                st.page_link(session.REVIEW, label=plain(label + state), query_params={"week": one.week.isoformat()})


def nothing(week: date | None, listed: tuple[Summary, ...], today: date, *, may: bool) -> None:
    """Say that there is no review to show, and what can be done about it."""
    st.html(head(f"Review, week of {short_day(week, today)}" if week else "Review"))
    if week and listed:
        st.html(empty("No review was held in this week", "The others are below."))
    else:
        st.html(empty("No review yet", "A review gathers what is new, has clearly grown or faded, or was answered."))
    if may and (week is None or week == calendar(today).running):
        deciding.open_button(f"Open the review of the week of {short_day(calendar(today).running, today)}")
    others(listed, week, today)
