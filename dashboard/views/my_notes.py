"""My notes: what became of what one wrote, and how far two people agree."""

from __future__ import annotations

import streamlit as st

from dashboard import echo_panel, rhythm, session, write_note
from dashboard.components.own_note import agreement_line, own_note
from dashboard.components.page import empty, head, heading, line
from dashboard.components.table import table
from dashboard.components.text import plain
from dashboard.who import who
from dashboard.words import counted
from insights.desk import agreement
from insights.desk.own_notes import PAGE, OwnNote, own_notes

_MORE = "my-more"


def main() -> None:
    st.html(session.HERE / "desk.css")
    person, now = who(), session.now()
    shown = st.session_state.get(_MORE, 1) * PAGE
    notes = own_notes(session.store(), person, limit=shown + 1)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom", key="deskhead"):
        facts = (f"{counted(min(shown, len(notes)), 'note')} by {person.name}", "only you see this page")
        st.html(head("My notes", facts), width="content")
        st.button("Write a note", key="write", shortcut="W", on_click=write_note.open_dialog)
    echo_panel.show_echoes(person)
    rhythm.form(person)
    if not notes:
        st.html(
            empty(
                "You have not written a note yet",
                "Press W to write one. Notes you wrote in another system appear once an admin has entered your key there.",
            )
        )
    for at, note in enumerate(notes[:shown]):
        st.html(own_note(note, now))
        _themes(at, note)
    if len(notes) > shown:
        st.button("Show older notes", key="older", on_click=_older)
    _agreement()
    write_note.show(person)


def _themes(at: int, note: OwnNote) -> None:
    themes = {fate.theme_id: fate.theme_name for fate in note.fates if fate.theme_id is not None}
    if not themes:
        return
    with st.container(horizontal=True, gap="small", key=f"link-own-{at}"):
        for theme_id, name in themes.items():
            st.page_link(session.THEME, label=plain(name), query_params={"id": str(theme_id)})


def _older() -> None:
    st.session_state[_MORE] = st.session_state.get(_MORE, 1) + 1


def _agreement() -> None:
    st.html(heading("How far two people agree", "one note in twenty is judged twice, the second time blind"))
    rows = [agreement_line(found) for found in agreement.agreement(session.store()) if found.items]
    if not rows:
        st.html(
            line(("No note has been judged twice yet. It is asked of whoever judged notes in the last two weeks.",))
        )
        return
    st.html(table("Agreement by kind", ("Kind", "Heard by one of two", "Cohen’s kappa", "Meaning"), rows))


main()
