"""What may be changed about a theme: each in a dialog that tells in numbers what will happen, and asks why."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import session, who
from dashboard.components.page import notice
from dashboard.components.text import escape
from dashboard.words import counted, day
from insights.board.theme import ThemeDetail
from insights.store import Store
from insights.themes import stewarding
from insights.themes.curation import CurationError
from insights.trust.people import NotAllowed, Person

EVENTS = {
    "merged": "the merge", "split": "the split", "renamed": "the new name", "arranged": "the move", "retired": "the retirement",
    "grown": "the growth", "confirmed": "the confirmation", "faded": "the fading", "returned": "the return",
}  # fmt: skip


def menu(found: ThemeDetail) -> None:
    """The button and its dialogs, for those who may; the others see none."""
    person = who.who()
    if person.role not in stewarding.STEWARDS:
        return
    with st.popover("Change", key="change"):
        for label, dialog in (
            ("Rename…", _rename),
            ("Move…", _move),
            ("Merge with…", _merge),
            ("Split…", _split),
            ("Retire…", _retire),
            ("Undo last change…", _undo),
        ):
            if st.button(label, key=f"do-{label}", type="tertiary"):
                dialog(found, person)


@st.dialog("Rename this theme")
def _rename(found: ThemeDetail, person: Person) -> None:
    name = st.text_input("New name", value=found.name, max_chars=160, key="new-name")
    _tell("Its number, its notes and every old link stay. Earshot will not rename it again by itself.")
    _ask("Rename", lambda why: stewarding.rename(_store(), found.id, name, by=person, why=why, at=session.now()))


@st.dialog("Move this theme")
def _move(found: ThemeDetail, person: Person) -> None:
    others = stewarding.others(session.store(), found.kind, found.id)
    names: dict[int | None, str] = {None: "Under nobody"} | {
        one.id: one.name for one in sorted(others, key=lambda one: not one.parent)
    }
    to = st.selectbox("Under", list(names), format_func=lambda one: names[one], key="new-parent")
    _tell("Its notes stay with it; only its place in the tree changes.")
    _ask("Move", lambda why: stewarding.put_under(_store(), found.id, to, by=person, why=why, at=session.now()))


@st.dialog("Merge this theme")
def _merge(found: ThemeDetail, person: Person) -> None:
    names = {one.id: f"{one.name} (theme {one.id})" for one in stewarding.others(session.store(), found.kind, found.id)}
    into = st.selectbox(
        "With",
        list(names),
        format_func=lambda one: names[one],
        index=None,
        placeholder="Choose a theme",
        key="merge-into",
    )
    _tell(f"{counted(found.notes, 'note')} move there. Links to theme {found.id} will lead there. It can be undone.")
    _ask(
        "Merge",
        lambda why: stewarding.merge(_store(), found.id, int(into or 0), by=person, why=why, at=session.now()),
        ready=into is not None,
        stays=False,
    )


@st.dialog("Split this theme")
def _split(found: ThemeDetail, person: Person) -> None:
    words = st.text_input("What leaves says the words", max_chars=100, key="split-words")
    name = st.text_input("Name of the new theme", max_chars=160, key="split-name")
    leaving = len(stewarding.saying(session.store(), found.id, words)) if words else 0
    _tell(f"{counted(leaving, 'signal')} of theme {found.id} say so and leave, unless people placed them here.")
    _ask(
        "Split",
        lambda why: stewarding.split(_store(), found.id, words, name, by=person, why=why, at=session.now()),
        ready=leaving > 0 and bool(name.strip()),
    )


@st.dialog("Retire this theme")
def _retire(found: ThemeDetail, person: Person) -> None:
    _tell(f"It leaves the list and takes no more notes. Its {counted(found.notes, 'note')} and its link stay.")
    _ask("Retire", lambda why: stewarding.retire(_store(), found.id, by=person, why=why, at=session.now()))


@st.dialog("Undo the last change")
def _undo(found: ThemeDetail, person: Person) -> None:
    step = stewarding.last_step(session.store(), found.id)
    if step is None:
        _tell("Nothing was changed that could be undone.")
        return
    by = "Earshot" if step.who == "machine" else step.who
    what = f"Takes back {EVENTS.get(step.event, step.event)} of {day(step.at.date(), session.today())} by {by}"
    _tell(f"{what}: {counted(step.moved, 'signal')} go back." if step.moved else f"{what}.")
    _ask("Undo", lambda why: stewarding.undo(_store(), step.id, by=person, why=why, at=session.now()))


def _store() -> Store:
    return session.writer()


def _tell(text: str) -> None:
    st.html(f'<p class="sub">{escape(text)}</p>')


def _ask(verb: str, does: Callable[[str], object], *, ready: bool = True, stays: bool = True) -> None:
    """Ask why, then do it; what cannot be done is said in the dialog and nothing is changed."""
    why = st.text_input("Why", placeholder="One sentence for those who will ask", max_chars=300, key="why")
    if not st.button(verb, type="primary", disabled=not ready, key="do-it"):
        return
    try:
        does(why)
    except (CurationError, NotAllowed) as error:
        said = str(error)
        st.html(notice(f"{said[:1].upper()}{said[1:]}. Nothing was changed."))
        return
    st.session_state["changed"] = verb
    if stays:
        st.rerun()
    st.switch_page(session.THEMES)
