"""Incidents: what may have cost records or stopped the stream, until somebody has seen to it."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from dashboard import session, who
from dashboard.components.page import trouble
from dashboard.words import ago
from insights.delivery import incidents
from insights.delivery.incidents import IncidentKind
from insights.store import Store

INCIDENTS = {
    IncidentKind.GAP: (
        "Records were lost before they were read",
        "Lengthen the topic's retention, or start more workers.",
    ),
    IncidentKind.RESET: ("The stream ends below what is stored", "Restore the topic, or start the workers anew."),
    IncidentKind.RECREATED: (
        "The topic was made again",
        "Start the workers anew: they read the new log from its start.",
    ),
    IncidentKind.SWOLLEN: (
        "A part of the stream holds more than memory allows",
        "The rest goes on. Delete those records on the broker, then start the workers anew.",
    ),
    IncidentKind.BREAKER: (
        "A part of the stream is held",
        "The rest of the stream goes on, and this part is tried again every 30 seconds.",
    ),
}


def show_incidents(store: Store, now: datetime) -> None:
    """Each with its place, what mends it, and a button for those who may close it."""
    may_close = who.who().role in who.RUNNING
    for one in incidents.unsettled(store):
        words, mend = INCIDENTS[one.kind]
        st.html(
            trouble(f"{words}: {one.place}, {ago(one.at, now)}", f"{one.detail[:1].upper()}{one.detail[1:]}.", mend)
        )
        if may_close:
            st.button("Seen to: close", key=f"close-{one.id}", on_click=_close, args=(one.id,))


def _close(incident: int) -> None:
    incidents.close(session.writer(), incident, by=who.who(), at=session.now())
