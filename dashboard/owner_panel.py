"""For the page of a theme: who owns it, how its answer stands, and the way to what was asked and answered.

Mounted with one line: `show_owner(theme_id)`.
"""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.components.listening import answer_chip, owner_square
from dashboard.components.owners import offering_words
from dashboard.components.page import heading, line
from dashboard.components.text import escape
from dashboard.words import counted, day
from insights.listening import asking
from insights.listening.asking import Standing


def show_owner(theme_id: int) -> None:
    """The owner team, or that it is nobody's and since when; the answer, or when it is due."""
    found = asking.standing(session.store(), theme_id, session.now())
    if found is None:
        return
    st.html(session.HERE / "listening.css")
    st.html(heading("Owner and answer"))
    state = found.ask.state(session.today()) if found.ask else None
    chip = answer_chip(state) if found.ask else ""
    name = escape(found.team or "Nobody yet")
    st.html(
        f'<div class="owed">{owner_square(found.team)} <b>{name}</b> {chip}<small>{escape(_when(found))}</small></div>'
    )
    if said := offering_words(found):
        st.html(line(said))
    with st.container(key="link-ledger"):
        st.page_link(session.LEDGER, label="What was asked and answered", query_params={"id": str(found.theme_id)})


def _when(found: Standing) -> str:
    today, ask = session.today(), found.ask
    if ask is None:
        if found.team:
            return "It asks for an answer once enough customers speak of it."
        if found.since is None:
            return "No team owns it; under Owners it can be given to one."
        return f"In nobody’s land for {counted((session.now() - found.since).days, 'day')}."
    late = ask.late_since(today)
    if late is not None:
        return f"The answer is {counted((today - late).days, 'day')} late. It asks because {ask.entry.reason}."
    if ask.standing is None:
        return f"An answer is due by {day(ask.due, today)}. It asks because {ask.entry.reason}."
    entry = ask.standing.entry
    until = f" By {day(entry.due, today)}." if entry.due else ""
    return f"“{entry.reason}” {day(entry.at.date(), today)}.{until}"
