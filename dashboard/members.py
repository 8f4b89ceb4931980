"""Who answers for a team: the forms in which an admin lets people in and takes them out."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import session
from dashboard.components.page import heading
from insights.listening import teams
from insights.listening.teams import Team
from insights.trust import people
from insights.trust.people import Person, Role

ANSWERING = (Role.TEAM_OWNER, Role.PRODUCT_OWNER, Role.ADMIN)
Attempt = Callable[[Callable[[], object], str], None]


def forms(team: Team, person: Person, attempt: Attempt) -> None:
    """One form to let somebody answer, one to take somebody out. ``attempt`` does a step and says what came of it."""
    st.html(heading("Who answers for it"))
    found = {one.name: one.id for one in people.all(session.store(), active_only=True) if one.role in ANSWERING}
    with st.form("team-join", border=False), st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.selectbox("Person", list(found), key="team-person", width=260)
        st.checkbox("Only as a deputy", key="team-deputy")
        st.form_submit_button("Let them answer", on_click=_joined, args=(team, found, person, attempt))
    if not team.members:
        return
    inside = {one.name: one.person_id for one in team.members}
    with st.form("team-leave", border=False), st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.selectbox("No longer answers", list(inside), key="team-leaving", width=260)
        st.form_submit_button("Take them out", on_click=_left, args=(team, inside, person, attempt))


def _joined(team: Team, found: dict[str, int], person: Person, attempt: Attempt) -> None:
    name, deputy = str(st.session_state["team-person"]), bool(st.session_state["team-deputy"])

    def step() -> None:
        teams.join(session.writer(), team.id, found[name], by=person, at=session.now(), deputy=deputy)

    attempt(step, f"{name} answers for {team.name}.")


def _left(team: Team, inside: dict[str, int], person: Person, attempt: Attempt) -> None:
    name = str(st.session_state["team-leaving"])

    def step() -> None:
        teams.leave(session.writer(), team.id, inside[name], by=person, at=session.now())

    attempt(step, f"{name} no longer answers for {team.name}.")
