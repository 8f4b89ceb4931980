"""What each key of the desk does."""

from __future__ import annotations

from dataclasses import replace

from dashboard import session
from dashboard.desk_memory import Desk, forward, leave, mine, open_note
from dashboard.desk_words import sentence, what_became
from insights.desk.annotations import AnnotationError, Judgement, Verdict, annotate
from insights.desk.annotations import undo as take_back
from insights.desk.conversation import Conversation, conversation

LONGEST = 120.0
"""Seconds after which somebody was away, not thinking."""


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
    open_note(state, note, tag)


def go(feedback_id: str) -> None:
    """Open a conversation of the queue."""
    state = mine()
    leave(state)
    open_note(state, feedback_id)


def next_one() -> None:
    """Go to the next conversation; this one keeps its place in the queue."""
    forward(mine())


def skip() -> None:
    """Go on, and leave this conversation to others until tomorrow."""
    state = mine()
    if state.note is not None:
        state.skipped.add(state.note.feedback_id)
        state.said = "Skipped; others will see it."
    forward(state)


def back() -> None:
    state = mine()
    if state.past:
        open_note(state, state.past.pop())


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
        open_note(state, state.note.feedback_id, state.active)
        return
    state.done.append((done.annotation_id, state.note.feedback_id))
    state.said = what_became(said, done, session.now())
    state.mode, here = "", state.note.feedback_id
    fresh = conversation(session.store(), here, state.person.name)
    if fresh is None:
        forward(state)
        return
    state.note, state.shown_at = fresh, session.now()
    waiting = [at for at, tag in enumerate(fresh.suggestions) if not tag.verdict]
    if waiting:
        state.active = next((at for at in waiting if at >= state.active), waiting[0])
    elif go_on and not done.told:
        forward(state)


def _seconds(state: Desk) -> float:
    passed = (session.now() - state.shown_at).total_seconds() if state.shown_at else 0.0
    return min(passed, LONGEST)


def _hash(note: Conversation, segment: int) -> str:
    return next((turn.words_hash for turn in note.turns if turn.position == segment), "")
