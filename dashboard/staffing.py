"""Who works here: everybody with their roles, changing one, adding one. Told in one sentence what came of it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import session, who
from dashboard.components.page import heading
from dashboard.components.table import table
from ingest.pseudonyms import Pseudonyms, privacy_key
from ingest.settings import IngestSettings
from insights.trust import people
from insights.trust.people import NoSuchPerson, NotAllowed, Person, Role

SAID, FAILED = "admin_said", "admin_failed"


def show_people(everybody: tuple[Person, ...]) -> None:
    """Everybody, and what can be changed about one."""
    st.html(heading("People", "a role counts from the next click on"))
    rows = [
        (person.name, str(person.role), person.email or "–", "yes" if person.agent_key else "–", "" if person.active else "switched off")
        for person in everybody
    ]  # fmt: skip
    st.html(table("People and their roles", ("Name", "Role", "Signs in as", "Own notes", ""), rows))
    by_id = {person.id: person for person in everybody}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall", key="change-person"):
        chosen = st.selectbox("Person", list(by_id), format_func=lambda one: by_id[one].name, key="person", width=220)
        roles = list(Role)
        st.selectbox("Role", roles, index=roles.index(by_id[chosen].role), key=f"role-{chosen}", width=160)
        st.button("Change role", key="change-role", on_click=_change_role, args=(chosen, f"role-{chosen}"))
        switch = "Switch off" if by_id[chosen].active else "Switch on"
        st.button(switch, key="switch", on_click=_switch, args=(chosen, by_id[chosen].active))


def show_form() -> None:
    """Add somebody."""
    st.html(heading("Add a person"))
    with st.form("add", border=False, clear_on_submit=True):
        name = st.text_input("Name", key="new-name", max_chars=100)
        email = st.text_input("Signs in as (e-mail)", key="new-email", max_chars=200)
        role = Role(st.selectbox("Role", list(Role), key="new-role") or Role.VIEWER)
        agent = st.text_input(
            "Agent id in the care system", key="new-agent", max_chars=200, help="Only its keyed hash is kept."
        )
        if st.form_submit_button("Add"):
            key = pseudonyms().agent(agent.strip())
            tried(
                lambda: people.add(session.writer(), name, email, role, by=who.who(), at=session.now(), agent_key=key),
                f"{name} is {role}.",
            )
            st.rerun()


def _change_role(person: int, key: str) -> None:
    role = Role(st.session_state[key])
    tried(
        lambda: people.change_role(session.writer(), person, role, by=who.who(), at=session.now()),
        f"The role is {role} now.",
    )


def _switch(person: int, active: bool) -> None:
    change = people.deactivate if active else people.activate
    tried(
        lambda: change(session.writer(), person, by=who.who(), at=session.now()),
        "Switched off." if active else "Switched on.",
    )


def tried(deed: Callable[[], object], said: str) -> None:
    """Do it, and keep in one sentence what came of it for the next drawing."""
    try:
        deed()
    except (NotAllowed, NoSuchPerson) as refused:
        st.session_state[FAILED] = f"{str(refused)[:1].upper()}{str(refused)[1:]}."
        return
    if said:
        st.session_state[SAID] = said


def pseudonyms() -> Pseudonyms:
    """Return what makes the keyed hash of an id."""
    ingest = IngestSettings()
    return Pseudonyms(privacy_key(ingest.privacy_key.get_secret_value(), ingest.data_dir))
