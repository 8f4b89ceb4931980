"""The panel beside the opportunity solution tree: what can be done with the node that is chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard import session
from dashboard.components.outcome_tree import KINDS, state_word
from dashboard.components.page import heading, line, notice
from dashboard.components.text import plain
from dashboard.who import who
from dashboard.words import KINDS as THEME_KINDS
from dashboard.words import counted
from insights.board import ranking
from insights.board.ranking import ThemeQuery
from insights.review import opportunity_edits, reviews
from insights.review.opportunities import UNDER, Node, NodeKind, State, Tree
from insights.store import StoreError
from insights.trust.people import NotAllowed

_SAID = "tree_said"
OFFERED = 200
STATED = (NodeKind.SOLUTION, NodeKind.EXPERIMENT)


def said() -> None:
    """Say once what came of the last step."""
    if message := st.session_state.pop(_SAID, ""):
        st.html(notice(message))


def panel(tree: Tree, node: Node | None) -> None:
    """Draw what can be done: with nothing chosen, begin with an outcome."""
    if node is None:
        st.html(heading("Add an outcome", "what should become better, for whom"))
        _named(NodeKind.OUTCOME, None, "Fewer contacts per order")
        if tree.nodes:
            st.html(line(("Choose a line of the tree to add below it or to change it.",)))
        return
    st.html(heading(f"{KINDS[node.kind]}: {node.title}"))
    if node.theme_id is not None:
        with st.container(key="link-theme"):
            st.page_link(session.THEME, label="Read what customers said", query_params={"id": str(node.theme_id)})
    for kind in (one for one, above in UNDER.items() if node.kind in above):
        st.html(heading(f"Add {'an' if kind is NodeKind.EXPERIMENT else 'a'} {kind} below"))
        if kind is NodeKind.THEME:
            _theme(node)
        else:
            _named(kind, node.id, "")
    _change(node)
    _place(tree, node)
    if not tree.below(node.id):
        st.button("Take it out of the tree", key=f"remove-{node.id}", on_click=_remove, args=(node,))


def _named(kind: NodeKind, under: int | None, example: str) -> None:
    key = f"{kind}-{under}"
    with st.form(f"add-{key}", border=False, clear_on_submit=True):
        st.text_input("In a few words", key=f"title-{key}", placeholder=example, max_chars=200)
        if kind is not NodeKind.OUTCOME:
            st.selectbox("Owner", ["", *reviews.owners(session.store())], key=f"owner-{key}", accept_new_options=True)
        st.form_submit_button(f"Add the {kind}", key=f"add-{key}-button", on_click=_add_named, args=(kind, under, key))


def _theme(node: Node) -> None:
    rows = ranking.themes(session.store(), ThemeQuery(page_size=OFFERED), session.today()).rows
    names = {
        row.id: f"{row.name} ({THEME_KINDS.get(row.kind, (row.kind,))[0].lower()}, {counted(row.customers, 'customer')})"
        for row in rows
        if row.id != node.theme_id
    }
    key = f"theme-{node.id}"
    with st.form(f"add-{key}", border=False):
        st.selectbox(
            "Theme", list(names), format_func=lambda one: names.get(one, ""), key=f"pick-{key}", index=None,
            placeholder="What customers said",
        )  # fmt: skip
        st.form_submit_button("Add the theme", key=f"add-{key}-button", on_click=_add_theme, args=(node.id, key))


def _change(node: Node) -> None:
    st.html(heading("Change it"))
    with st.form(f"change-{node.id}", border=False):
        if node.kind is not NodeKind.THEME:
            st.text_input("In a few words", value=node.title, key=f"new-title-{node.id}", max_chars=200)
        st.text_input("Owner", value=node.owner, key=f"new-owner-{node.id}", max_chars=100)
        if node.kind in STATED:
            states = list(State)
            st.selectbox(
                "State", states, index=states.index(node.state), key=f"new-state-{node.id}", format_func=state_word
            )
        label = "What we expect, or what we learnt" if node.kind in STATED else "Note"
        st.text_input(label, value=node.note, key=f"new-note-{node.id}", max_chars=300)
        st.form_submit_button("Save the change", key=f"change-{node.id}-button", on_click=_save, args=(node,))


def _place(tree: Tree, node: Node) -> None:
    above, places = tree.above(node.id), {one.id: one.title for one in tree.places(node)}
    if places:
        st.html(heading("Where it hangs"))
        with st.form(f"place-{node.id}", border=False):
            st.selectbox("Under", list(places), format_func=lambda one: places.get(one, ""), key=f"place-of-{node.id}")
            with st.container(horizontal=True, gap="xsmall"):
                st.form_submit_button("Hang it there too", key=f"hang-{node.id}", on_click=_hang, args=(node, None))
                if len(above) == 1:
                    st.form_submit_button(
                        "Move it there", key=f"move-{node.id}", on_click=_hang, args=(node, above[0].id)
                    )
    if len(above) > 1:
        for one in above:
            label = plain(f"No longer under “{one.title}”")
            st.button(label, key=f"unhang-{node.id}-{one.id}", on_click=_unhang, args=(node, one))


def _hang(node: Node, instead_of: int | None) -> None:
    under = st.session_state[f"place-of-{node.id}"]
    _do("It hangs there now", opportunity_edits.hang, node.id, under, instead_of=instead_of)


def _unhang(node: Node, above: Node) -> None:
    _do(f"No longer under “{above.title}”", opportunity_edits.unhang, node.id, above.id)


def _add_named(kind: NodeKind, under: int | None, key: str) -> None:
    title, owner = st.session_state.get(f"title-{key}") or "", st.session_state.get(f"owner-{key}") or ""
    _do(f"Added: {title}", opportunity_edits.add, kind, title, under=under, owner=owner)


def _add_theme(under: int, key: str) -> None:
    _do(
        "The theme is in the tree",
        opportunity_edits.add,
        NodeKind.THEME,
        under=under,
        theme_id=st.session_state[f"pick-{key}"],
    )


def _save(node: Node) -> None:
    state = st.session_state
    given: dict[str, Any] = {name: state.get(f"new-{name}-{node.id}") for name in ("title", "owner", "state", "note")}
    _do("Saved", opportunity_edits.change, node.id, **given)


def _remove(node: Node) -> None:
    if _do(f"Taken out: {node.title}", opportunity_edits.remove, node.id):
        st.query_params.clear()


def _do(done: str, step: Callable[..., object], *args: Any, **given: Any) -> bool:
    try:
        step(session.writer(), *args, **given, by=who(), at=session.now())
    except (StoreError, NotAllowed) as error:
        st.session_state[_SAID] = f"Nothing was changed: {error}."
        return False
    st.session_state[_SAID] = f"{done}."
    return True
