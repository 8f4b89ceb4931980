"""Explore: find notes by what they say or mean, or look at all of them on a map."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboard import filters, finding, narrowing, points, session
from dashboard.components.page import empty, head, heading, line, too_few
from dashboard.components.quote import quote
from dashboard.words import counted, number
from insights import facts
from insights.board import ranking
from insights.board.atlas import atlas
from insights.board.behind import Behind
from insights.board.quotes import QuoteOrder, notes, quotes_of
from insights.board.search import Found, search

PAGE_SIZE = 20
PAGE = "n"


def main() -> None:
    store, today = session.store(), session.today()
    narrowing.come_back()
    top = st.container()
    text, view = finding.bar(ranking.choices(store))
    narrowing.chips()
    query = narrowing.narrowed()
    if view == "Map":
        with top:
            st.html(head("Explore", ("Every point is something a customer said; near points mean much the same",)))
        _map(query, today)
        return
    page = filters.page_asked(PAGE)
    offset = (page - 1) * PAGE_SIZE
    if not text:
        said = notes(store, Behind(query=query), QuoteOrder.NEWEST, today, limit=PAGE_SIZE, offset=offset)
        heard = (f"{counted(said.notes, 'note')} from {counted(said.customers, 'customer')}", "newest first")
        with top:
            st.html(head("Explore", heard if said.quotes else ()))
        nothing = empty("No note passes", "Take a filter off.")
        if said.fewer_than:
            nothing = too_few(said.fewer_than, "are left by the filters")
        st.html("".join(quote(one, today) for one in said.quotes) or nothing)
        _pages(said.notes, page)
        return
    meaning = session.meaning(store, str(facts.recall(store, "encoder:published")))
    found = search(store, text, query, today, meaning, limit=PAGE_SIZE, offset=offset)
    with top:
        st.html(head("Explore", _facts(found, by_meaning=meaning is not None)))
    finding.show_themes(found.themes)
    if found.fewer_than:
        st.html(too_few(found.fewer_than, "say this in these words, or in others"))
    if not found.quotes and not found.fewer_than:
        hidden = "Filters may hide notes that do." if narrowing.active() else "Nothing is hidden by a filter."
        st.html(empty("No note says this, in words or in meaning", hidden))
        return
    st.html("".join(quote(one, today) for one in found.quotes))
    _pages(found.by_words + found.by_meaning, page)


def _facts(found: Found, *, by_meaning: bool) -> tuple[str, ...]:
    said = (
        f"the newest {number(found.by_words)} notes that say it"
        if found.more
        else f"{counted(found.by_words, 'note')} say it"
    )
    close = f"{number(found.by_meaning)} mean much the same" if by_meaning else "searched by words only"
    return (said[:1].upper() + said[1:], close)


def _pages(found: int, page: int) -> None:
    first = (page - 1) * PAGE_SIZE
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        if found:
            st.html(line((f"Notes {first + 1}–{min(found, first + PAGE_SIZE)} of {number(found)}",)), width="content")
        if found > PAGE_SIZE:
            st.pagination(-(-found // PAGE_SIZE), key=PAGE, bind="query-params")
        finding.save()


def _map(query: ranking.ThemeQuery, today: date) -> None:
    found = atlas(session.store(), query, today)
    if not found.drawn:
        st.html(empty("No map to show", "The map is drawn at a refresh of the themes: “earshot themes refresh”."))
        return
    pressed = st.echarts_chart(
        points.scatter(found, dark=session.dark()), key="points", height=560, on_select="rerun",
        alt="Map of notes by meaning, coloured by theme; the table below names the themes and their points",
    )  # fmt: skip
    st.html(line((f"{number(found.drawn)} of {counted(found.points, 'point')}", "mark some to read them")))
    least = session.store().least_customers
    if ids := points.chosen(found, pressed["selection"]["selected"]):
        said = quotes_of(session.store(), ids[:PAGE_SIZE])
        st.html(heading("Marked", f"{counted(len(ids), 'signal')}, the first {len(said)} notes"))
        st.html("".join(quote(one, today) for one in said) or too_few(least, "stand behind what is marked"))
    with st.expander("The same as a table", key="points-table"):
        st.html(points.table_of(found))


main()
