"""The forms of the owners page, for admins: add a team, let a person answer for it, say what it owns."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import session
from dashboard.components.page import heading, notice
from insights.board import ranking
from insights.listening import ownership, teams
from insights.listening.ownership import Part
from insights.listening.teams import Team, Terms
from insights.store import StoreError
from insights.trust import people
from insights.trust.people import NotAllowed, Person, Role

ANY_PRODUCT, ANY_PART = "every product", "all of it"
_SAID = "owning-said"


def said() -> None:
    """Say once what came of the last step."""
    if message := st.session_state.pop(_SAID, ""):
        st.html(notice(message))


def forms(team: Team | None, person: Person) -> None:
    """What an admin may do here; the services ask again who they are."""
    if team is None:
        _add(person)
        return
    _join(team, person)
    _own(team, person)


def _add(person: Person) -> None:
    st.html(heading("Add a team"))
    with st.form("team-add", border=False), st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.text_input("Name", key="team-name", max_chars=80, width=240)
        st.number_input("Asks from so many customers on", 1, 1000, 10, key="team-customers", width=220)
        st.number_input("Days to answer", 1, 90, 14, key="team-days", width=160)
        st.form_submit_button("Add", on_click=_added, args=(person,))


def _added(person: Person) -> None:
    state = st.session_state
    terms = Terms(ask_customers=int(state["team-customers"]), answer_days=int(state["team-days"]))
    name = str(state["team-name"])
    _try(lambda: teams.add(session.writer(), name, by=person, at=session.now(), terms=terms), f"{name} is a team now.")


def _join(team: Team, person: Person) -> None:
    roles = (Role.TEAM_OWNER, Role.PRODUCT_OWNER, Role.ADMIN)
    found = {one.name: one.id for one in people.all(session.store(), active_only=True) if one.role in roles}
    st.html(heading("Who answers for it"))
    with st.form("team-join", border=False), st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.selectbox("Person", list(found), key="team-person", width=260)
        st.checkbox("Only as a deputy", key="team-deputy")
        st.form_submit_button("Let them answer", on_click=_joined, args=(team, found, person))


def _joined(team: Team, found: dict[str, int], person: Person) -> None:
    name, deputy = str(st.session_state["team-person"]), bool(st.session_state["team-deputy"])

    def step() -> None:
        teams.join(session.writer(), team.id, found[name], by=person, at=session.now(), deputy=deputy)

    _try(step, f"{name} answers for {team.name}.")


def _own(team: Team, person: Person) -> None:
    products = [ANY_PRODUCT, *ranking.choices(session.store()).products]
    st.html(heading("What it owns", "who had it loses it; open answers go along and keep their day"))
    with st.form("team-own", border=False), st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.selectbox("Product", products, key="own-product", width=220)
        st.selectbox("Part of the offering", [ANY_PART, *(part.value for part in Part)], key="own-part", width=220)
        st.form_submit_button("Give it to the team", on_click=_owned, args=(team, person))


def _owned(team: Team, person: Person) -> None:
    product, part = str(st.session_state["own-product"]), str(st.session_state["own-part"])
    product, part = ("" if product == ANY_PRODUCT else product), ("" if part == ANY_PART else part)

    def step() -> None:
        ownership.own(session.writer(), team.id, by=person, at=session.now(), product=product, part=part)

    _try(step, f"{team.name} owns it now.")


def _try(step: Callable[[], object], done: str) -> None:
    try:
        step()
        st.session_state[_SAID] = done
    except (StoreError, NotAllowed) as error:
        st.session_state[_SAID] = f"Nothing was changed: {error}."
