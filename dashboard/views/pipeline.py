"""Pipeline: is everything that was said being heard?"""

from __future__ import annotations

import json
from datetime import datetime

import streamlit as st

from dashboard import charts, session, who
from dashboard.components.figure import figure
from dashboard.components.page import empty, head, heading, line, notice, trouble
from dashboard.components.table import table
from dashboard.words import ago, counted, number, reason_words
from insights.delivery import dead_letters, incidents, pipeline
from insights.delivery.incidents import IncidentKind
from insights.delivery.pipeline import PipelineStatus
from insights.store import Store
from insights.trust.people import Role

SHOWN = 25
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
    IncidentKind.BREAKER: (
        "A part of the stream is held",
        "The rest of the stream goes on, and this part is tried again every 30 seconds.",
    ),
}


def main() -> None:
    store, now = session.store(), session.now()
    status = pipeline.status(store, now)
    facts = [f"{counted(status.notes, 'note')} stored", f"{counted(status.signals, 'signal')} heard in them"]
    st.html(head("Pipeline", (*facts, f"{number(status.unassigned)} not yet in a theme")))
    if not (status.notes or status.set_aside or status.partitions or incidents.unsettled(store)):
        st.html(empty("Nothing has arrived yet", "Bring notes in with “earshot import FILE” or “earshot stream”."))
        return
    if said := st.session_state.pop("letters_said", ""):
        st.html(notice(said))
    _incidents(store, now)
    _figures(status, now)
    left, right = st.columns([58, 42], gap="large")
    with left:
        st.html(heading("Notes a minute", "last 30 minutes"))
        st.altair_chart(
            charts.throughput(status.per_minute, dark=session.dark()),
            alt=f"Notes stored in each of the last 30 minutes: {', '.join(map(str, status.per_minute))}",
            key="per-minute",
        )
        _set_aside(store, status, now)
    with right:
        _partitions(status, now)
        st.html(heading("Not read"))
        text = "Every note was in a language that Earshot reads."
        if status.unread:
            text = f"{counted(status.unread, 'note')} stored but not read: no rules for their language yet. They count as notes."
        st.html(line((text,)))


def _incidents(store: Store, now: datetime) -> None:
    """What may have cost records or stopped the stream, until somebody has seen to it."""
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


def _figures(status: PipelineStatus, now: datetime) -> None:
    lags = [one.lag for one in status.partitions if one.lag is not None]
    minutes = status.per_minute[-5:]
    last = ago(status.last_stored_at, now) if status.last_stored_at else "never"
    with st.container(key="stats", horizontal=True, gap=None):
        st.html(figure(number(sum(lags)) if lags else "–", "waiting in the stream"), width="content")
        pace = f"{sum(minutes) / len(minutes):.1f}".removesuffix(".0") if minutes else "–"
        st.html(figure(pace, "notes a minute, last five minutes"), width="content")
        st.html(figure(number(status.set_aside), "set aside"), width="content")
        st.html(figure(last, "last note stored"), width="content")


def _partitions(status: PipelineStatus, now: datetime) -> None:
    st.html(heading("Waiting", "by partition of the stream"))
    if not status.partitions:
        st.html(line(("No stream has been read; notes came from files.",)))
        return
    rows = [
        (
            f"{one.topic} {one.partition}",
            "not known" if one.lag is None else number(one.lag),
            number(one.next_offset),
            ago(one.updated_at, now),
        )
        for one in status.partitions
    ]
    st.html(
        table(
            "Waiting by partition", ("Partition", "Waiting", "Read up to", "Last read"), rows, right=frozenset({1, 2})
        )
    )


def _set_aside(store: Store, status: PipelineStatus, now: datetime) -> None:
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
    st.session_state["letters_said"] = (
        f"{counted(sent, 'record')} go out with the relay and come back through the stream."
    )


def _purge(ids: tuple[int, ...]) -> None:
    gone = dead_letters.purge(session.writer(), ids, by=who.who(), at=session.now())
    st.session_state["letters_said"] = f"{counted(gone, 'record')} deleted."


main()
