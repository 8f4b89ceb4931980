"""The search field of Explore, the themes a search is near to, and searches that were saved."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qs, urlencode

import streamlit as st

from dashboard import narrowing, session, who
from dashboard.components.marks import kind_badge
from dashboard.components.page import heading, notice
from dashboard.components.text import escape, plain
from insights.board.ranking import Choices
from insights.board.saved import NotSaved, forget_search, save_search, saved_searches

VIEWS = ("List", "Map")


def bar(choices: Choices) -> tuple[str, str]:
    """Draw the field, the filters and the view; return the words and the view."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="bar"):
        text = st.text_input(
            "Search notes", placeholder="Words, or “words together”", type="search", key="find", bind="query-params",
            persist_state="session", max_chars=200, on_change=_first, label_visibility="collapsed", width=380,
        )  # fmt: skip
        narrowing.popover(choices)
        _saved()
        st.space("stretch")
        view = st.segmented_control(
            "View", VIEWS, default="List", required=True, key="explore", bind="query-params", persist_state="session",
            on_change=_first, label_visibility="collapsed",
        )  # fmt: skip
    return " ".join((text or "").split()), str(view or "List")


def show_themes(themes: Sequence[tuple[int, str, str]]) -> None:
    """The themes whose words are close to the search."""
    if not themes:
        return
    st.html(heading("Themes that speak of it"))
    with st.container(gap=None, key="near"):
        for theme_id, kind, name in themes:
            with st.container(key=f"row-found-{theme_id}", gap=None):
                st.html(f'<div class="near">{kind_badge(kind)} &nbsp;{escape(name)}</div>')
                st.page_link(session.THEME, label=plain(name), query_params={"id": str(theme_id)})
    st.html(heading("Notes"))


def save() -> None:
    """Offer to save what is asked for now."""
    with st.popover("Save this search", key="save"):
        name = st.text_input("Name", max_chars=80, key="save-name")
        if st.button("Save", key="save-it", type="primary"):
            try:
                save_search(session.writer(), name, _link(), who.who().name, session.now())
            except NotSaved as error:
                st.html(notice(f"{str(error)[:1].upper()}{str(error)[1:]}."))
                return
            st.html(notice("Saved. It is under “Saved” beside the filters."))


def _saved() -> None:
    kept = saved_searches(session.store())
    with st.popover("Saved", key="saved", disabled=not kept):
        for one in kept:
            with st.container(horizontal=True, vertical_alignment="center", key=f"saved-{one.id}"):
                link = {name: values if len(values) > 1 else values[0] for name, values in parse_qs(one.link).items()}
                st.page_link(
                    session.EXPLORE, label=plain(one.name), query_params=link, help=plain(f"Saved by {one.who}")
                )
                if st.button("Forget", key=f"forget-{one.id}", type="tertiary"):
                    forget_search(session.writer(), one.id, who.who().name, session.now())
                    st.rerun()


def _link() -> str:
    asked: dict[str, list[str]] = narrowing.kept()
    if text := narrowing.given("find"):
        asked["find"] = text
    return urlencode(asked, doseq=True)


def _first() -> None:
    st.session_state["n"] = 1
