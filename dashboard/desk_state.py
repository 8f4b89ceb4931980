"""What one person is doing on the desk between two clicks, and what each key does."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

import streamlit as st

from dashboard import session
from dashboard.desk_words import sentence, what_became
from dashboard.presence import presence
from dashboard.who import who
from insights import desk
from insights.annotations import AnnotationError, Judgement, Verdict, annotate
from insights.annotations import undo as take_back
from insights.conversation import Conversation, Suggestion, conversation
from insights.desk import DeskQuery, Inbox, Key
from insights.people import Person

SHOWN = 7
LONGEST = 120.0
"""Seconds after which somebody was away, not thinking."""
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
    state.box = desk.inbox(store, me, query, limit=SHOWN, after=state.after, besides=besides)
    if asked and asked != state.linked:
        _open(state, asked)
    if state.note is None and state.box.items:
        _open(state, state.box.items[0].feedback_id)
    state.linked = state.note.feedback_id if state.note else ""
    if state.note is not None:
        presence.opened(me, state.note.feedback_id)
    following = _following(state)
    if following is None:
        state.ready = None
    elif state.ready is None or state.ready.feedback_id != following:
        state.ready = conversation(store, following, me)


def judge(verdict: Verdict, **more: object) -> None:
    """Judge the tag in hand, and take up the next one."""
    state = mine()
    tag, note = state.tag, state.note
    if tag is None or note is None or (verdict is not Verdict.ADDED and tag.signal_id is None):
        return
    said = Judgement(
        verdict,
        note.feedback_id,
        signal_id=tag.signal_id,
        segment=tag.segment,
        kind=tag.kind,
        start=tag.start,
        end=tag.end,
        seen=tag.seen,
        seconds=_seconds(state),
        blind=note.blind,
        words_hash=_hash(note, tag.segment),
    )
    _record(state, replace(said, **more))  # type: ignore[arg-type]


def add(kind: str, segment: int, start: int, end: int) -> None:
    """Mark words that nobody had marked."""
    state = mine()
    if state.note is None:
        return
    said = Judgement(
        Verdict.ADDED,
        state.note.feedback_id,
        segment=segment,
        kind=kind,
        start=start,
        end=end,
        seconds=_seconds(state),
        blind=state.note.blind,
        words_hash=_hash(state.note, segment),
    )
    _record(state, said, go_on=False)


def accept_all() -> None:
    """Accept every tag of this conversation that nobody has judged yet."""
    state = mine()
    here = state.note.feedback_id if state.note else ""
    for _ in range(len(state.note.suggestions) if state.note else 0):
        if state.note is None or state.note.feedback_id != here or state.tag is None or state.tag.verdict:
            return
        judge(Verdict.ACCEPTED)


def undo() -> None:
    """Take the last judgement back, and return to where it was made."""
    state = mine()
    if not state.done:
        state.said = "Nothing to undo since you came to this desk."
        return
    number, note = state.done.pop()
    try:
        take_back(session.writer(), number, by=state.person, at=session.now())
        state.said = "Taken back."
    except AnnotationError as error:
        state.said = sentence(error)
    tag = state.active if state.note and state.note.feedback_id == note else None
    _open(state, note, tag)


def go(feedback_id: str) -> None:
    """Open a conversation of the queue."""
    state = mine()
    _leave(state)
    _open(state, feedback_id)


def next_one() -> None:
    """Go to the next conversation; this one keeps its place in the queue."""
    _forward(mine())


def skip() -> None:
    """Go on, and leave this conversation to others until tomorrow."""
    state = mine()
    if state.note is not None:
        state.skipped.add(state.note.feedback_id)
        state.said = "Skipped; others will see it."
    _forward(state)


def back() -> None:
    state = mine()
    if state.past:
        _open(state, state.past.pop())


def look_back() -> None:
    """Look among older conversations, when none of those looked through fits."""
    state = mine()
    state.after = state.box.following


def start_over() -> None:
    """Begin again with the newest conversation, those that were skipped included."""
    state = mine()
    state.after = None
    state.skipped.clear()


def choose(at: int) -> None:
    """Take the tag of this number in hand."""
    state = mine()
    if state.note and at < len(state.note.suggestions):
        state.active, state.mode = at, ""


def turn_to(mode: str) -> None:
    """Open or close the correction, the new subject, or the marking of words."""
    state = mine()
    state.mode = "" if state.mode == mode else mode


def _record(state: Desk, said: Judgement, *, go_on: bool = True) -> None:
    assert state.note is not None
    try:
        done = annotate(session.writer(), said, by=state.person, at=session.now())
    except AnnotationError as error:
        state.said = sentence(error)
        _open(state, state.note.feedback_id, state.active)
        return
    state.done.append((done.annotation_id, state.note.feedback_id))
    state.said = what_became(said, done, session.now())
    state.mode, here = "", state.note.feedback_id
    fresh = conversation(session.store(), here, state.person.name)
    if fresh is None:
        _forward(state)
        return
    state.note, state.shown_at = fresh, session.now()
    waiting = [at for at, tag in enumerate(fresh.suggestions) if not tag.verdict]
    if waiting:
        state.active = next((at for at in waiting if at >= state.active), waiting[0])
    elif go_on and not done.told:
        _forward(state)


def _forward(state: Desk) -> None:
    _leave(state)
    following = _following(state)
    if following is None:
        state.note, state.ready, state.active = None, None, 0
        return
    if state.ready is not None and state.ready.feedback_id == following:
        _take(state, state.ready)
    else:
        _open(state, following)


def _following(state: Desk) -> str | None:
    """The conversation below the one in hand; at the end of the queue, the one on top."""
    ids = [item.feedback_id for item in state.box.items if item.feedback_id not in state.skipped]
    here = state.note.feedback_id if state.note else ""
    rest = ids[ids.index(here) + 1 :] + ids[: ids.index(here)] if here in ids else ids
    return next((one for one in rest if one != here), None)


def _leave(state: Desk) -> None:
    if state.note is not None:
        state.past = [*state.past[-49:], state.note.feedback_id]


def _open(state: Desk, feedback_id: str, tag: int | None = None) -> None:
    found = conversation(session.store(), feedback_id, state.person.name)
    if found is None:
        state.note, state.said = None, "That note is gone; it was erased, or the link was cut short."
        return
    _take(state, found, tag)


def _take(state: Desk, note: Conversation, tag: int | None = None) -> None:
    waiting = [at for at, one in enumerate(note.suggestions) if not one.verdict]
    state.note, state.mode, state.shown_at = note, "", session.now()
    state.active = tag if tag is not None and tag < len(note.suggestions) else next(iter(waiting), 0)


def _seconds(state: Desk) -> float:
    passed = (session.now() - state.shown_at).total_seconds() if state.shown_at else 0.0
    return min(passed, LONGEST)


def _hash(note: Conversation, segment: int) -> str:
    return next((turn.words_hash for turn in note.turns if turn.position == segment), "")
