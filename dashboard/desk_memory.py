"""What one person has on the desk between two clicks: the queue, the conversation in hand, the next one ready."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import streamlit as st

from dashboard import session
from dashboard.presence import presence
from dashboard.who import who
from insights.desk import inbox
from insights.desk.conversation import Conversation, Suggestion, conversation
from insights.desk.inbox import DeskQuery, Inbox, Key
from insights.trust.people import Person

SHOWN = 7
_KEY = "desk"


@dataclass
class Desk:
    """One person's desk. ``mode`` is "" (judging), ``correct``, ``subject`` or ``mark``; ``linked`` is the note in the link."""

    person: Person
    note: Conversation | None = None
    ready: Conversation | None = None
    active: int = 0
    mode: str = ""
    said: str = ""
    linked: str = ""
    shown_at: datetime | None = None
    past: list[str] = field(default_factory=list)
    skipped: set[str] = field(default_factory=set)
    done: list[tuple[int, str]] = field(default_factory=list)
    after: Key | None = None
    box: Inbox = field(default_factory=lambda: Inbox((), None))

    @property
    def tag(self) -> Suggestion | None:
        """The suggestion in hand."""
        tags = self.note.suggestions if self.note else ()
        return tags[self.active] if 0 <= self.active < len(tags) else None


def mine() -> Desk:
    """Return the desk of whoever looks; another person on the same browser finds a clean one."""
    person = who()
    state = st.session_state.get(_KEY)
    if state is None or state.person.id != person.id:
        state = st.session_state[_KEY] = Desk(person)
    state.person = person
    return state


def look(state: Desk, query: DeskQuery, asked: str) -> None:
    """Fill the desk: the queue, the conversation in hand, and the next one, read before it is needed."""
    store, me = session.store(), state.person.name
    besides = state.skipped | set(presence.elsewhere(me))
    state.box = inbox.inbox(store, me, query, limit=SHOWN, after=state.after, besides=besides)
    if asked and asked != state.linked:
        open_note(state, asked)
    if state.note is None and state.box.items:
        open_note(state, state.box.items[0].feedback_id)
    state.linked = state.note.feedback_id if state.note else ""
    if state.note is not None:
        presence.opened(me, state.note.feedback_id)
    following = _following(state)
    if following is None:
        state.ready = None
    elif state.ready is None or state.ready.feedback_id != following:
        state.ready = conversation(store, following, me)


def forward(state: Desk) -> None:
    """Take up the next conversation; it was read before."""
    leave(state)
    following = _following(state)
    if following is None:
        state.note, state.ready, state.active = None, None, 0
        return
    if state.ready is not None and state.ready.feedback_id == following:
        _take(state, state.ready)
    else:
        open_note(state, following)


def _following(state: Desk) -> str | None:
    """The conversation below the one in hand; at the end of the queue, the one on top."""
    ids = [item.feedback_id for item in state.box.items if item.feedback_id not in state.skipped]
    here = state.note.feedback_id if state.note else ""
    rest = ids[ids.index(here) + 1 :] + ids[: ids.index(here)] if here in ids else ids
    return next((one for one in rest if one != here), None)


def leave(state: Desk) -> None:
    """Remember the conversation in hand, for the way back."""
    if state.note is not None:
        state.past = [*state.past[-49:], state.note.feedback_id]


def open_note(state: Desk, feedback_id: str, tag: int | None = None) -> None:
    """Take a conversation in hand, at one of its tags or at the first that nobody judged."""
    found = conversation(session.store(), feedback_id, state.person.name)
    if found is None:
        state.note, state.said = None, "That note is gone; it was erased, or the link was cut short."
        return
    _take(state, found, tag)


def _take(state: Desk, note: Conversation, tag: int | None = None) -> None:
    waiting = [at for at, one in enumerate(note.suggestions) if not one.verdict]
    state.note, state.mode, state.shown_at = note, "", session.now()
    state.active = tag if tag is not None and tag < len(note.suggestions) else next(iter(waiting), 0)
