"""Theme: one thing customers keep saying, in their words."""

from __future__ import annotations

import streamlit as st

from dashboard import address, aside, changes, links, owner_panel, quoting, reviewed_panel, session, trend
from dashboard.components.change import change_figure
from dashboard.components.figure import figure, figure_label
from dashboard.components.marks import kind_badge
from dashboard.components.page import head, notice, too_few
from dashboard.components.text import escape, plain
from dashboard.words import ago, few, short_day
from insights.board import theme as question
from insights.board.theme import ThemeDetail


def main() -> None:
    address.follow("id")
    store, today = session.store(), session.today()
    asked = links.theme_id("id")
    found = question.theme(store, asked, today) if asked is not None else None
    if found is None:
        links.no_such_theme()
        return
    _head(found)
    _figures(found)
    left, right = st.columns([64, 36], gap="large")
    with left:
        if found.notes:
            trend.show_trend(found, today)
        aside.show_below(found)
        if found.notes:
            quoting.show_quotes(found)
            aside.show_affected(found)
    with right:
        owner_panel.show_owner(found.id)
        reviewed_panel.show_reviewed(found.id)
        aside.show_history(found, today)
        aside.show_near(found)
        aside.show_linked(found)


def _head(found: ThemeDetail) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="crumb"):
        with st.container(horizontal=True, gap="xsmall", width="content"):
            st.page_link(session.THEMES, label="Themes ›" if found.parent else "Themes")
            if found.parent:
                st.page_link(session.THEME, label=plain(found.parent), query_params={"id": str(found.parent_id)})
        changes.menu(found)
    moment = session.now()
    facts = (
        f"Theme {found.id}",
        f"first heard {short_day(found.first_heard.date(), moment.date())}",
        f"last heard {ago(found.last_heard, moment)}",
        *(() if found.status in ("", "live", "active") else (found.status,)),
    )
    st.html(head(found.name, facts, kind_badge(found.kind)))
    if found.redirected_from is not None:
        st.html(notice(links.moved_sentence(found, moment.date())))
    if found.typical_quote:
        st.html(f'<p class="lead">Most typically: “{escape(found.typical_quote)}”</p>')


def _figures(found: ThemeDetail) -> None:
    if found.fewer_than:
        st.html(too_few(found.fewer_than, "speak of this theme"))
    if not found.notes:
        return
    opening: tuple[tuple[str, int, str, dict[str, str]], ...] = (
        ("customers", found.customers, "customer" if found.customers == 1 else "customers", {}),
        ("notes", found.notes, "note" if found.notes == 1 else "notes", {}),
        ("again", found.came_back, "came back twice or more", {"again": "1"}),
    )
    with st.container(key="stats", horizontal=True, gap=None):
        for key, value, word, more in opening:
            with st.container(key=f"stat-{key}", width="content"):
                label = figure_label(few(value, found.change.fewer_than), word)
                st.page_link(session.NOTES, label=label, query_params=links.notes_of(found, **more))
        if found.severity:
            st.html(figure(f"{found.severity} of 5", "severity"), width="content")
        st.html(change_figure(found.change), width="content")
        spans = (
            ("recent", found.change.recent, "in the last 4 weeks"),
            ("before", found.change.before, "in the 4 before"),
        )
        for span, value, word in spans:
            with st.container(key=f"stat-{span}", width="content"):
                label = figure_label(few(value, found.change.fewer_than), f"customers {word}")
                st.page_link(session.NOTES, label=label, query_params=links.notes_of(found, span=span))


main()
