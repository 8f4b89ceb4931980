"""What a theme was asked and answered: the answer its owner owes, the say, questions, what customers paid, every entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from dashboard import answering, bill, links, placing, session
from dashboard.components.echoes import say_words
from dashboard.components.ledger import ledger_log
from dashboard.components.listening import answer_chip
from dashboard.components.owners import offering_words
from dashboard.components.page import head, heading, line
from dashboard.components.table import table
from dashboard.components.text import escape
from dashboard.who import who
from dashboard.words import counted, day
from insights.listening import asking, ledger, paid, questions, say, teams
from insights.listening.asking import Standing
from insights.listening.cases import Ask
from insights.listening.ledger import Entry, Event

QUESTION_STATES = {
    "waiting": "waits for the next conversation",
    "given": "given to a conversation",
    "withdrawn": "taken back",
}


def main() -> None:
    st.html(session.HERE / "listening.css")
    asked = links.theme_id("id")
    found = asking.standing(session.store(), asked, session.now()) if asked is not None else None
    if found is None:
        links.no_such_theme()
        return
    with st.container(horizontal=True, gap="xsmall", key="crumb"):
        st.page_link(session.LISTENING, label="Listening")
        st.page_link(session.THEME, label="The theme and its quotes", query_params={"id": str(found.theme_id)})
    owned = f"owned by {found.team or 'nobody yet'}"
    st.html(head(found.name, (f"Theme {found.theme_id}", owned, *offering_words(found))))
    placing.form(found, who())
    answering.said()
    left, right = st.columns([58, 42], gap="large")
    with left:
        _owed(found)
        answering.forms(found, who())
        _questions(found.theme_id)
    with right:
        bill.show(paid.paid(session.store(), found.theme_id))
        known = {team.id: team.name for team in teams.all(session.store(), active_only=False)}
        st.html(heading("What was asked and answered", "nothing here can be changed or taken away"))
        entries = ledger.of_theme(session.store(), found.theme_id)
        st.html(ledger_log(entries, known, session.today()) if entries else line(("Nothing yet",)))
        _reviews(entries)


def _owed(found: Standing) -> None:
    ask, today = found.ask, session.today()
    state = ask.state(today) if ask else None
    chip = answer_chip(state)
    if ask is None:
        st.html(f'<div class="owed">{chip}<small>It asks its owner once enough customers speak of it.</small></div>')
        return
    st.html(f'<div class="owed">{chip} <b>{escape(found.team or "Nobody")}</b><br>{_fate(ask)}</div>')
    if ask.standing is not None:
        said = say.on(session.store(), ask.standing.entry.number)
        st.html(line((say_words(said), *(f"“{words}”" for words in said.words))))


def _fate(ask: Ask) -> str:
    today, answer = session.today(), ask.standing
    if answer is None:
        late = ask.late_since(today)
        when = f"{counted((today - late).days, 'day')} late" if late else f"by {day(ask.due, today)}"
        return f"An answer is due {escape(when)}.<small>Why it asks: {escape(ask.entry.reason)}</small>"
    entry = answer.entry
    promise = f"<br>{escape(entry.change)}, by {day(entry.due, today)}" if entry.change and entry.due else ""
    kept = answer.promise(today)
    fate = f" · the promise is {kept.value}" if kept else ""
    looks = f"<br>Looks again on {day(entry.due, today)}" if entry.due and not entry.change else ""
    return f"“{escape(entry.reason)}”{promise}{looks}<small>{day(entry.at.date(), today)}{fate}</small>"


def _questions(theme_id: int) -> None:
    found = questions.of_theme(session.store(), theme_id)
    if not found:
        return
    st.html(heading("Questions to agents", "each waits for the next conversation about this"))
    rows = [(one.words, one.answer or QUESTION_STATES.get(one.state.value, one.state.value)) for one in found]
    st.html(table("Questions to agents and their answers", ("Question", "Answer"), rows))


def _reviews(entries: Sequence[Entry]) -> None:
    """The weekly reviews that decided on the theme, the newest on top."""
    weeks = {str(entry.facts["week"]) for entry in entries if entry.event is Event.DECIDED}
    with st.container(key="link-reviews", gap=None):
        for week in sorted(weeks, reverse=True):
            label = f"The review of the week of {day(date.fromisoformat(week), session.today())}"
            st.page_link(session.REVIEW, label=label, query_params={"week": week})


main()
