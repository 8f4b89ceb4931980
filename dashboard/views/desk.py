"""Desk: conversations one at a time, each with what was heard in it, judged by single keys."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from dashboard import desk_keys, desk_memory, echo_panel, session, write_note
from dashboard.components.conversation import conversation_head, conversation_words, queue_item
from dashboard.components.page import empty, head, line, notice
from dashboard.components.text import plain
from dashboard.desk_filters import desk_filters
from dashboard.desk_memory import Desk
from dashboard.desk_tags import show_tags
from dashboard.presence import presence
from dashboard.words import counted
from insights.desk import inbox
from insights.desk.inbox import Progress

SECOND = "A second opinion: judge it as you hear it. Nobody’s answer is shown, and yours only tells how far two people agree."


def main() -> None:
    st.html(session.HERE / "desk.css")
    state, now = desk_memory.mine(), session.now()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    day = inbox.progress(session.store(), state.person.name, midnight)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom", key="deskhead"):
        st.html(head("Desk", _facts(day)), width="content")
        with st.container(horizontal=True, gap="xsmall", width="content"):
            query = desk_filters()
            st.button("Write a note", key="write", shortcut="W", on_click=write_note.open_dialog)
    desk_memory.look(state, query, st.query_params.get("note", ""))
    if state.note is None:
        _nothing(state)
    else:
        st.query_params["note"] = state.note.feedback_id
        _three(state, now)
    _bar(state)
    write_note.show(state.person)


def _facts(day: Progress) -> tuple[str, ...]:
    left = "more than 1,000 conversations" if day.left >= inbox.COUNTED else counted(day.left, "conversation")
    pace = () if day.seconds is None else (f"about {counted(max(1, round(day.seconds)), 'second')} each",)
    return f"{left} left today", f"{day.done:,} done", *pace


def _three(state: Desk, now: datetime) -> None:
    """Queue, conversation, tags."""
    note = state.note
    assert note is not None
    queue, words, tags = st.columns([21, 41, 38], gap="medium")
    with queue, st.container(gap=None, key="queue"):
        for item in state.box.items:
            with st.container(key=f"row-{item.feedback_id}", gap=None):
                st.html(queue_item(item, now, on=item.feedback_id == note.feedback_id))
                st.button(
                    plain(f"Open: {item.title or 'a note'}"), key=f"go-{item.feedback_id}",
                    on_click=desk_keys.go, args=(item.feedback_id,),
                )  # fmt: skip
    with words:
        st.html(conversation_head(note, now))
        st.html(conversation_words(note, state.active))
    with tags, st.container(key="tags", gap="small"):
        if note.blind:
            st.html(notice(SECOND))
        show_tags(state, note)
        echo_panel.show_question(state.person, note.feedback_id)


def _bar(state: Desk) -> None:
    """The sticky bar is the map of keys."""
    with st.bottom, st.container(horizontal=True, gap="xsmall", key="keys", vertical_alignment="center"):
        st.button("Next", key="next", shortcut="J", type="tertiary", on_click=desk_keys.next_one)
        st.button("Back", key="back", shortcut="K", type="tertiary", on_click=desk_keys.back)
        if state.note is not None:
            st.button(
                "Mark words", key="mark", shortcut="M", type="tertiary", on_click=desk_keys.turn_to, args=("mark",)
            )
        st.button("Skip", key="skip", shortcut="S", type="tertiary", on_click=desk_keys.skip)
        st.button("Undo", key="undo", shortcut="Z", type="tertiary", on_click=desk_keys.undo)
        st.space("stretch")
        here = presence.elsewhere(state.person.name).get(state.note.feedback_id) if state.note else None
        also = f"Also open at {here[0]}’s desk since {here[1]:%H:%M} UTC." if here else ""
        help_line = "" if state.said or also else "Shift+A accepts all, 1 to 9 chooses a tag"
        st.html(line((" ".join(part for part in (state.said, also, help_line) if part),)), width="content")


def _nothing(state: Desk) -> None:
    if state.said:
        st.html(notice(state.said))
    if state.box.following is not None:
        st.html(empty("None of the newest conversations waits for you", "They are judged, or do not pass the filters."))
        st.button("Look further back", on_click=desk_keys.look_back, key="older")
        return
    if state.skipped or state.after is not None:
        skipped = (
            f"You skipped {counted(len(state.skipped), 'conversation')}; others see them." if state.skipped else ""
        )
        st.html(empty("Everything else is judged", skipped or "Nothing older waits."))
        st.button("Begin again with the newest", on_click=desk_keys.start_over, key="anew")
        return
    st.html(
        empty(
            "Nothing waits for you",
            "Every conversation that passes these filters is judged. New ones come by themselves.",
        )
    )


main()
