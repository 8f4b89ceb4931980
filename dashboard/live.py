"""What happens between two clicks: the foot of the sidebar, and numbers that follow the stream."""

from __future__ import annotations

import logging
from datetime import timedelta

import streamlit as st

from dashboard import session
from dashboard.components.page import last_note, trouble
from dashboard.words import ago
from insights.store import NotMigrated, StoreError

EVERY = "2s"
FRESH = timedelta(minutes=15)
_DRAWN, _SHOWN = "drawn_version", "trouble_shown"
_log = logging.getLogger(__name__)


def remember_version() -> None:
    """Keep what the page is about to be drawn from."""
    st.session_state[_DRAWN] = session.version(session.pulse())


@st.fragment(run_every=EVERY)
def follow() -> None:
    """Say when the last note came; draw the page again only when something has changed since it was drawn."""
    try:
        status = session.pulse()
    except Exception:
        st.html(last_note("The store does not answer", fresh=False))
        return
    if status.last_stored_at is None:
        st.html(last_note("No note yet", fresh=False))
    else:
        moment = session.now()
        st.html(
            last_note(f"Last note {ago(status.last_stored_at, moment)}", fresh=moment - status.last_stored_at < FRESH)
        )
    if st.session_state.get(_DRAWN) != session.version(status):
        st.rerun()


def show_trouble(error: Exception) -> None:
    """Say what cannot be done and what is not lost, and come back by itself."""
    if isinstance(error, NotMigrated):
        title, text = (
            "The store is not ready yet",
            "There is no database where one is expected, or its tables are of another version.",
        )
        mend = "“earshot db upgrade” makes it ready. This page tries again every 5 seconds."
    elif isinstance(error, StoreError):
        _log.warning("the store does not answer: %s", error)
        title = "The board cannot reach its store"
        text = "Notes wait in the stream meanwhile and nothing is lost. This page tries again every 5 seconds."
        mend = "If it lasts: “earshot doctor” finds the reason."
    else:
        reference = f"{abs(hash((type(error).__name__, str(error)))) % 0x10000:04X}"
        _log.error("page failed, reference %s", reference, exc_info=error)
        title, text = "This page could not be drawn", "Nothing is lost. This page tries again every 5 seconds."
        mend = f"If it lasts: the board's log has the reason, under reference {reference}."
    st.session_state.pop(_SHOWN, None)
    _try_again(title, text, mend)


@st.fragment(run_every=EVERY)
def _try_again(title: str, text: str, mend: str) -> None:
    if st.session_state.pop(_SHOWN, False):
        st.rerun()
    st.session_state[_SHOWN] = True
    st.html(trouble(title, text, mend))
