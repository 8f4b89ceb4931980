"""The form in which an item of the agenda is decided, and the buttons that open and close a review."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from dashboard import session
from dashboard.components.page import notice
from dashboard.components.text import plain
from dashboard.who import who
from dashboard.words import counted, day
from insights.review import reviewing, reviews
from insights.review.agenda import Reason
from insights.review.minutes import TITLES, VERDICTS
from insights.review.reviewing import Choice
from insights.review.reviews import Item, Review, Verdict
from insights.store import StoreError
from insights.trust.people import NotAllowed

_OPEN, _SAID = "review_item", "review_said"
NO_DAY, NOBODY = "no day", "nobody yet"
CHOICES = (Verdict.ACT, Verdict.TRY, Verdict.WAIT, Verdict.DECLINE)
DUE = (Verdict.ACT, Verdict.TRY, Verdict.WAIT)
"""What is done, or looked at again, by a day."""
LABELS = {**VERDICTS, Verdict.CARRY: "Carry over"}


def opened(found: Review) -> int | None:
    """Return the id of the one item that is being decided: the one asked for, else the first that is not decided."""
    asked = st.session_state.get(_OPEN)
    chosen = (item.id for item in found.items if item.id == asked)
    order = list(TITLES)
    waiting = sorted(found.undecided, key=lambda item: order.index(item.reason))
    return next(chosen, next((item.id for item in waiting), None))


def ask(item_id: int) -> None:
    """Open an item."""
    st.session_state[_OPEN] = item_id


def said() -> None:
    """Say once what came of the last step."""
    if message := st.session_state.pop(_SAID, ""):
        st.html(notice(message))


def form(item: Item) -> None:
    """Draw the form of the open item."""
    today, key = session.today(), f"{item.id}-{len(item.decisions)}"
    verdicts = [*CHOICES, *([Verdict.SEEN] if item.reason in (Reason.FADED, Reason.ANSWERED) else []), Verdict.CARRY]
    teams = reviews.owners(session.store())
    owner = reviews.owner_of(session.store(), item.theme_id)
    last = item.decision.owner if item.decision else owner
    with st.form(f"decide-{item.id}", border=False):
        st.segmented_control(
            "Decision",
            [LABELS[one] for one in verdicts],
            key=f"verdict-{key}",
            required=True,
            default=LABELS[verdicts[0]],
        )
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key=f"whom-{item.id}"):
            names = list(dict.fromkeys([*([last] if last else []), *teams]))
            st.selectbox(
                "Owner",
                [NOBODY, *names],
                index=1 if last else 0,
                key=f"owner-{key}",
                accept_new_options=True,
                width=220,
            )
            st.selectbox("By", list(days(today)), index=1, key=f"by-{key}", width=260)
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key=f"why-{item.id}"):
            st.text_input("Reason", placeholder="One sentence the agents will read", key=f"reason-{key}", max_chars=500)
            st.form_submit_button(
                "Record decision", type="primary", key=f"record-{item.id}", on_click=_record, args=(item, key)
            )


def days(today: date) -> dict[str, date | None]:
    """Return the days that are offered, by what they are called."""
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    quarter = date(today.year + (today.month > 9), ((today.month - 1) // 3 * 3 + 3) % 12 + 1, 1) - timedelta(days=1)
    return {
        f"{day(friday, today)}": friday,
        f"in two weeks, {day(friday + timedelta(weeks=2), today)}": friday + timedelta(weeks=2),
        f"in four weeks, {day(friday + timedelta(weeks=4), today)}": friday + timedelta(weeks=4),
        f"end of the quarter, {day(quarter, today)}": quarter,
        NO_DAY: None,
    }


def open_button(label: str) -> None:
    """Offer to open this week's review, or to bring its agenda up to date."""
    st.button(label, key="open-review", on_click=_open, type="primary" if label.startswith("Open") else "secondary")


def close_buttons(found: Review) -> None:
    """Offer to close the review; what is undecided is carried over in so many words, or the button waits."""
    left = len(found.undecided)
    with st.container(horizontal=True, gap="xsmall", key="closing"):
        if left:
            label = f"Close and carry {'one item' if left == 1 else counted(left, 'item')} over"
            st.button(plain(label), key="close-carry", on_click=_close, args=(found.id, True))
        else:
            st.button("Close the review", key="close", type="primary", on_click=_close, args=(found.id, False))
        open_button("Bring the agenda up to date")


def _record(item: Item, key: str) -> None:
    state, today = st.session_state, session.today()
    verdict = next(one for one, label in LABELS.items() if label == state[f"verdict-{key}"])
    owner, by = str(state[f"owner-{key}"] or ""), state[f"by-{key}"]
    due = days(today).get(by) if verdict in DUE else None
    choice = Choice(verdict, state[f"reason-{key}"] or "", "" if owner == NOBODY else owner, due)
    try:
        reviewing.decide(session.writer(), item.id, choice, by=who(), at=session.now())
    except (StoreError, NotAllowed) as error:
        state[_SAID], state[_OPEN] = f"Not recorded: {error}.", item.id
        return
    state.pop(_OPEN, None)
    state[_SAID] = f"Recorded for “{item.evidence.name}”: {VERDICTS[verdict]}. The evidence is kept as it was seen."


def _open() -> None:
    try:
        reviewing.open_week(session.writer(), by=who(), at=session.now())
    except (StoreError, NotAllowed) as error:
        st.session_state[_SAID] = f"Not opened: {error}."


def _close(review_id: int, carry_rest: bool) -> None:
    try:
        reviewing.close(session.writer(), review_id, by=who(), at=session.now(), carry_rest=carry_rest)
    except (StoreError, NotAllowed) as error:
        st.session_state[_SAID] = f"Not closed: {error}."
        return
    st.session_state[_SAID] = "The review is closed. What was seen and decided stays as it is."
