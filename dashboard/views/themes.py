"""Themes: what customers keep saying, ranked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import streamlit as st

from dashboard import exports, filters, listings, narrowing, session
from dashboard.components.page import empty, head, line, too_few
from dashboard.components.text import plain
from dashboard.words import KINDS, counted, kind_place, long_day, number, short_day
from insights.board import ranking
from insights.board.ranking import ThemesPage, Totals


def main() -> None:
    store, today = session.store(), session.today()
    narrowing.come_back()
    top = st.container()
    query, view = filters.bar(ranking.choices(store))
    filters.chips()
    found = ranking.themes(store, query, today)
    if found.matching and not found.rows:  # the link asks for a page beyond the last
        query = replace(query, page=1)
        found = ranking.themes(store, query, today)
    with top:
        _head(found.totals, today)
    if not found.rows:
        _nothing(found)
        return
    if view == "Table":
        listings.show_table(found.rows)
    elif view == "Map":
        listings.show_map(found.rows)
    elif view == "Worth":
        listings.show_worth(found.rows)
    else:
        listings.show_list(found.rows, query.rank, found.groups)
    first = (query.page - 1) * query.page_size
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        shown = f"{first + 1}–{first + len(found.rows)} of {number(found.matching)}"
        st.html(line((shown, *_left_out(found))), width="content")
        if found.matching > query.page_size:
            st.pagination(-(-found.matching // query.page_size), key="page", bind="query-params")
        exports.themes_menu(query)


def _left_out(found: ThemesPage) -> tuple[str, ...]:
    if not found.left_out:
        return ()
    least = session.store().least_customers
    return (f"{counted(found.left_out, 'theme')} that fewer than {least} customers speak of not shown",)


def _head(totals: Totals, today: date) -> None:
    st.html(head("Themes", _facts(totals, today)))
    kind = str(st.session_state.get("kind") or "All")
    with st.container(horizontal=True, gap="small", key="openings"):
        opening = [] if totals.fewer_than else [(f"Read {counted(totals.notes, 'note')}", {"all": "1"})]
        if totals.unassigned and not totals.fewer_than:
            opening.append((f"{counted(totals.unassigned, 'signal')} not yet in a theme", {"waiting": "1"}))
        for at, (label, link) in enumerate(opening):
            of_kind = {f"{narrowing.ONLY}kind": kind} if "waiting" in link and kind != "All" else {}
            with st.container(key=f"link-opening-{at}", width="content"):
                st.page_link(session.NOTES, label=label, query_params={**link, **of_kind, **narrowing.kept()})


def _facts(totals: Totals, today: date) -> tuple[str, ...]:
    themes = sum(count for _, count in totals.themes_by_kind)
    kinds = ", ".join(
        f"{number(count)} {KINDS[kind][1 if count == 1 else 2] if kind in KINDS else kind}"
        for kind, count in sorted(totals.themes_by_kind, key=lambda one: kind_place(one[0]))
        if count
    )
    heard = f"{counted(totals.notes, 'note')} from {counted(totals.customers, 'customer')}"
    return (
        f"notes from fewer than {totals.fewer_than} customers" if totals.fewer_than else heard,
        f"{short_day(totals.first_week, today)} to {long_day(totals.last_full_day, today)}",
        f"{counted(themes, 'theme')}{': ' + kinds if kinds else ''}",
    )


def _nothing(found: ThemesPage) -> None:
    hidden = filters.narrowed()
    if found.left_out:
        st.html(
            too_few(session.store().least_customers, f"speak of {'it' if found.left_out == 1 else 'each of these'}")
        )
        return
    if hidden:
        what = {1: "the one filter that is on", 2: "both filters"}.get(hidden, f"all {hidden} filters")
        st.html(empty(f"No theme passes {what}", "Nothing else is hidden."))
        with st.container(horizontal=True, gap="xsmall"):
            for key, value in filters.active()[-1:]:
                st.button(plain(f"Remove “{value}”"), on_click=narrowing.remove, args=(key, value), key="remove-last")
            st.button("Remove all filters", on_click=filters.remove_all, key="remove-all")
        return
    st.html(
        empty(
            "Nothing here yet",
            f"Themes appear after the first refresh, once some notes have arrived. {number(found.totals.notes)} are in. "
            "Bring notes in with “earshot import FILE”, find themes with “earshot themes refresh”.",
        )
    )
    with st.container(key="link-pipeline"):
        st.page_link(session.PIPELINE, label="See what arrives")


main()
