"""Records set aside: which, why, and what can be done about them by those who may."""

from __future__ import annotations

import json
from datetime import datetime

import streamlit as st

from dashboard import session, who
from dashboard.components.page import heading, line
from dashboard.components.table import table
from dashboard.words import ago, counted, number, reason_words
from insights.delivery import dead_letters, pipeline
from insights.delivery.pipeline import PipelineStatus
from insights.store import Store
from insights.trust.people import Role

SHOWN = 25
SAID = "letters_said"


def show_letters(store: Store, status: PipelineStatus, now: datetime) -> None:
    """The newest of a reason, and what can be done with all of them."""
    st.html(heading("Set aside", "could not be read; kept as they came, and none of them counts"))
    if not status.set_aside:
        st.html(line(("Nothing. Every record that came could be read.",)))
        return
    counts = {reason_words(reason): (reason, count) for reason, count in status.set_aside_by_reason}
    chosen = st.selectbox(
        "Reason", ["Any reason", *counts], key="reason", bind="query-params", label_visibility="collapsed", width=320
    )
    reason = counts[chosen][0] if chosen in counts else ""
    st.html(line([f"{number(count)} × {words}" for words, (_, count) in counts.items()]))
    rows = [
        (ago(one.at, now), reason_words(one.reason), one.detail, one.origin, f"{number(one.size)} B")
        for one in pipeline.set_aside(store, reason=reason, limit=SHOWN)
    ]
    st.html(
        table("Set aside, newest first", ("When", "Why", "Detail", "Came from", "Size"), rows, right=frozenset({4}))
    )
    _deeds(store, reason)
    total = dict(status.set_aside_by_reason).get(reason, 0) if reason else status.set_aside
    if total > len(rows):
        st.html(line((f"The newest {len(rows)} of {number(total)}",)))


def _deeds(store: Store, reason: str) -> None:
    """Send in again, export, delete: each by those who may, each in the audit log."""
    person = who.who()
    if person.role not in who.RUNNING:
        return
    ids = dead_letters.waiting_ids(store, reason=reason)
    with st.container(horizontal=True, gap="xsmall", key="letters"):
        st.button(
            f"Send {counted(len(ids), 'record')} in again",
            key="again",
            on_click=_send_again,
            args=(ids,),
            disabled=not ids,
        )
        if person.role is Role.ADMIN and st.button("Export", key="export", help="With their bytes: personal data"):
            rows = dead_letters.export(session.writer(), ids, by=person, at=session.now())
            lines = "".join(json.dumps(row) + "\n" for row in rows)
            st.download_button(
                "Save dead-letters.jsonl", lines, "dead-letters.jsonl", "application/x-ndjson", key="save"
            )
        if person.role is Role.ADMIN:
            with st.popover("Delete", key="delete"):
                st.html(line((f"{counted(len(ids), 'record')} will be gone for good.",)))
                st.button("Delete for good", key="purge", on_click=_purge, args=(ids,))


def _send_again(ids: tuple[int, ...]) -> None:
    sent = dead_letters.send_again(session.writer(), ids, by=who.who(), at=session.now())
    st.session_state[SAID] = f"{counted(sent, 'record')} go out with the relay and come back through the stream."


def _purge(ids: tuple[int, ...]) -> None:
    gone = dead_letters.purge(session.writer(), ids, by=who.who(), at=session.now())
    st.session_state[SAID] = f"{counted(gone, 'record')} deleted."
