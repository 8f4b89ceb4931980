"""The frame around every page: stylesheet, navigation, the foot of the sidebar, and what is said when all fails."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard import live, session, who
from dashboard.settings import settings
from insights.trust.people import NotAllowed, Person

HERE = Path(__file__).parent
# In colours that stand on light and dark alike; the name beside it is set by the stylesheet.
MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="28" height="28" viewBox="0 0 28 28">'
    '<g fill="none" stroke="#0072B2" stroke-width="2.6" stroke-linecap="round"><path d="M5 14a10 10 0 0 1 10-10"/>'
    '<path d="M9.6 14A5.4 5.4 0 0 1 15 8.6"/><circle cx="15" cy="14" r="1.7" fill="#D55E00" '
    'stroke="#D55E00"/></g></svg>'
)


def main() -> None:
    st.set_page_config(page_title="Earshot", page_icon="👂", layout="wide", initial_sidebar_state="auto")
    st.html(HERE / "board.css")
    dark = session.dark()
    # Popovers and dialogs are drawn outside the element on which Streamlit sets the colour scheme.
    st.html(f"<style>:root{{color-scheme:{'dark' if dark else 'light'}}}</style>")
    st.logo(MARK, size="large")
    person, refused = _person()
    navigated = person is not None or not settings().signs_in
    page = st.navigation(_pages(person), expanded=True, position="sidebar" if navigated else "hidden")
    try:
        if person is None:
            _explain(refused)
            return
        live.remember_version()
        with st.sidebar:
            live.follow()
            who.sidebar(person)
        page.run()
    except Exception as error:
        live.show_trouble(error)


def _person() -> tuple[Person | None, Exception | None]:
    """Who is there, or why nobody is."""
    try:
        person = who.who()
        session.look_as(person)
        return person, None
    except Exception as error:
        return None, error


def _explain(refused: Exception | None) -> None:
    if isinstance(refused, (who.SignedOut, NotAllowed)):
        who.door(refused)
    elif refused is not None:
        live.show_trouble(refused)


def _pages(person: Person | None) -> list[StreamlitPage]:
    """The pages that are for this person; the others are not there for them, whatever the link.

    While nobody is known none is drawn, but all are there, so that a link survives signing in.
    """
    offered = (
        (session.DESK, st.Page(session.DESK, title="Desk", url_path="desk")),
        (session.MY_NOTES, st.Page(session.MY_NOTES, title="My notes", url_path="my_notes")),
        (session.THEMES, st.Page(session.THEMES, title="Themes", default=True)),
        (session.JOBS, st.Page(session.JOBS, title="Jobs", url_path="jobs")),
        (session.MOVERS, st.Page(session.MOVERS, title="Movers", url_path="movers")),
        (session.WORTH, st.Page(session.WORTH, title="What it costs", url_path="worth")),
        (session.EXPLORE, st.Page(session.EXPLORE, title="Explore", url_path="explore")),
        (session.REVIEW, st.Page(session.REVIEW, title="Review", url_path="review")),
        (session.TREE, st.Page(session.TREE, title="Outcome tree", url_path="tree")),
        (session.LISTENING, st.Page(session.LISTENING, title="Listening", url_path="listening")),
        (session.OWNERS, st.Page(session.OWNERS, title="Owners", url_path="owners")),
        (session.PIPELINE, st.Page(session.PIPELINE, title="Pipeline", url_path="pipeline")),
        (session.ADMIN, st.Page(session.ADMIN, title="Admin", url_path="admin")),
        (session.LEARNING, st.Page(session.LEARNING, title="Learning", url_path="learning")),
        (session.THEME, st.Page(session.THEME, title="Theme", url_path="theme", visibility="hidden")),
        (session.LEDGER, st.Page(session.LEDGER, title="Asked and answered", url_path="ledger", visibility="hidden")),
        (session.LITMUS, st.Page(session.LITMUS, title="Litmus", url_path="litmus", visibility="hidden")),
        (session.STAFF, st.Page(session.STAFF, title="About staff", url_path="staff", visibility="hidden")),
        (session.NOTES, st.Page(session.NOTES, title="Notes", url_path="notes", visibility="hidden")),
    )
    return [page for path, page in offered if person is None or who.page_allowed(person, path)]


main()
