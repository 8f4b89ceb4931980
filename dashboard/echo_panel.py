"""For the desk and My notes: what became of one's notes, one's say on it, and the question an owner has.

Each is mounted with one line: `show_echoes(person)`, `show_question(person, feedback_id)`.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import say_panel, session
from dashboard.components.echoes import echo_item
from dashboard.components.page import heading, line, notice
from dashboard.components.text import escape, plain
from dashboard.words import counted
from insights.listening import echo, questions
from insights.listening.questions import Question
from insights.store import StoreError
from insights.trust.people import NotAllowed, Person

SHOWN = 5
_TOLD = "echo-told"
CANNOT_TELL = "This conversation does not fit"


def show_echoes(person: Person, *, shown: int = SHOWN) -> None:
    """What became of a person's own notes, newest first, each with their say while the vote is open."""
    found = echo.of_person(session.store(), person, limit=shown)
    if not found:
        return
    st.html(session.HERE / "listening.css")
    new = sum(not one.read for one in found)
    st.html(heading("What became of your notes", f"{counted(new, 'new one', 'new ones')}" if new else ""))
    st.html(line(("Only you see this. Your name is not kept with your say, and you can change it for two weeks.",)))
    _said()
    for one in found:
        st.html(echo_item(one, session.now()))
        say_panel.vote(one, person, _try)
    if new:
        ids = [one.id for one in found if not one.read]
        st.button("I have read these", key="echoes-read", on_click=_read, args=(ids, person))


def show_question(person: Person, feedback_id: str) -> None:
    """The question that this conversation was given, with ready answers; nothing when there is none."""
    found = questions.waiting_for(session.store(), feedback_id)
    _said()
    if found is None:
        return
    st.html(session.HERE / "listening.css")
    st.html(
        f'<div class="owed"><b>{escape(found.who)} asks: {escape(found.words)}</b>'
        f"<small>About “{escape(found.theme)}”. Answer from this conversation; your name is not shown.</small></div>"
    )
    with st.container(horizontal=True, gap="xsmall", key=f"question-{found.id}"):
        for at, choice in enumerate(found.choices):
            st.button(plain(choice), key=f"q-{found.id}-{at}", on_click=_answer, args=(found, choice, person))
        st.button(CANNOT_TELL, key=f"q-{found.id}-no", type="tertiary", on_click=_answer, args=(found, "", person))
    with (
        st.form(f"q-form-{found.id}", border=False),
        st.container(horizontal=True, gap="small", vertical_alignment="bottom"),
    ):
        st.text_input("In your own words, without names", key=f"q-{found.id}-words", max_chars=300)
        st.form_submit_button("Answer", on_click=_answer_in_words, args=(found, person))


def _read(ids: list[int], person: Person) -> None:
    _try(lambda: echo.read(session.writer(), ids, by=person, at=session.now()), "")


def _answer(found: Question, words: str, person: Person) -> None:
    if words:
        _try(
            lambda: questions.answer(session.writer(), found.id, words, by=person, at=session.now()),
            "Thank you. It stands with the theme now.",
        )
        return
    _try(
        lambda: questions.does_not_fit(session.writer(), found.id, by=person, at=session.now()),
        "The next conversation gets the question.",
    )


def _answer_in_words(found: Question, person: Person) -> None:
    words = str(st.session_state.get(f"q-{found.id}-words", "")).strip()
    if words:
        _answer(found, words, person)


def _try(step: Callable[[], object], done: str) -> None:
    """Do what somebody asked for; what went wrong is said in words on the page."""
    try:
        step()
        st.session_state[_TOLD] = done
    except (StoreError, NotAllowed) as error:
        st.session_state[_TOLD] = f"{str(error)[:1].upper()}{str(error)[1:]}."


def _said() -> None:
    if told := st.session_state.pop(_TOLD, ""):
        st.html(notice(told))
