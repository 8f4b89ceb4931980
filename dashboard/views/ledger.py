"""What a theme was asked and answered: the answer its owner owes, the say, questions, what customers paid, every entry."""

from __future__ import annotations

import streamlit as st

from dashboard import answering, links, placing, session
from dashboard.components.echoes import say_words
from dashboard.components.ledger import ledger_log
from dashboard.components.listening import answer_chip
from dashboard.components.owners import offering_words
from dashboard.components.page import empty, head, heading, line
from dashboard.components.table import table
from dashboard.components.text import escape, plain
from dashboard.who import who
from dashboard.words import counted, day, few
from insights.listening import asking, ledger, paid, questions, say, teams
from insights.listening.asking import Standing
from insights.listening.cases import Ask
from insights.listening.paid import Paid

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
        _paid(paid.paid(session.store(), found.theme_id))
        known = {team.id: team.name for team in teams.all(session.store(), active_only=False)}
        st.html(heading("What was asked and answered", "nothing here can be changed or taken away"))
        entries = ledger.of_theme(session.store(), found.theme_id)
        st.html(ledger_log(entries, known, session.today()) if entries else line(("Nothing yet",)))


def _owed(found: Standing) -> None:
    ask, today = found.ask, session.today()
    state = ask.state(today) if ask else None
    chip = answer_chip(state)
    if ask is None:
        st.html(f'<div class="owed">{chip}<small>It asks its owner once enough customers speak of it.</small></div>')
        return
    st.html(f'<div class="owed">{chip} <b>{escape(found.team or "Nobody")}</b><br>{_fate(ask)}</div>')
    if ask.standing is not None:
        st.html(line((say_words(say.on(session.store(), ask.standing.entry.number)),)))


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


def _paid(bill: Paid | None) -> None:
    st.html(heading("What customers paid", "beside the price"))
    if bill is None:
        text = "Its notes were erased or moved to another theme, or too few customers speak of it to be shown."
        st.html(empty("No note to count", text))
        return
    given = " and ".join(
        f"{currency} {amount:,.0f} {word}"
        for sums, word in ((bill.refunds, "refunded"), (bill.credits, "credited"))
        for currency, amount in sorted(sums.items())
    )
    rows = [
        (
            "Came back with it",
            f"{few(bill.came_back, session.store().least_customers)} of {counted(bill.customers, 'customer')}",
        ),
        ("People told the story", f"{bill.people_told:.1f} on average"),
        ("Hand-offs", counted(len(bill.handoffs), "note")),
        ("“Not our department”", counted(len(bill.disclaimers), "note")),
        ("Workarounds", counted(len(bill.workarounds), "note")),
        ("Made good", given or counted(len(bill.compensations), "note")),
        ("As an exception", counted(len(bill.exceptions), "note")),
        ("Time with care", f"{bill.minutes:,.0f} minutes"),
    ]
    st.html(table("What customers paid", ("What", "How much"), rows))
    with st.container(key="link-paid"):
        st.page_link(
            session.NOTES, label=plain("Read the notes behind this"), query_params={"theme": str(bill.theme_id)}
        )


main()
