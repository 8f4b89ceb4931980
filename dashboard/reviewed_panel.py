"""For the page of a theme: what weekly reviews decided about it, and the way onto the next agenda."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.components.page import heading, line, notice
from dashboard.components.reviewed import reviewed_log
from dashboard.components.text import plain
from dashboard.who import who
from dashboard.words import short_day
from insights.review import of_theme, reviews
from insights.review.of_theme import Reviewed
from insights.store import StoreError
from insights.trust.people import NotAllowed

SHOWN = 4
_SAID = "wish-said"


def show_reviewed(theme_id: int) -> None:
    """Every review that had it on its agenda, newest first, each one link away; then a way to put it on the next."""
    found, today = of_theme.reviewed(session.store(), theme_id), session.today()
    st.html(heading("In weekly reviews"))
    if message := st.session_state.pop(_SAID, ""):
        st.html(notice(message))
    st.html(reviewed_log(found.places[:SHOWN], today) if found.places else line(("Not on an agenda yet",)))
    with st.container(horizontal=True, gap="small", key="link-reviews"):
        for place in found.places[:SHOWN]:
            label = f"Review of {short_day(place.week, today)}"
            st.page_link(session.REVIEW, label=label, query_params={"week": place.week.isoformat()})
    if found.wish:
        st.html(line((f"On the next agenda: “{found.wish}”",)))
    elif not found.waits and reviews.may_decide(who()):
        _offer(theme_id, found)


def _offer(theme_id: int, found: Reviewed) -> None:
    label = "Put on the next agenda" if found.places else "Put on an agenda"
    with st.popover(label, key="wish"), st.form("wish-form", border=False):
        why = "Why it belongs there"
        st.text_input(why, placeholder="One sentence for the review", key="wish-why", max_chars=of_theme.LONGEST)
        st.form_submit_button(plain("Put it there"), type="primary", on_click=_wish, args=(theme_id,))


def _wish(theme_id: int) -> None:
    why = str(st.session_state["wish-why"])
    try:
        of_theme.wish(session.writer(), theme_id, why, by=who(), at=session.now())
    except (StoreError, NotAllowed) as error:
        st.session_state[_SAID] = f"Nothing was changed: {error}."
        return
    st.session_state[_SAID] = "It is on the agenda."
