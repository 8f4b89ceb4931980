"""The frame around every page: stylesheet, navigation, the foot of the sidebar, and what is said when all fails."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard import live, session

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
    page = st.navigation(
        [
            st.Page(session.THEMES, title="Themes", default=True),
            st.Page(session.PIPELINE, title="Pipeline", url_path="pipeline"),
            st.Page(session.THEME, title="Theme", url_path="theme", visibility="hidden"),
            st.Page(session.NOTES, title="Notes", url_path="notes", visibility="hidden"),
        ],
        expanded=True,
    )
    try:
        session.store()
        live.remember_version()
        with st.sidebar:
            live.follow()
        page.run()
    except Exception as error:
        live.show_trouble(error)


main()
