"""Whose a theme is, for its page of asked and answered: its part of the offering, who causes it, who pays, who owns it."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.answering import attempt
from dashboard.components.page import line
from insights.listening import ownership, teams
from insights.listening.asking import Standing
from insights.listening.ownership import Offering, Part
from insights.trust.people import Person, Role

UNSAID, NOT_KNOWN = "not said yet", "not known"
PLACING = (Role.TEAM_OWNER, Role.PRODUCT_OWNER, Role.ADMIN)


def form(found: Standing, person: Person) -> None:
    """Two forms behind one button, for those who may; the services ask again."""
    if person.role not in PLACING:
        return
    known = {team.name: team.id for team in teams.all(session.store())}
    with st.popover("Whose it is", key="placing"):
        _classify(found, known, person)
        if person.role is Role.ADMIN and known:
            _give(found, known, person)


def _classify(found: Standing, known: dict[str, int], person: Person) -> None:
    parts, names, said = [UNSAID, *(part.value for part in Part)], [NOT_KNOWN, *known], found.offering
    at = {team: name for name, team in known.items()}
    with st.form("classify", border=False):
        st.selectbox("Part of the offering", parts, index=parts.index(said.part or UNSAID), key="place-part")
        for label, key, team in (
            ("Which team causes it", "place-cause", said.cause_team_id),
            ("Which team pays for it", "place-pays", said.paying_team_id),
        ):
            st.selectbox(label, names, index=names.index(at.get(team or 0, NOT_KNOWN)), key=key)
        st.html(line(("The team that causes it and the one that pays may be others than the owner.",)))
        st.form_submit_button("Keep", type="primary", on_click=_classified, args=(found, known, person))


def _classified(found: Standing, known: dict[str, int], person: Person) -> None:
    state = st.session_state
    part = str(state["place-part"])
    said = Offering(
        "" if part == UNSAID else part, known.get(str(state["place-cause"])), known.get(str(state["place-pays"]))
    )

    def step() -> None:
        ownership.classify(session.writer(), found.theme_id, said, by=person, at=session.now())

    attempt(step, "Kept.")


def _give(found: Standing, known: dict[str, int], person: Person) -> None:
    with st.form("give", border=False):
        st.selectbox("Give it to a team", list(known), key="place-team")
        st.html(line(("Whatever product it is about. An open answer goes along and keeps its day.",)))
        st.form_submit_button("Give", on_click=_given, args=(found, known, person))


def _given(found: Standing, known: dict[str, int], person: Person) -> None:
    name = str(st.session_state["place-team"])

    def step() -> None:
        ownership.own(session.writer(), known[name], by=person, at=session.now(), theme_id=found.theme_id)

    attempt(step, f"{name} owns it now.")
