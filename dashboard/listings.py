"""Views of the same themes: a list, plain or under parents; a table; a map; and what is worth doing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard import narrowing, session, worth
from dashboard.components.change import change_words, interval_words
from dashboard.components.marks import kind_badge
from dashboard.components.owned import NOBODYS, answer_words
from dashboard.components.page import DOT, empty
from dashboard.components.table import table
from dashboard.components.text import plain
from dashboard.components.theme_row import group_row, list_head, theme_row
from dashboard.palette import palette
from dashboard.treemap import tiles, treemap
from dashboard.words import counted, kind_place, kind_word, number
from insights.board.owned import Owned, owned
from insights.board.ranking import Group, Rank, ThemeRow


def show_list(rows: Sequence[ThemeRow], rank: Rank, groups: Mapping[int | None, Group] | None = None) -> None:
    """One line a theme; the line opens the theme, its number opens the notes. With groups, a line above each parent's."""
    kept, today = narrowing.kept(), session.today()
    owners = owned(session.store(), [row.id for row in rows], today)
    with st.container(gap=None, key="list"):
        st.html(list_head(rank))
        last: object = ()
        for row in rows:
            if groups and row.parent_id != last:
                last = row.parent_id
                _group(groups[row.parent_id], kept)
            with st.container(key=f"row-{row.id}", gap=None):
                st.html(theme_row(row, owners.get(row.id, NOBODYS), today))
                st.page_link(session.THEME, label=plain(row.name), query_params={"id": str(row.id)})
                with st.container(key=f"num-{row.id}"):
                    st.page_link(
                        session.NOTES,
                        label=f"{counted(row.customers, 'customer')}, open their notes",
                        query_params={"theme": str(row.id), **kept},
                    )


def _group(group: Group, kept: Mapping[str, Sequence[str]]) -> None:
    if group.id is None:
        st.html(group_row("Under nobody", group))
        return
    with st.container(key=f"row-group-{group.id}", gap=None):
        st.html(group_row(group.name, group))
        st.page_link(session.THEME, label=plain(group.name), query_params={"id": str(group.id)})
        with st.container(key=f"num-group-{group.id}"):
            st.page_link(
                session.NOTES,
                label=f"{counted(group.customers, 'customer')} of all its themes, open their notes",
                query_params={"parent": str(group.id), **kept},
            )


def show_table(rows: Sequence[ThemeRow]) -> None:
    """The same rows for sorting and copying; choosing one opens it."""
    today = session.today()
    shown = st.dataframe(
        theme_table(rows, owned(session.store(), [row.id for row in rows], today), today),
        key="table",
        hide_index=True,
        row_height=34,
        on_select="rerun",
        selection_mode="single-row",
        column_config=theme_columns(dark=session.dark()),
        alt="Themes as a table, the same rows as the list",
    )
    for index in shown["selection"]["rows"]:
        st.switch_page(session.THEME, query_params={"id": str(rows[index].id)})


def show_map(rows: Sequence[ThemeRow]) -> None:
    """The same rows as areas; pressing one opens it."""
    pressed = st.echarts_chart(
        treemap(rows, dark=session.dark()),
        key="map",
        height=520,
        on_select="rerun",
        alt="Themes by customers, grouped by the theme above them; the table view has the same rows",
    )
    at = tiles(rows)
    for one in pressed["selection"]["selected"]:
        for tile in (at[index] for index in one["data_indices"] if index < len(at)):
            if tile is not None:
                st.switch_page(session.THEME, query_params={"id": str(tile.id)})
    kinds = sorted({row.kind for row in rows}, key=kind_place)
    st.html(f'<p class="sub">{" &nbsp; ".join(kind_badge(kind) for kind in kinds)}{DOT}area: customers</p>')
    with st.expander("The same as a table", key="map-table"):
        listed = [(row.name, kind_word(row.kind), row.parent or "–", number(row.customers)) for row in rows]
        names = ("Theme", "Kind", "Group", "Customers")
        st.html(table("Themes by customers", names, listed, right=frozenset({3})))


def show_worth(rows: Sequence[ThemeRow]) -> None:
    """Pains by how many they trouble and how content their customers can be; pressing one opens it."""
    drawn = worth.judged(rows)
    if not drawn:
        st.html(
            empty("Nothing to weigh", "Only pains whose severity is known can be weighed; none passes the filters.")
        )
        return
    pressed = st.echarts_chart(
        worth.scatter(drawn, dark=session.dark()),
        key="worth",
        height=460,
        on_select="rerun",
        alt="Pains by importance and satisfaction, both estimated from notes; the table below has the same numbers",
    )
    for one in pressed["selection"]["selected"]:
        for index in one["data_indices"]:
            if one["series_index"] == 0 and index < len(drawn):
                st.switch_page(session.THEME, query_params={"id": str(drawn[index].theme.id)})
    left = len(rows) - len(drawn)
    st.html(
        f'<p class="sub">Estimated from notes. Importance: customers, on a scale of tens{DOT}satisfaction: 10 less two for '
        f"each step of severity{DOT}{counted(left, 'theme')} without a known severity not drawn</p>"
    )
    with st.expander("The same as a table", key="worth-table"):
        st.html(worth.table_of(drawn))


def theme_table(rows: Sequence[ThemeRow], owners: Mapping[int, Owned], today: date) -> list[dict[str, object]]:
    """Return the ranked list as rows of a table."""
    return [
        {
            "Theme": row.name,
            "Kind": kind_word(row.kind),
            "Group": row.parent or "–",
            "Product": row.product or "–",
            "Customers": row.customers,
            "Notes": row.notes,
            "12 weeks": list(row.weeks),
            "Change in 4 weeks": change_words(row.change),
            "Likely": interval_words(row.change) or "–",
            "Severity": row.severity,
            "Owner": owners.get(row.id, NOBODYS).team or "–",
            "Answer": answer_words(owners.get(row.id, NOBODYS), today),
            "First heard": row.first_heard,
        }
        for row in rows
    ]


def theme_columns(*, dark: bool) -> dict[str, ColumnConfig]:
    """Return how the columns of `theme_table` are drawn. Bars start at zero: from the smallest value they lie."""
    column = st.column_config
    return {
        "Theme": column.TextColumn(width=296),
        "12 weeks": column.BarChartColumn(width=106, color=palette(dark=dark).bar, y_min=0),
        "Severity": column.NumberColumn(width=70),
        "First heard": column.DateColumn(format="D MMM YYYY"),
    }
