"""The rows behind one litmus figure: what it counts, and each theme in it."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.components.listening import figure_words, theme_line
from dashboard.components.page import empty, head, heading, line
from dashboard.components.text import plain
from dashboard.words import counted
from insights.listening import asking
from insights.listening.litmus import Figure, litmus

PAGE = 200


def main() -> None:
    st.html(session.HERE / "listening.css")
    found = litmus(session.store(), session.now())
    asked = st.query_params.get("figure", "0")
    at = int(asked) if asked.isascii() and asked.isdigit() and int(asked) < len(found.now) else 0
    one, before = found.now[at], found.before[at]
    with st.container(horizontal=True, gap="xsmall", key="crumb"):
        st.page_link(session.LISTENING, label="Listening")
    st.html(head(f"{one.name}: {figure_words(one)}", (f"the quarter before: {figure_words(before)}",)))
    st.html(line((f"Counts {one.counts}",)))
    st.html(line((f"Could be gamed {one.gamed}",)))
    if not one.rows:
        st.html(empty("Nothing to count yet", "The figure appears once themes were asked about and answered."))
        return
    _rows(one)


def _rows(one: Figure) -> None:
    names = asking.names(session.store())
    of_agents = one.name.startswith("Agents")
    title = "The decisions, not the agents" if of_agents else "The themes"
    note = "no agent is named" if of_agents else counted(len(one.rows), "theme")
    st.html(heading(title, note))
    with st.container(gap=None, key="rows"):
        for place, theme in enumerate(one.rows[:PAGE]):
            name = names.get(theme, f"Theme {theme}")
            with st.container(key=f"row-figure-{theme}", gap=None):
                st.html(theme_line(name, f"theme {theme}", "" if place < one.counting else "not counted"))
                st.page_link(session.LEDGER, label=plain(name), query_params={"id": str(theme)})


main()
