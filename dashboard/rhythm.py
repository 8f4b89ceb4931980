"""How a person wants to hear what became of their notes beside the desk: how often, by which way, and when not."""

from __future__ import annotations

from zoneinfo import available_timezones

import streamlit as st

from dashboard import session
from dashboard.components.page import line, notice
from insights.listening import notices
from insights.listening.notices import Quiet, Rhythm, Wish
from insights.settings import NoticeSettings
from insights.store import StoreError
from insights.trust.people import NotAllowed, Person

RHYTHMS = {
    "Here only": Rhythm.DESK,
    "At once": Rhythm.AT_ONCE,
    "Once a day": Rhythm.DAILY,
    "Once a week": Rhythm.WEEKLY,
}
NO_QUIET = "never"
_SAID = "rhythm-said"


def form(person: Person) -> None:
    """The form, filled with what the person chose last; nobody else sees or sets it. Who writes no notes needs none."""
    if not person.agent_key:
        return
    if message := st.session_state.pop(_SAID, ""):
        st.html(notice(message))
    channels, chosen = list(NoticeSettings().notice_channels), notices.wish_of(session.store(), person)
    with st.popover("How you hear of your notes", key="rhythm"):
        if not channels:
            st.html(line(("You hear of them here. For e-mail or chat, an admin sets up EARSHOT_NOTICE_CHANNELS.",)))
            return
        _fields(person, channels, chosen)


def _fields(person: Person, channels: list[str], chosen: Wish) -> None:
    quiet, hours = chosen.quiet, [NO_QUIET, *(f"{hour}:00" for hour in range(24))]
    words = {rhythm: word for word, rhythm in RHYTHMS.items()}
    zone = _zone() or quiet.zone
    has_quiet = quiet.start != quiet.until
    with st.form("rhythm-form", border=False):
        st.segmented_control(
            "How often", list(RHYTHMS), default=words[chosen.rhythm], required=True, key="rhythm-often"
        )
        place = channels.index(chosen.channel) if chosen.channel in channels else 0
        st.selectbox("By", channels, index=place, key="rhythm-by")
        with st.container(horizontal=True, gap="small"):
            st.selectbox("Quiet from", hours, index=quiet.start + 1 if has_quiet else 0, key="rhythm-from", width=150)
            st.selectbox("until", hours[1:], index=quiet.until if has_quiet else 7, key="rhythm-until", width=150)
        st.html(line((f"Hours in {zone}. What comes in between waits.",)))
        st.form_submit_button("Keep", type="primary", on_click=_keep, args=(person, zone))


def _keep(person: Person, zone: str) -> None:
    state = st.session_state
    start, until = str(state["rhythm-from"]), str(state["rhythm-until"])
    quiet = Quiet(zone=zone) if start == NO_QUIET else Quiet(_hour(start), _hour(until), zone)
    wanted = Wish(RHYTHMS[str(state["rhythm-often"])], str(state["rhythm-by"]), quiet)
    try:
        notices.wish(session.writer(), wanted, by=person, at=session.now())
    except (StoreError, NotAllowed) as error:
        state[_SAID] = f"Nothing was changed: {error}."
        return
    often = str(state["rhythm-often"]).lower()
    state[_SAID] = (
        "You hear of your notes here only."
        if wanted.rhythm is Rhythm.DESK
        else f"You hear of your notes {often}, by {wanted.channel}."
    )


def _hour(words: str) -> int:
    return int(words.split(":")[0])


def _zone() -> str:
    """The reader's time zone, as their browser names it; empty when it names none that is known here."""
    named = st.context.timezone or ""
    return named if named in available_timezones() else ""
