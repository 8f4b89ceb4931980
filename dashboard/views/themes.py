"""Themes: what customers keep saying, ranked."""

from __future__ import annotations

import streamlit as st

from dashboard import charts, filters, session
from dashboard.components.marks import kind_badge
from dashboard.components.page import DOT, empty, head, line
from dashboard.components.text import plain
from dashboard.components.theme_row import list_head, theme_row
from dashboard.words import KINDS, counted, long_day, number
from insights import board
from insights.board import Rank, ThemeRow, ThemesPage, Totals


def main() -> None:
    store, today = session.store(), session.today()
    top = st.container()
    query, view = filters.bar(board.choices(store))
    filters.chips()
    found = board.themes(store, query, today)
    with top:
        st.html(head("Themes", _facts(found.totals)))
    if not found.rows:
        _nothing(found)
        return
    if view == "Table":
        _table(found.rows)
    elif view == "Map":
        _map(found.rows)
    else:
        _list(found.rows, query.rank)
    first = (query.page - 1) * query.page_size
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.html(line((f"{first + 1}–{first + len(found.rows)} of {number(found.matching)}",)), width="content")
        if found.matching > query.page_size:
            st.pagination(-(-found.matching // query.page_size), key="page", bind="query-params")


def _facts(totals: Totals) -> tuple[str, ...]:
    themes = sum(count for _, count in totals.themes_by_kind)
    kinds = ", ".join(
        f"{number(count)} {KINDS[kind][1 if count == 1 else 2] if kind in KINDS else kind}"
        for kind, count in totals.themes_by_kind
        if count
    )
    waiting = (f"{counted(totals.unassigned, 'signal')} not yet in a theme",) if totals.unassigned else ()
    return (
        f"{counted(totals.notes, 'note')} from {counted(totals.customers, 'customer')}",
        f"12 full weeks to {long_day(totals.last_full_day, session.today())}",
        f"{counted(themes, 'theme')}{': ' + kinds if kinds else ''}",
        *waiting,
    )


def _list(rows: tuple[ThemeRow, ...], rank: Rank) -> None:
    with st.container(gap=None, key="list"):
        st.html(list_head(rank))
        for row in rows:
            with st.container(key=f"row-{row.id}", gap=None):
                st.html(theme_row(row))
                st.page_link(session.THEME, label=plain(row.name), query_params={"id": str(row.id)})
                with st.container(key=f"num-{row.id}"):
                    st.page_link(
                        session.NOTES,
                        label=f"{counted(row.customers, 'customer')}, open their notes",
                        query_params={"theme": str(row.id)},
                    )


def _table(rows: tuple[ThemeRow, ...]) -> None:
    shown = st.dataframe(
        charts.theme_table(rows),
        key="table",
        hide_index=True,
        row_height=34,
        on_select="rerun",
        selection_mode="single-row",
        column_config=charts.theme_columns(dark=session.dark()),
        alt="Themes as a table, the same rows as the list",
    )
    for index in shown["selection"]["rows"]:
        st.switch_page(session.THEME, query_params={"id": str(rows[index].id)})


def _map(rows: tuple[ThemeRow, ...]) -> None:
    st.echarts_chart(
        charts.treemap(rows, dark=session.dark()),
        key="map",
        height=520,
        alt="Themes by customers, grouped by the theme above them; the table view has the same rows",
    )
    kinds = dict.fromkeys(row.kind for row in rows)
    st.html(
        f'<p class="sub">{" &nbsp; ".join(kind_badge(kind) for kind in kinds)}{DOT}area: customers{DOT}'
        "the same rows are in Table</p>"
    )


def _nothing(found: ThemesPage) -> None:
    hidden = filters.narrowed()
    if hidden:
        what = "the one filter that is on" if hidden == 1 else f"all {hidden} filters"
        st.html(empty(f"No theme passes {what}", "Nothing else is hidden."))
        with st.container(horizontal=True, gap="xsmall"):
            for key, value in filters.active()[-1:]:
                st.button(plain(f"Remove “{value}”"), on_click=filters.remove, args=(key, value), key="remove-last")
            st.button("Remove all filters", on_click=filters.remove_all, key="remove-all")
        return
    st.html(
        empty(
            "Nothing here yet",
            f"Themes appear after the first refresh, once some notes have arrived. {number(found.totals.notes)} are in. "
            "Bring notes in with “earshot import FILE”, find themes with “earshot refresh”.",
        )
    )
    with st.container(key="link-pipeline"):
        st.page_link(session.PIPELINE, label="See what arrives")


main()
