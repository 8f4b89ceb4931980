"""A theme in its customers' words: typical, newest, most different, and what speaks against it."""

from __future__ import annotations

import streamlit as st

from dashboard import filters, links, session
from dashboard.components.page import empty, heading
from dashboard.components.quote import quote
from dashboard.words import number
from insights.board import quotes as words
from insights.board.theme import ThemeDetail

SHOWN = 6
AGAINST = "Against it"
ORDERS = ("Most typical", "Newest", "Most different", AGAINST)


def show_quotes(found: ThemeDetail) -> None:
    """A few quotes in the order asked for, and the way to all its notes."""
    store, today = session.store(), session.today()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="qbar"):
        st.html(heading("In their words"), width="content")
        order = st.segmented_control(
            "Order of quotes", ORDERS, default="Most typical", required=True, key="quotes", bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
    if order == AGAINST:
        said = words.opposed(store, found.id, limit=SHOWN)
        none = "No customer of this theme was content later, and nobody says the opposite."
        st.html("".join(quote(one, today) for one in said) or empty("Nobody speaks against it", none))
        return
    said = words.quotes(store, found.id, filters.QUOTE_ORDERS[str(order or "Most typical")], limit=SHOWN)
    st.html("".join(quote(one, today) for one in said) or empty("No quote to show", "Its notes were erased."))
    with st.container(key="link-all"):
        label = "Read the one note" if found.notes == 1 else f"Read all {number(found.notes)} notes"
        st.page_link(session.NOTES, label=label, query_params=links.notes_of(found))
