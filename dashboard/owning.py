"""The forms of the owners page, for admins: add a team, say when themes ask it, and what it owns."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from dashboard import members, session
from dashboard.components.page import heading, notice
from insights.board import ranking
from insights.listening import ownership, teams
from insights.listening.ownership import Part
from insights.listening.teams import Team, Terms
from insights.store import StoreError
from insights.trust.people import NotAllowed, Person

ANY_PRODUCT, ANY_PART = "every product", "all of it"
_SAID = "owning-said"


def said() -> None:
    """Say once what came of the last step."""
    if message := st.session_state.pop(_SAID, ""):
        st.html(notice(message))


def forms(team: Team | None, owned: Mapping[str, int], person: Person) -> None:
    """What an admin may do here; the services ask again. ``owned``: the rules of the team, in words."""
    if team is None:
        _add(person)
        return
    members.forms(team, person, attempt)
    _own(team, owned, person)
    _terms(team, person)


def attempt(step: Callable[[], object], done: str) -> None:
    """Do what somebody asked for; what came of it is said on the page."""
    try:
        step()
        st.session_state[_SAID] = done
    except (StoreError, NotAllowed) as error:
        st.session_state[_SAID] = f"Nothing was changed: {error}."


def _add(person: Person) -> None:
    st.html(heading("Add a team"))
    with st.form("team-add", border=False), st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.text_input("Name", key="team-name", max_chars=80, width=240)
        st.form_submit_button("Add", on_click=_added, args=(person,))


def _added(person: Person) -> None:
    name = str(st.session_state["team-name"])
    attempt(lambda: teams.add(session.writer(), name, by=person, at=session.now()), f"{name} is a team now.")


def _own(team: Team, owned: Mapping[str, int], person: Person) -> None:
    products = [ANY_PRODUCT, *ranking.choices(session.store()).products]
    st.html(heading("What it owns", "who had it loses it; open answers go along and keep their day"))
    with st.form("team-own", border=False), st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.selectbox("Product", products, key="own-product", width=220)
        st.selectbox("Part of the offering", [ANY_PART, *(part.value for part in Part)], key="own-part", width=220)
        st.form_submit_button("Give it to the team", on_click=_owned, args=(team, person))
    if not owned:
        return
    with st.form("team-disown", border=False), st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.selectbox("It no longer owns", list(owned), key="disown-what", width=300)
        st.form_submit_button("Take it away", on_click=_disowned, args=(team, owned, person))


def _owned(team: Team, person: Person) -> None:
    product, part = str(st.session_state["own-product"]), str(st.session_state["own-part"])
    product, part = ("" if product == ANY_PRODUCT else product), ("" if part == ANY_PART else part)

    def step() -> None:
        ownership.own(session.writer(), team.id, by=person, at=session.now(), product=product, part=part)

    attempt(step, f"{team.name} owns it now.")


def _disowned(team: Team, owned: Mapping[str, int], person: Person) -> None:
    what = str(st.session_state["disown-what"])

    def step() -> None:
        ownership.disown(session.writer(), owned[what], by=person, at=session.now())

    attempt(step, f"{team.name} no longer owns {what}. What nobody else owns is in nobody’s land now.")


def _terms(team: Team, person: Person) -> None:
    terms = team.terms
    st.html(heading("When a theme asks it", "one of the three is enough; at least three customers either way"))
    with st.form("team-terms", border=False):
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            st.number_input("From so many customers on", 1, 1000, terms.ask_customers, key="terms-customers", width=200)
            st.number_input("From this severity on, of 5", 1, 5, terms.ask_severity, key="terms-severity", width=200)
            st.number_input("Days to answer", 1, 90, terms.answer_days, key="terms-days", width=160)
        st.checkbox("Also when it clearly grows", terms.ask_growth, key="terms-growth")
        st.form_submit_button("Set", on_click=_set, args=(team, person))


def _set(team: Team, person: Person) -> None:
    state = st.session_state
    terms = Terms(
        int(state["terms-customers"]),
        int(state["terms-severity"]),
        bool(state["terms-growth"]),
        int(state["terms-days"]),
    )

    def step() -> None:
        teams.change_terms(session.writer(), team.id, terms, by=person, at=session.now())

    attempt(step, "Set. What was asked already keeps its day.")
