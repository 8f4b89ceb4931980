"""Admin: who works here, erasing one customer, and who did what."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from dashboard import erasing, session, staffing
from dashboard.components.page import head, heading, notice, trouble
from dashboard.components.table import table
from dashboard.settings import settings
from dashboard.words import ago, counted
from insights.store import Store
from insights.trust import audit, people

SHOWN = 50


def main() -> None:
    store, now = session.store(), session.now()
    everybody = people.all(store)
    active = sum(person.active for person in everybody)
    how = "they sign in through your provider" if settings().signs_in else "local mode, nobody signs in"
    st.html(head("Admin", (counted(active, "person", "people"), how)))
    if said := st.session_state.pop(staffing.SAID, ""):
        st.html(notice(said))
    if failed := st.session_state.pop(staffing.FAILED, ""):
        st.html(trouble("That was not done", failed, ""))
    left, right = st.columns([58, 42], gap="large")
    with left:
        staffing.show_people(everybody)
        _log(store, now)
    with right:
        staffing.show_form()
        erasing.show_form()
        erasing.show_receipts(store, now)


def _log(store: Store, now: datetime) -> None:
    st.html(heading("Who did what", "rows are only added, and chained: “earshot db check” shows a change"))
    rows = [
        (ago(entry.at, now), entry.who, entry.action, entry.subject, str(entry.number))
        for entry in audit.entries(store, limit=SHOWN)
    ]
    st.html(table("The audit log, newest first", ("When", "Who", "What", "On", "No."), rows, right=frozenset({4})))


main()
