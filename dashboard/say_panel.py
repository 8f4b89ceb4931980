"""One's say on an answer: does it fit what customers told you? A vote, and a few words for those who like."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import session
from dashboard.components.echoes import STEPS
from ingest.pseudonyms import privacy_key
from ingest.settings import IngestSettings
from insights.listening import say
from insights.listening.echo import Echo
from insights.trust.people import Person

Attempt = Callable[[Callable[[], object], str], None]


def vote(one: Echo, person: Person, attempt: Attempt) -> None:
    """The five steps, while the vote is open; the words once somebody voted. ``attempt`` does a step and says what came of it."""
    if one.about is None or not say.open_to(session.store(), one.about, person, session.now()):
        return
    mine = say.mine(session.store(), one.about, by=person, key=_key())
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"say-{one.id}"):
        chosen = STEPS[mine[0]] if mine else None
        st.segmented_control(
            say.Q, list(STEPS.values()), default=chosen, key=f"fits-{one.id}", on_change=_cast,
            args=(one, person, attempt, mine[1] if mine else ""),
        )  # fmt: skip
    if mine is None:
        return
    with (
        st.form(f"say-form-{one.id}", border=False),
        st.container(horizontal=True, gap="small", vertical_alignment="bottom"),
    ):
        label = "Why, if you like; shown without a name once three people wrote some"
        st.text_input(label, mine[1], key=f"why-{one.id}", max_chars=300, width=420)
        st.form_submit_button("Keep", on_click=_explain, args=(one, person, attempt, mine[0]))


def _cast(one: Echo, person: Person, attempt: Attempt, words: str) -> None:
    chosen = st.session_state.get(f"fits-{one.id}")
    fits = next((step for step, word in STEPS.items() if word == chosen), None)
    if fits is not None:
        _keep(one, person, attempt, fits, words)


def _explain(one: Echo, person: Person, attempt: Attempt, fits: int) -> None:
    _keep(one, person, attempt, fits, str(st.session_state[f"why-{one.id}"]))


def _keep(one: Echo, person: Person, attempt: Attempt, fits: int, words: str) -> None:
    about, at = one.about, session.now()
    if about is not None:
        attempt(lambda: say.cast(session.writer(), about, fits, by=person, key=_key(), at=at, words=words), "Counted.")


def _key() -> bytes:
    ingest = IngestSettings()
    return privacy_key(ingest.privacy_key.get_secret_value(), ingest.data_dir)
