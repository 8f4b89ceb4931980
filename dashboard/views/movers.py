"""Movers: what changed beyond noise, out of how many themes, and what drove it."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from dashboard import filters, links, moving, narrowing, session
from dashboard.components.movers import mover_row, movers_head
from dashboard.components.page import empty, head, line
from dashboard.components.text import plain
from dashboard.words import counted, number, short_day
from insights.board import ranking
from insights.numbers.movers import Movers, movers

SPANS = {"Last 4 weeks": 4, "Last week": 1}
VIEWS = {"What moved": True, "All themes": False}
MOST = 100


def main() -> None:
    st.html(session.HERE / "numbers.css")
    store, today = session.store(), session.today()
    asked = links.theme_id("id")
    top = st.container()
    recent, only = _bar()
    found = movers(
        store, narrowing.narrowed(kind=filters.KINDS[str(st.session_state.get("mover-kind") or "All")]), recent, today
    )
    one = next((row for row in found.rows if row.id == asked), None)
    with top:
        if one is None:
            st.html(head("Movers", _facts(found)))
    if one is not None:
        moving.show_mover(one, found, top)
        return
    rows = found.moved if only else found.rows
    if not rows:
        _nothing(found)
        return
    with st.container(gap=None, key="movers-rows"):
        st.html(movers_head())
        for row in rows[:MOST]:
            with st.container(key=f"row-mv-{row.id}", gap=None):
                st.html(mover_row(row, recent))
                st.page_link(
                    session.MOVERS, label=plain(row.name), query_params={"id": str(row.id), **moving.span_link(recent)}
                )
    if len(rows) > MOST:
        st.html(line((f"The surest {MOST} of {number(len(rows))}; narrow by filters to see others",)))
    moving.show_method(found)


def _bar() -> tuple[int, bool]:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="bar"):
        st.segmented_control(
            "Kind", list(filters.KINDS), default="All", required=True, key="mover-kind", bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
        span = st.segmented_control(
            "Weeks compared", list(SPANS), default="Last 4 weeks", required=True, key="weeks", bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
        narrowing.popover(ranking.choices(session.store()))
        st.space("stretch")
        view = st.segmented_control(
            "Which themes", list(VIEWS), default="What moved", required=True, key="moved", bind="query-params",
            label_visibility="collapsed",
        )  # fmt: skip
    narrowing.chips()
    return SPANS[str(span or "Last 4 weeks")], VIEWS[str(view or "What moved")]


def _facts(found: Movers) -> tuple[str, ...]:
    over, today = found.over, session.today()
    moved = len(found.moved)
    span = "full week" if over.recent == 1 else "full weeks"
    return (
        f"{counted(moved, 'theme')} changed beyond noise, of {number(found.tested)} with enough contacts to tell",
        f"the last {over.recent if over.recent > 1 else ''} {span} against the 12 before".replace("  ", " "),
        f"{short_day(over.first, today)} to {short_day(over.end - timedelta(days=1), today)}",
    )


def _nothing(found: Movers) -> None:
    if not found.rows:
        st.html(empty("Nothing to compare yet", "Movers need some full weeks of notes in themes."))
        return
    st.html(
        empty(
            "Nothing moved beyond noise",
            f"{counted(found.tested, 'theme')} had enough contacts to tell. What is left is as much up and down as weeks are by "
            "chance. “All themes” shows them.",
        )
    )
    moving.show_method(found)


main()
