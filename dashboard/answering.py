"""The forms of the ledger page: answer, say that a promise is out, close, ask agents a question."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import streamlit as st

from dashboard import session
from dashboard.components.page import heading, notice
from dashboard.words import day
from insights.listening import answers, questions
from insights.listening.asking import Standing
from insights.listening.ledger import AnswerKind, Value
from insights.store import StoreError
from insights.trust.people import NotAllowed, Person, Role

KINDS = {
    "Accept": AnswerKind.ACCEPTED,
    "Decline": AnswerKind.DECLINED,
    "Need evidence": AnswerKind.NEED_EVIDENCE,
    "Tried before": AnswerKind.TRIED_BEFORE,
}
VALUES = {"Neither": Value.NEITHER, "It gives to customers": Value.GIVING, "It takes from customers": Value.TAKING}
_SAID = "answering-said"
OWNERS = (Role.TEAM_OWNER, Role.PRODUCT_OWNER, Role.ADMIN)


def said() -> None:
    """Say once what came of the last step."""
    if message := st.session_state.pop(_SAID, ""):
        st.html(notice(message))


def forms(found: Standing, person: Person) -> None:
    """What a person who answers for teams may do here; the service has the last word on who that is."""
    if person.role not in OWNERS or not found.team:
        return
    _answer(found, person)
    if found.ask and found.ask.ended is None and found.ask.standing is not None:
        standing = found.ask.standing
        if standing.kind is AnswerKind.ACCEPTED and standing.shipped is None:
            _one_line("The change is out", "What customers notice now", "ship", lambda words: answers.ship(
                session.writer(), standing.entry.number, words, by=person, at=session.now()
            ))  # fmt: skip
        _one_line("Close this", "Why it is closed", "close", lambda words: answers.close(
            session.writer(), found.theme_id, words, by=person, at=session.now()
        ))  # fmt: skip
    _question(found, person)


def _answer(found: Standing, person: Person) -> None:
    owed = found.ask is None or found.ask.standing is None
    st.html(heading("Answer" if owed else "Answer anew", "the earlier answer stays and shows" if not owed else ""))
    with st.form("answer", border=False):
        st.segmented_control("Answer", list(KINDS), default="Accept", required=True, key="answer-kind")
        st.text_input("Reason", placeholder="One sentence the agents will read", key="answer-reason", max_chars=500)
        st.text_input("If accepted: what customers will notice", key="answer-change", max_chars=300)
        with st.container(horizontal=True, gap="small"):
            offered = list(days(session.today()))
            st.selectbox("By (or look again on)", offered, index=2, key="answer-due", width=260)
            st.selectbox("Whom it serves", list(VALUES), key="answer-value", width=220)
        st.form_submit_button("Record answer", type="primary", on_click=_record, args=(found, person))


def _record(found: Standing, person: Person) -> None:
    state = st.session_state
    kind = KINDS[str(state["answer-kind"])]
    due = days(session.today()).get(str(state["answer-due"]))
    words = (str(state["answer-reason"]), str(state["answer-change"]))
    value = VALUES[str(state["answer-value"])]

    def step() -> object:
        return answers.answer(
            session.writer(), found.theme_id, kind, words[0], by=person, at=session.now(), change=words[1], due=due,
            value=value,
        )  # fmt: skip

    attempt(step, "Recorded. The authors of its notes have been told.")


def days(today: date) -> dict[str, date]:
    """Days to choose from, in words."""
    ahead = (
        ("In a week", 7),
        ("In two weeks", 14),
        ("In four weeks", 28),
        ("In eight weeks", 56),
        ("In a quarter", 90),
    )
    return {f"{word}, {day(today + timedelta(days=far), today)}": today + timedelta(days=far) for word, far in ahead}


def _question(found: Standing, person: Person) -> None:
    st.html(heading("Ask agents a question", "the next conversation about this gets it"))
    with st.form("question", border=False):
        st.text_input("Question", placeholder="For how many months would they pause?", key="ask-words", max_chars=300)
        st.text_input("Ready answers, separated by commas", key="ask-choices", max_chars=300)
        st.form_submit_button("Ask", on_click=_ask, args=(found, person))


def _ask(found: Standing, person: Person) -> None:
    words = str(st.session_state["ask-words"])
    choices = [one.strip() for one in str(st.session_state["ask-choices"]).split(",") if one.strip()]
    at = session.now()
    attempt(
        lambda: questions.ask(session.writer(), found.theme_id, words, by=person, at=at, choices=choices),
        "Asked. It waits for the next conversation about this.",
    )


def _one_line(title: str, label: str, key: str, step: Callable[[str], object]) -> None:
    def go() -> None:
        words = str(st.session_state[f"{key}-words"])
        attempt(lambda: step(words), "Recorded.")

    with st.form(key, border=False), st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.text_input(label, key=f"{key}-words", max_chars=300)
        st.form_submit_button(title, on_click=go)


def attempt(step: Callable[[], object], done: str) -> None:
    """Do what somebody asked for; what came of it is said on the page."""
    try:
        step()
        st.session_state[_SAID] = done
    except (StoreError, NotAllowed) as error:
        st.session_state[_SAID] = f"Nothing was recorded: {error}."
