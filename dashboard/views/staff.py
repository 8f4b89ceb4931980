"""What is recorded about staff, and what is not, in plain words."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.components.page import head, heading
from dashboard.components.text import escape
from dashboard.settings import settings

KEPT = (
    "Your name, address and role, as an admin entered them.",
    "Under each note, who wrote it: not your name but a code made from your id with a key that lies outside the database.",
    "What you accept, correct or reject on the desk, with your name, so that it can be taken back and learnt from.",
    "What became of your notes, and when you read it. Only you see yours. A team sees how many of its answers went unread, "
    "from three authors on.",
    "How you want to hear of your notes: how often, by which way, and your quiet hours. It is in the log of actions too.",
    "That you answered a question of a team: in the log of actions, which only admins read. The team sees the answer alone.",
    "Answers of teams, with the name of who gave them. They stand in the ledger for good; that is what it is for.",
)
NOT_KEPT = (
    "No score, no ranking, no target and no speed of an agent. No page or export puts one agent beside another.",
    "Your vote on an answer carries no name, no time and no place in a row. While the vote is open only your own session "
    "can find it, to let you change it. When it closes, the last thread to you is thrown away.",
    "No vote is shown before three people have voted, and the figures move on by three people at a time.",
    "Nothing about a group of fewer than three people.",
    "No listening in: Earshot reads notes and messages that were sent to it, no screen, no microphone, no mouse.",
)
GAPS = (
    "If all who voted say the same, everybody knows what each of them said. Two of three voters together can work out the third.",
    "Who holds both the database and the key can find a vote as long as it is open, so the two are kept apart.",
    "A way of writing can give somebody away: words beside a vote are shown only when three people wrote some, in the order "
    "of the alphabet.",
)


def main() -> None:
    st.html(session.HERE / "listening.css")
    with st.container(horizontal=True, gap="xsmall", key="crumb"):
        st.page_link(session.LISTENING, label="Listening")
    st.html(head("What is recorded about staff, and what is not", ("agents are never ranked and never watched",)))
    for title, facts in (
        ("What is recorded", KEPT),
        ("What is not", NOT_KEPT),
        ("Where this has limits", GAPS),
    ):
        st.html(heading(title))
        _list(facts)
    st.html(heading("What is shown of customers"))
    least = settings().min_customers
    _list(
        (
            "Agents and admins read single notes: that is their work.",
            f"Everybody else reads words only where at least {least} customers stand behind what was asked for, whatever "
            "the filters, and a smaller number is told as “fewer than”. A link or an export shows its reader no more.",
            "Without sign-in (local mode) the person at this machine is an admin and sees everything.",
        )
    )
    st.html(heading("How the say is counted"))
    st.html(
        '<p class="lead">Beside a team stands the mean of all votes shown for its answers, from 1 (does not fit) to 5 (fits); '
        "each vote weighs the same. Only those whose notes are behind a theme vote on its answer, once, and may change it for "
        "two weeks.</p>"
    )


def _list(facts: tuple[str, ...]) -> None:
    st.html(f'<ul class="facts">{"".join(f"<li>{escape(fact)}</li>" for fact in facts)}</ul>')


main()
