"""A note of one's own: kept the moment it is sent off, heard as soon as a worker comes to it."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.components.page import line, notice
from insights.board import ranking
from insights.delivery import written
from insights.delivery.written import Draft, NotWritten
from insights.trust.people import Person

CHANNELS = ("phone", "chat", "email", "walkin", "social", "internal")
KEPT = "Your note is kept. It appears here and among your notes as soon as it has been heard."
_OPEN, _SAID = "write-open", "write-said"


def open_dialog() -> None:
    """Called by the key; the dialog itself is drawn by `show` in the same run."""
    st.session_state[_OPEN] = True


def show(person: Person) -> None:
    """Draw the dialog when it was asked for, and say that a note was kept."""
    if said := st.session_state.pop(_SAID, ""):
        st.toast(said)
    if st.session_state.pop(_OPEN, False):
        _dialog(person)


@st.dialog("Write a note", width="medium")
def _dialog(person: Person) -> None:
    choices = ranking.choices(session.store())
    with st.form("note", border=False):
        words = st.text_area("What the customer said", key="note-words", height=140)
        own = st.text_area("What you noticed (not counted as the customer’s words)", key="note-own", height=80)
        left, right = st.columns(2)
        channel = left.selectbox("Channel", CHANNELS, key="note-channel", format_func=str.capitalize)
        product = right.selectbox(
            "Product", choices.products, index=None, key="note-product", placeholder="Not about one"
        )
        customer = st.text_input("Customer number, if you know it", key="note-customer", max_chars=200)
        st.html(line(("Names, numbers and addresses are taken out before the note is shown to anybody.",)))
        if not st.form_submit_button("Keep the note", type="primary", shortcut="Ctrl+Enter"):
            return
    draft = Draft(words, own, channel=channel or "", product=product or "", customer_id=customer)
    try:
        written.write_note(session.writer(), draft, by=person, at=session.now())
    except NotWritten as error:
        st.html(notice(str(error)))
        return
    st.session_state[_SAID] = KEPT
    st.rerun()
