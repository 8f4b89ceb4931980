"""Theme: one thing customers keep saying, in their words."""

from __future__ import annotations

import streamlit as st

from dashboard import filters, links, session, trend
from dashboard.components.change import change_figure
from dashboard.components.figure import figure, figure_label
from dashboard.components.history import history
from dashboard.components.marks import kind_badge, share
from dashboard.components.page import empty, head, heading, notice
from dashboard.components.quote import quote
from dashboard.components.text import escape, plain
from dashboard.words import ago, counted, number, short_day
from insights import theme as question
from insights.theme import Affected, ThemeDetail

SHOWN = 6


def main() -> None:
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
        trend.show_trend(found, today)
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="qbar"):
            st.html(heading("In their words"), width="content")
            order = st.segmented_control(
                "Order of quotes", list(filters.QUOTE_ORDERS), default="Most typical", required=True, key="quotes",
                bind="query-params", label_visibility="collapsed",
            )  # fmt: skip
        said = question.quotes(store, found.id, filters.QUOTE_ORDERS[str(order or "Most typical")], limit=SHOWN)
        st.html("".join(quote(one, today) for one in said) or empty("No quote to show", "Its notes were erased."))
        with st.container(key="link-all"):
            label = "Read the one note" if found.notes == 1 else f"Read all {number(found.notes)} notes"
            st.page_link(session.NOTES, label=label, query_params=links.notes_of(found))
    with right:
        for title, field in (("Products", "product"), ("Regions", "region"), ("Plans", "plan")):
            _split(title, tuple(one for one in found.affected if one.field == field), found)
        st.html(heading("What happened so far"))
        st.html(history(found.lineage, today))
        _near(found)


def _head(found: ThemeDetail) -> None:
    with st.container(horizontal=True, gap="xsmall", key="crumb"):
        st.page_link(session.THEMES, label=f"Themes › {plain(found.parent)}" if found.parent else "Themes")
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
    if found.terms:
        st.html(f'<p class="lead">Told by the words {escape(", ".join(f"“{term}”" for term in found.terms[:6]))}.</p>')


def _figures(found: ThemeDetail) -> None:
    opening = (("customers", found.customers, "customer"), ("notes", found.notes, "note"))
    with st.container(key="stats", horizontal=True, gap=None):
        for key, value, word in opening:
            with st.container(key=f"stat-{key}", width="content"):
                label = figure_label(number(value), word if value == 1 else f"{word}s")
                st.page_link(session.NOTES, label=label, query_params=links.notes_of(found))
        st.html(figure(number(found.came_back), "came back twice or more"), width="content")
        if found.severity:
            st.html(figure(f"{found.severity} of 5", "severity"), width="content")
        st.html(change_figure(found.change), width="content")


def _split(title: str, shares: tuple[Affected, ...], found: ThemeDetail) -> None:
    if not shares:
        return
    st.html(heading(title, f"of {counted(found.customers, 'customer')}"))
    st.html("".join(share(one.value or "not given", one.customers, found.customers) for one in shares[:8]))


def _near(found: ThemeDetail) -> None:
    if not found.neighbours:
        return
    st.html(heading("Close by", "themes that sound alike"))
    with st.container(gap=None, key="near"):
        for theme_id, name in ((near.id, near.name) for near in found.neighbours):
            with st.container(key=f"row-near-{theme_id}", gap=None):
                st.html(f'<div class="near">{escape(name)}</div>')
                st.page_link(session.THEME, label=plain(name), query_params={"id": str(theme_id)})


main()
