"""Notes: exactly the notes behind a number."""

from __future__ import annotations

import streamlit as st

from dashboard import filters, links, session
from dashboard.components.marks import kind_badge
from dashboard.components.page import empty, head, line
from dashboard.components.quote import quote
from dashboard.components.text import plain
from dashboard.words import counted, short_day
from insights import theme as question

PAGE_SIZE = 20
PAGE = "p"
"""Not the key of the list of themes, whose page the reader may still have in mind."""


def main() -> None:
    store, today = session.store(), session.today()
    asked, week = links.theme_id("theme"), links.week()
    found = question.theme(store, asked, today) if asked is not None else None
    if found is None:
        links.no_such_theme()
        return
    with st.container(horizontal=True, gap="xsmall", key="crumb"):
        st.page_link(session.THEMES, label="Themes ›")
        st.page_link(session.THEME, label=plain(found.name), query_params={"id": str(found.id)})
    title = f"Notes from the week of {short_day(week, today)}" if week else f"All {counted(found.notes, 'note')}"
    st.html(head(title, (found.name,), kind_badge(found.kind)))
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="bar"):
        order = st.segmented_control(
            "Order of notes", list(filters.QUOTE_ORDERS), default="Newest", required=True, key="order", bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
        if week:
            with st.container(key="link-unweek", width="content"):
                st.page_link(session.NOTES, label="All weeks", query_params={"theme": str(found.id)})
    page = filters.page_asked(PAGE)
    offset = (page - 1) * PAGE_SIZE
    said = question.quotes(
        store, found.id, filters.QUOTE_ORDERS[str(order or "Newest")], week=week, limit=PAGE_SIZE + 1, offset=offset
    )
    if not said:
        st.html(empty("No note here", "Nothing was said about this theme then."))
        return
    st.html("".join(quote(one, today) for one in said[:PAGE_SIZE]))
    _pages(0 if week else found.notes, page, len(said))


def _pages(notes: int, page: int, got: int) -> None:
    """A note may hold several quotes, so there may be a page more than the notes alone would fill."""
    first = (page - 1) * PAGE_SIZE
    pages = max(page + (got > PAGE_SIZE), -(-notes // PAGE_SIZE))
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.html(line((f"Quotes {first + 1}–{first + min(got, PAGE_SIZE)}",)), width="content")
        if pages > 1:
            st.pagination(pages, key=PAGE, bind="query-params")


main()
