"""Admin: who works here, erasing one customer, and who did what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import streamlit as st

from dashboard import session, who
from dashboard.components.page import head, heading, line, notice, trouble
from dashboard.components.table import table
from dashboard.settings import settings
from dashboard.words import ago, counted, number
from ingest.pseudonyms import Pseudonyms, privacy_key
from ingest.settings import IngestSettings
from insights.store import Store
from insights.trust import audit, erasure, people
from insights.trust.people import NoSuchPerson, NotAllowed, Person, Role

SHOWN = 50
SAID, FAILED = "admin_said", "admin_failed"


def main() -> None:
    store, now = session.store(), session.now()
    everybody = people.all(store)
    active = sum(person.active for person in everybody)
    how = "they sign in through your provider" if settings().signs_in else "local mode, nobody signs in"
    st.html(head("Admin", (counted(active, "person", "people"), how)))
    if said := st.session_state.pop(SAID, ""):
        st.html(notice(said))
    if failed := st.session_state.pop(FAILED, ""):
        st.html(trouble("That was not done", failed, ""))
    left, right = st.columns([58, 42], gap="large")
    with left:
        _people(everybody)
        _log(store, now)
    with right:
        _add()
        _erase(store, now)


def _people(everybody: tuple[Person, ...]) -> None:
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


def _add() -> None:
    st.html(heading("Add a person"))
    with st.form("add", border=False, clear_on_submit=True):
        name = st.text_input("Name", key="new-name", max_chars=100)
        email = st.text_input("Signs in as (e-mail)", key="new-email", max_chars=200)
        role = Role(st.selectbox("Role", list(Role), key="new-role") or Role.VIEWER)
        agent = st.text_input(
            "Agent id in the care system", key="new-agent", max_chars=200, help="Only its keyed hash is kept."
        )
        if st.form_submit_button("Add"):
            key = _pseudonyms().agent(agent.strip())
            _try(
                lambda: people.add(session.writer(), name, email, role, by=who.who(), at=session.now(), agent_key=key),
                f"{name} is {role}.",
            )
            st.rerun()


def _erase(store: Store, now: datetime) -> None:
    st.html(heading("Erase a customer", "for good: words, signals, vectors, search, records set aside, events"))
    with st.form("erase", border=False, clear_on_submit=True):
        customer = st.text_input("Customer id, as the sending system knows it", key="customer", max_chars=500)
        again = st.text_input("The same id again", key="customer-again", max_chars=500)
        if st.form_submit_button("Erase for good"):
            if not customer.strip() or customer != again:
                st.session_state[FAILED] = "The two ids differ. Nothing was erased."
            else:
                key = _pseudonyms().customer(customer.strip())
                _try(lambda: _erased(key, customer.strip()), "")
            st.rerun()
    receipts = [
        (str(one.number), ago(one.at, now), one.by, ", ".join(f"{number(count)} × {name}" for name, count in one.counts.items()) or "nothing found")
        for one in erasure.receipts(store, limit=10)
    ]  # fmt: skip
    if receipts:
        st.html(table("Receipts of erasures", ("Receipt", "When", "By", "What went"), receipts))
    st.html(
        line(
            (
                "Backups made before still hold it, the topic until its retention ends; what is read again is refused. "
                "“earshot erase” also rewrites the file's bytes.",
            )
        )
    )


def _erased(key: str, raw: str) -> None:
    receipt = erasure.erase(session.writer(), key, raw_id=raw, by=who.who(), at=session.now())
    st.cache_data.clear()
    gone = sum(receipt.counts.values())
    st.session_state[SAID] = f"Receipt {receipt.number}: {counted(gone, 'row')} erased."


def _log(store: Store, now: datetime) -> None:
    st.html(heading("Who did what", "rows are only added, and chained: “earshot db check” shows a change"))
    rows = [
        (ago(entry.at, now), entry.who, entry.action, entry.subject, str(entry.number))
        for entry in audit.entries(store, limit=SHOWN)
    ]
    st.html(table("The audit log, newest first", ("When", "Who", "What", "On", "No."), rows, right=frozenset({4})))


def _change_role(person: int, key: str) -> None:
    role = Role(st.session_state[key])
    _try(
        lambda: people.change_role(session.writer(), person, role, by=who.who(), at=session.now()),
        f"The role is {role} now.",
    )


def _switch(person: int, active: bool) -> None:
    change = people.deactivate if active else people.activate
    _try(
        lambda: change(session.writer(), person, by=who.who(), at=session.now()),
        "Switched off." if active else "Switched on.",
    )


def _try(deed: Callable[[], object], said: str) -> None:
    """Do it, and keep in one sentence what came of it for the next drawing."""
    try:
        deed()
    except (NotAllowed, NoSuchPerson) as refused:
        st.session_state[FAILED] = f"{str(refused)[:1].upper()}{str(refused)[1:]}."
        return
    if said:
        st.session_state[SAID] = said


def _pseudonyms() -> Pseudonyms:
    ingest = IngestSettings()
    return Pseudonyms(privacy_key(ingest.privacy_key.get_secret_value(), ingest.data_dir))


main()
