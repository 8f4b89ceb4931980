"""Review: the weekly hour in which it is decided what becomes of what customers said."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboard import address, deciding, links, past_reviews, session
from dashboard.components.agenda import PRINTING, decided, item_head, item_words, moved_bars
from dashboard.components.outcome_tree import outline
from dashboard.components.page import empty, head, heading, line, notice
from dashboard.components.text import plain
from dashboard.who import who
from dashboard.words import counted, long_day, number, short_day
from insights.counting.weeks import calendar
from insights.review import opportunities, reviews
from insights.review.minutes import FORMATS, TITLES
from insights.review.reviews import Item, Review


def main() -> None:
    st.html(session.HERE / "review.css")
    address.follow("week", "print")
    store, today, week = session.store(), session.today(), links.week()
    listed = reviews.summaries(store)
    found = reviews.review(store, week, today)
    may = reviews.may_decide(who())
    if found is None:
        past_reviews.nothing(week, listed, today, may=may)
        return
    printing = st.query_params.get("print") == "1"
    _head(found, today, printing=printing)
    deciding.said()
    if printing:
        st.html(PRINTING)
        _agenda(found, today, may=False, live=False)
        return
    left, right = st.columns([70, 30], gap="large")
    with left:
        running = calendar(today).running
        if may and found.closed_at is not None and listed[0].week == found.week != running:
            deciding.open_button(f"Open the review of the week of {short_day(running, today)}")
        _agenda(found, today, may=may and found.closed_at is None, live=True)
        if may and found.closed_at is None:
            deciding.close_buttons(found)
    with right:
        moves = found.moved
        st.html(heading("What moved", f"{number(moves.before)} notes, then {number(moves.last)} in the last full week"))
        st.html(moved_bars(moves) or line(("Nothing moved from one week to the next.",)))
        st.html(heading("Outcome tree"))
        st.html(outline(opportunities.tree(store)))
        with st.container(key="link-tree"):
            st.page_link(session.TREE, label="Open the tree")
        past_reviews.others(listed, found.week, today)


def _head(found: Review, today: date, *, printing: bool) -> None:
    done = len(found.items) - len(found.undecided)
    back = long_day(found.since.date(), today)
    since = f"First review, looks back to {back}" if found.first else f"Since the review on {back}"
    closed = f"closed by {found.closed_by} on {long_day(found.closed_at.date(), today)}" if found.closed_at else "open"
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom", key="revhead"):
        facts = (since, counted(len(found.items), "item"), f"{done} decided", closed)
        st.html(head(f"Review, week of {short_day(found.week, today)}", facts), width="content")
        asked = {"week": found.week.isoformat()}
        with st.container(horizontal=True, gap="xsmall", width="content", vertical_alignment="bottom", key="revtools"):
            if printing:
                st.page_link(session.REVIEW, label="Back to the review", query_params=asked)
            else:
                st.page_link(session.REVIEW, label="Print view", query_params={**asked, "print": "1"})
                with st.popover("Export"):
                    for ending, (media, written) in FORMATS.items():
                        name = f"review-{found.week}.{ending}"
                        st.download_button(
                            f"Minutes as {ending.upper()}", written(found, session.now()), name, media, key=f"export-{ending}",
                            on_click="ignore",
                        )  # fmt: skip
    if found.closed_at is not None:
        st.html(notice(f"As it was seen on {long_day(found.closed_at.date(), today)}. Nothing here can be changed."))


def _agenda(found: Review, today: date, *, may: bool, live: bool) -> None:
    if not found.items:
        st.html(empty("Nothing on the agenda", "Nothing is new, has clearly grown or faded, or was answered."))
    asked = deciding.opened(found) if may else None
    for reason, title in TITLES.items():
        items = [item for item in found.items if item.reason is reason]
        if items:
            st.html(heading(title, counted(len(items), "theme")))
        for item in items:
            with st.container(key=f"item-{item.id}", gap="xsmall"):
                _item(item, today, shown=3 if item.id == asked or not live else 1, live=live)
                if item.id == asked:
                    deciding.form(item)
                elif may:
                    label = "Change the decision" if item.decision else "Decide"
                    st.button(label, key=f"decide-{item.id}-button", on_click=deciding.ask, args=(item.id,),
                              type="tertiary" if item.decision else "secondary")  # fmt: skip


def _item(item: Item, today: date, *, shown: int, live: bool) -> None:
    with st.container(key=f"row-item-{item.id}", gap=None):
        st.html(item_head(item))
        if live:
            st.page_link(session.THEME, label=plain(item.evidence.name), query_params={"id": str(item.theme_id)})
        if (
            live and item.decision is None and not item.evidence.fewer_than
        ):  # a number that was frozen has no notes of today behind it
            with st.container(key=f"num-{item.id}"):
                label = f"{counted(item.evidence.customers, 'customer')}, open their notes"
                st.page_link(session.NOTES, label=label, query_params={"theme": str(item.theme_id)})
    st.html(item_words(item, today, shown=shown) + decided(item, today))


main()
