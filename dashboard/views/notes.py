"""Notes: exactly the notes behind a number."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboard import exports, filters, links, narrowing, session
from dashboard.components.marks import kind_badge
from dashboard.components.page import empty, head, line, too_few
from dashboard.components.quote import quote
from dashboard.components.text import plain
from dashboard.words import counted, number, short_day
from insights.board import theme as question
from insights.board.behind import Behind
from insights.board.quotes import Notes, notes
from insights.board.theme import ThemeDetail

PAGE_SIZE = 20
PAGE = "p"
"""Not the key of the list of themes, whose page the reader may still have in mind."""


def main() -> None:
    store, today = session.store(), session.today()
    found = None
    if "theme" in st.query_params or not {"parent", "waiting", "all"} & set(st.query_params):
        asked = links.theme_id("theme")
        found = question.theme(store, asked, today) if asked is not None else None
        if found is None:
            links.no_such_theme()
            return
    behind = links.behind(found.id if found else None, today)
    top = st.container()
    order = _bar(found, behind)
    page = filters.page_asked(PAGE)
    said = notes(store, behind, order, today, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    if said.notes and not said.quotes and page > 1:
        page, said = 1, notes(store, behind, order, today, limit=PAGE_SIZE)
    with top:
        _head(found, behind, said, today)
    if said.fewer_than:
        st.html(too_few(said.fewer_than, "said this"))
        return
    if not said.quotes:
        st.html(empty("No note here", "Nothing was said about this then, by those who were asked for."))
        return
    st.html("".join(quote(one, today) for one in said.quotes))
    first = (page - 1) * PAGE_SIZE
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        shown = f"Notes {first + 1}–{min(first + PAGE_SIZE, said.notes)} of {number(said.notes)}"
        st.html(line((shown, f"from {counted(said.customers, 'customer')}")), width="content")
        if said.notes > PAGE_SIZE:
            st.pagination(-(-said.notes // PAGE_SIZE), key=PAGE, bind="query-params")


def _bar(found: ThemeDetail | None, behind: Behind) -> question.QuoteOrder:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="bar"):
        orders = list(filters.QUOTE_ORDERS) if found else ["Newest"]
        order = st.segmented_control(
            "Order of notes", orders, default="Newest", required=True, key="order", bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
        exports.notes_menu(behind, found.name if found else "Notes")
        narrower = behind.first is not None or behind.again or narrowing.asked() or behind.beside or behind.shared
        if found and narrower:
            with st.container(key="link-unweek", width="content"):
                st.page_link(session.NOTES, label="All its notes", query_params={"theme": str(found.id)})
    return filters.QUOTE_ORDERS[str(order or "Newest")]


def _head(found: ThemeDetail | None, behind: Behind, said: Notes, today: date) -> None:
    with st.container(horizontal=True, gap="xsmall", key="crumb"):
        st.page_link(session.THEMES, label="Themes ›")
        if found:
            st.page_link(session.THEME, label=plain(found.name), query_params={"id": str(found.id)})
    narrower = (
        behind.first is not None or behind.again or bool(narrowing.asked()) or bool(behind.beside or behind.shared)
    )
    title = counted(said.notes, "note") if narrower or not found else f"All {counted(said.notes, 'note')}"
    if said.fewer_than:
        title = "Notes"
    if behind.first is not None and behind.end is not None:
        weeks = (behind.end - behind.first).days // 7
        since = short_day(behind.first, today)
        title = f"Notes from the week of {since}" if weeks == 1 else f"Notes from the {weeks} weeks since {since}"
    facts = (
        *((found.name,) if found else ()),
        *(("not yet in a theme",) if behind.waiting else ()),
        *(("by customers who came back",) if behind.again else ()),
        *(_also(behind.beside, today, "that speak of “{}” too")),
        *(_also(behind.shared, today, "by customers who spoke of “{}” too")),
        *(("of all themes under one",) if behind.parent else ()),
    )
    st.html(head(title, facts, kind_badge(found.kind) if found else ""))
    narrowing.chips(fixed=True)


def _also(theme_id: int | None, today: date, words: str) -> tuple[str, ...]:
    found = question.theme(session.store(), theme_id, today) if theme_id is not None else None
    return (words.format(found.name),) if found else ()


main()
