"""The right side of the desk: the tags of a conversation, the one in hand with its keys, and what opens under it."""

from __future__ import annotations

import streamlit as st

from dashboard import desk_keys as keys
from dashboard import session
from dashboard.components.conversation import tag_card, tag_line
from dashboard.components.page import empty, heading, line
from dashboard.components.text import plain
from dashboard.desk_memory import Desk
from dashboard.mark_words import choose_words
from dashboard.words import KINDS, SPEAKERS
from insights.desk.annotations import Verdict
from insights.desk.conversation import GATHERED_KINDS, Conversation, Suggestion, theme_choices

KIND_KEYS = {"pain": "P", "suggestion": "I", "job": "B", "praise": "G", "compensation": "Y", "handoff": "H"}
NO_THEME, KEEP = "In no theme", "Leave it where it is"
LONGEST_NAME = 120


def show_tags(state: Desk, note: Conversation) -> None:
    """Draw every tag; the one in hand has its four keys under it."""
    total = len(note.suggestions)
    if not total:
        st.html(empty("Nothing was heard in this conversation", "Press M to mark words, J for the next one."))
    for at, tag in enumerate(note.suggestions):
        if at == state.active and not tag.verdict:
            st.html(tag_card(tag, at + 1, total, on=True))
            _keys(tag)
            _opened(state, note, tag)
        elif tag.verdict:
            st.html(tag_line(tag, at + 1, state.person.name))
            if at == state.active:
                _again(tag)
                _opened(state, note, tag)
        else:
            st.html(tag_card(tag, at + 1, total, on=False))
    if state.mode == "mark":
        _mark(note)
    _hidden(note)


def _keys(tag: Suggestion) -> None:
    with st.container(horizontal=True, gap="xsmall", key="acts"):
        st.button("Accept", key="accept", type="primary", shortcut="A", on_click=keys.judge, args=(Verdict.ACCEPTED,))
        st.button("Correct", key="correct", shortcut="E", on_click=keys.turn_to, args=("correct",))
        st.button("Reject", key="reject", shortcut="X", on_click=keys.judge, args=(Verdict.REJECTED,))
        if tag.kind in GATHERED_KINDS:
            st.button("New subject", key="subject", shortcut="N", on_click=keys.turn_to, args=("subject",))


def _again(tag: Suggestion) -> None:
    """A decided tag can be judged anew; that overrules whoever judged it, and they can see it."""
    with st.container(horizontal=True, gap="xsmall", key="acts"):
        if tag.verdict != Verdict.ACCEPTED:
            st.button("Accept it", key="accept", shortcut="A", on_click=keys.judge, args=(Verdict.ACCEPTED,))
        if tag.verdict != Verdict.REJECTED:
            st.button("Correct it", key="correct", shortcut="E", on_click=keys.turn_to, args=("correct",))
            st.button("Reject it", key="reject", shortcut="X", on_click=keys.judge, args=(Verdict.REJECTED,))


def _opened(state: Desk, note: Conversation, tag: Suggestion) -> None:
    if state.mode == "correct":
        _correct(note, tag)
    elif state.mode == "subject":
        _subject(tag)


def _correct(note: Conversation, tag: Suggestion) -> None:
    """Kind, theme and words of the tag in hand."""
    name = f"fix-{tag.signal_id}"
    turn = next(one for one in note.turns if one.position == tag.segment)
    with st.container(key="panel"):
        kind = st.segmented_control(
            "What it is", list(KINDS), default=tag.kind, required=True, key=f"{name}-kind", format_func=_kind_name
        )
        kind = str(kind or tag.kind)
        themes = theme_choices(session.store(), kind) if kind in GATHERED_KINDS else ()
        names = {one.id: plain(one.name) for one in themes}
        first = KEEP if kind == tag.kind else NO_THEME
        chosen = st.selectbox(
            "Theme", [first, *([NO_THEME] if first is KEEP and tag.theme_id else []), *names], key=f"{name}-{kind}-theme",
            format_func=lambda one: names.get(one, one),
        )  # fmt: skip
        start, end = choose_words(turn.text, turn.words_hash, tag.start, tag.end, key=name)
        more = {"kind": kind, "start": start, "end": end}
        if chosen != KEEP:
            more |= {"placed": True, "theme_id": chosen if isinstance(chosen, int) else None}
        with st.container(horizontal=True, gap="xsmall"):
            st.button(
                "Save", key="save", type="primary", shortcut="Enter", on_click=keys.judge, args=(Verdict.CORRECTED,), kwargs=more
            )  # fmt: skip
            st.button("Close", key="close", shortcut="Esc", on_click=keys.turn_to, args=("",))


def _subject(tag: Suggestion) -> None:
    """A name for a subject that no theme has yet; its words are offered."""
    with st.container(key="panel"):
        st.html(line(("A new subject becomes a theme that is just emerging. Owners see it at once.",)))
        offered = " ".join(tag.text.split())[:LONGEST_NAME]
        name = st.text_input(
            "What customers would call it",
            offered[:1].upper() + offered[1:],
            key=f"name-{tag.signal_id}",
            max_chars=LONGEST_NAME,
        )
        more = {"new_subject": name}
        with st.container(horizontal=True, gap="xsmall"):
            st.button(
                "Make it a subject", key="save", type="primary", shortcut="Enter", disabled=not name.strip(),
                on_click=keys.judge, args=(Verdict.CORRECTED,), kwargs=more,
            )  # fmt: skip
            st.button("Close", key="close", shortcut="Esc", on_click=keys.turn_to, args=("",))


def _mark(note: Conversation) -> None:
    """Words nobody marked: whose, which, and what they are, one key for each kind."""
    with st.container(key="panel"):
        st.html(heading("Mark words"))
        turns = {turn.position: turn for turn in note.turns if turn.text.strip()}
        whose = next((at for at, turn in turns.items() if turn.speaker == "customer"), next(iter(turns), 0))
        if len(turns) > 1:
            chosen = st.segmented_control(
                "In which message", list(turns), default=whose, required=True, key=f"turn-{note.feedback_id}",
                format_func=lambda at: f"{at + 1} {SPEAKERS.get(turns[at].speaker, turns[at].speaker)}",
            )  # fmt: skip
            whose = int(chosen) if chosen is not None else whose
        turn = turns[whose]
        start, end = choose_words(turn.text, turn.words_hash, 0, len(turn.text), key=f"mark-{note.feedback_id}-{whose}")
        with st.container(horizontal=True, gap="xsmall", key="kinds"):
            for kind, letter in KIND_KEYS.items():
                st.button(
                    _kind_name(kind),
                    key=f"mark-{kind}",
                    shortcut=letter,
                    on_click=keys.add,
                    args=(kind, whose, start, end),
                )
            st.button("Close", key="close", shortcut="Esc", on_click=keys.turn_to, args=("",))


def _hidden(note: Conversation) -> None:
    """Keys without a place on the page: all tags at once, and each tag by its number. The help line names them."""
    with st.container(key="unseen"):
        st.button("Accept all and go on", key="all", shortcut="Shift+A", on_click=keys.accept_all)
        for at in range(min(9, len(note.suggestions))):
            st.button(f"Go to tag {at + 1}", key=f"tag-{at}", shortcut=str(at + 1), on_click=keys.choose, args=(at,))


def _kind_name(kind: str) -> str:
    return KINDS[kind][0]
