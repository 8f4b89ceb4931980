"""Reading what a link asks for, and what is said when it asks for something that is not there."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from dashboard import narrowing, session
from dashboard.components.page import empty, head
from dashboard.words import short_day
from insights.board.behind import Behind
from insights.board.theme import ThemeDetail

LARGEST_ID = 2**31 - 1
SPANS = {"recent": (4, 0), "before": (8, 4), "last1": (1, 0), "base1": (13, 1), "last4": (4, 0), "base4": (16, 4)}
"""Full weeks before the running one: those that a change compares."""
KINDS = {"Pains": "pain", "Suggestions": "suggestion", "Jobs": "job", "Praise": "praise"}


def theme_id(key: str) -> int | None:
    """Return the theme id in the link; None when it is no id."""
    asked = st.query_params.get(key, "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 20):
        return None
    return int(asked) if int(asked) <= LARGEST_ID else None


def week() -> date | None:
    """Return the Monday of the week in the link; None when there is none or it is no date."""
    try:
        asked = date.fromisoformat(st.query_params.get("week", ""))
    except ValueError:
        return None
    return asked - timedelta(days=asked.weekday()) if 1 < asked.year < 9999 else None


def behind(theme: int | None, today: date) -> Behind:
    """Return which number the link opens."""
    monday = week()
    first, end = monday, monday and monday + timedelta(weeks=1)
    if (span := SPANS.get(st.query_params.get("span", ""))) is not None:
        running = today - timedelta(days=today.weekday())
        first, end = running - timedelta(weeks=span[0]), running - timedelta(weeks=span[1])
    return Behind(
        theme=theme,
        parent=theme_id("parent") if theme is None else None,
        waiting=st.query_params.get("waiting") == "1",
        query=narrowing.narrowed_by_link(kind=KINDS.get(st.query_params.get(f"{narrowing.ONLY}kind", ""), "")),
        first=first,
        end=end,
        again=st.query_params.get("again") == "1",
        beside=theme_id("beside"),
        shared=theme_id("shared"),
    )


def notes_of(found: ThemeDetail, **more: str) -> dict[str, str]:
    """Return what a link to the notes of a theme asks for."""
    return {"theme": str(found.id), **more}


def no_such_theme() -> None:
    """Say that the link leads nowhere, and show the way on."""
    st.html(head("No such theme"))
    st.html(empty("This link names a theme that does not exist", "It may have been cut short when it was copied."))
    with st.container(key="link-themes"):
        st.page_link(session.THEMES, label="Here are all of them")


def moved_sentence(found: ThemeDetail, today: date) -> str:
    """Say why an old link led here."""
    when = next((step.at for step in found.lineage if step.other_theme == found.redirected_from), None)
    on = f" on {short_day(when.date(), today)}" if when else ""
    return f"Theme {found.redirected_from} was merged into this one{on}."
