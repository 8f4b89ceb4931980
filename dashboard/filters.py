"""What the reader asked for. Every control is bound to the address, so a copied link shows the same."""

from __future__ import annotations

import streamlit as st

from dashboard import narrowing
from dashboard.narrowing import WHO, active, chips, first_page, given
from insights.board.ranking import Choices, Rank, ThemeQuery
from insights.board.theme import QuoteOrder

__all__ = [
    "KINDS",
    "QUOTE_ORDERS",
    "RANKS",
    "VIEWS",
    "WHO",
    "active",
    "bar",
    "chips",
    "narrowed",
    "page_asked",
    "remove_all",
]

KINDS = {"All": "", "Pains": "pain", "Suggestions": "suggestion", "Jobs": "job", "Praise": "praise"}
RANKS = {
    "Most customers": Rank.CUSTOMERS,
    "Most notes": Rank.NOTES,
    "Most severe": Rank.SEVERITY,
    "Fastest growth": Rank.GROWTH,
    "Newest": Rank.NEWEST,
}
QUOTE_ORDERS = {
    "Newest": QuoteOrder.NEWEST,
    "Most typical": QuoteOrder.TYPICAL,
    "Most different": QuoteOrder.DIFFERENT,
}
VIEWS = ("List", "Grouped", "Table", "Map", "Worth")
PAGE_SIZES = {"List": 25, "Grouped": 25, "Table": 100, "Map": 40, "Worth": 200}


def bar(choices: Choices) -> tuple[ThemeQuery, str]:
    """Draw the filter bar; return the question it asks, and the view the answer is wanted in."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="bar"):
        kind = st.segmented_control(
            "Kind", list(KINDS), default="All", required=True, key="kind", bind="query-params", persist_state="session",
            on_change=first_page, label_visibility="collapsed",
        )  # fmt: skip
        text = st.text_input(
            "Find a theme", placeholder="Find a theme", type="search", key="q", bind="query-params", persist_state="session", max_chars=100,
            on_change=first_page, label_visibility="collapsed", width=190,
        )  # fmt: skip
        rank = st.selectbox(
            "Ranked by", list(RANKS), key="rank", bind="query-params", persist_state="session",
            on_change=first_page, label_visibility="collapsed", width=160,
        )  # fmt: skip
        narrowing.popover(choices)
        st.space("stretch")
        view = st.segmented_control(
            "View", VIEWS, default="List", required=True, key="view", bind="query-params", persist_state="session",
            on_change=first_page, label_visibility="collapsed",
        )  # fmt: skip
    view = str(view or "List")
    query = narrowing.narrowed(
        kind=KINDS[str(kind or "All")],
        text=" ".join((text or "").split()),
        rank=RANKS[str(rank or "Most customers")],
        grouped=view in ("Grouped", "Map"),
        page=page_asked(),
        page_size=PAGE_SIZES[view],
    )
    return query, view


def narrowed() -> int:
    """Return how many things, search and kind included, keep themes from the page."""
    kind, text = given("kind"), given("q")
    return len(active()) + (1 if kind and kind[0] != "All" else 0) + (1 if text and text[0].strip() else 0)


def remove_all() -> None:
    """Take every filter off; the rank and the view stay."""
    st.session_state.update(kind="All", q="")
    narrowing.remove_all()


def page_asked(key: str = "page") -> int:
    """Return the page of a list: the one pressed, else the one in the link, else the first."""
    asked = st.session_state.get(key, st.query_params.get(key, "1"))
    text = str(asked)
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1
