"""Pipeline: is everything that was said being heard?"""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from dashboard import charts, letters, session, troubles
from dashboard.components.figure import figure
from dashboard.components.page import empty, head, heading, line, notice
from dashboard.components.table import table
from dashboard.words import ago, counted, number
from insights.delivery import incidents, pipeline
from insights.delivery.pipeline import PipelineStatus


def main() -> None:
    store, now = session.store(), session.now()
    status = pipeline.status(store, now)
    facts = [f"{counted(status.notes, 'note')} stored", f"{counted(status.signals, 'signal')} heard in them"]
    st.html(head("Pipeline", (*facts, f"{number(status.unassigned)} not yet in a theme")))
    if not (status.notes or status.set_aside or status.partitions or incidents.unsettled(store)):
        st.html(empty("Nothing has arrived yet", "Bring notes in with “earshot import FILE” or “earshot stream”."))
        return
    if said := st.session_state.pop(letters.SAID, ""):
        st.html(notice(said))
    troubles.show_incidents(store, now)
    _figures(status, now)
    left, right = st.columns([58, 42], gap="large")
    with left:
        st.html(heading("Notes a minute", "last 30 minutes"))
        st.altair_chart(
            charts.throughput(status.per_minute, dark=session.dark()),
            alt=f"Notes stored in each of the last 30 minutes: {', '.join(map(str, status.per_minute))}",
            key="per-minute",
        )
        letters.show_letters(store, status, now)
    with right:
        _partitions(status, now)
        st.html(heading("Not read"))
        text = "Every note was in a language that Earshot reads."
        if status.unread:
            text = f"{counted(status.unread, 'note')} stored but not read: no rules for their language yet. They count as notes."
        st.html(line((text,)))


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


main()
