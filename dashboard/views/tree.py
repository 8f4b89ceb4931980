"""Outcome tree: from what should become better, through what customers said, to what is tried."""

from __future__ import annotations

import streamlit as st

from dashboard import address, links, session, tree_edits
from dashboard.components.outcome_tree import node_line
from dashboard.components.page import empty, head
from dashboard.components.text import plain
from dashboard.who import who
from dashboard.words import counted
from insights.review import opportunities, reviews
from insights.review.opportunities import Node, NodeKind, Tree
from insights.review.opportunity_export import as_json, mermaid

EXPORTS = (("Mermaid", "mmd", "text/plain", mermaid), ("JSON", "json", "application/json", as_json))


def main() -> None:
    st.html(session.HERE / "review.css")
    address.follow("node")
    found = opportunities.tree(session.store())
    node = found.nodes.get(links.theme_id("node") or 0)
    with st.container(key="crumb"):
        st.page_link(session.REVIEW, label="Review ›")
    _head(found)
    tree_edits.said()
    left, right = st.columns([62, 38], gap="large")
    with left:
        _tree(found, node)
    with right:
        if reviews.may_decide(who()):
            tree_edits.panel(found, node)


def _head(found: Tree) -> None:
    kinds = [one.kind for one in found.nodes.values()]
    facts = tuple(counted(kinds.count(kind), str(kind)) for kind in NodeKind if kind in kinds)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom", key="revhead"):
        st.html(head("Outcome tree", facts), width="content")
        if found.nodes:
            with st.container(horizontal=True, gap="xsmall", width="content", key="revtools"), st.popover("Export"):
                for name, ending, media, written in EXPORTS:
                    text = written(found, session.now())
                    file = f"outcome-tree-{session.today()}.{ending}"
                    st.download_button(name, text, file, media, key=f"export-{ending}", on_click="ignore")


def _tree(found: Tree, chosen: Node | None) -> None:
    if not found.nodes:
        st.html(
            empty(
                "Nothing in the tree yet",
                "It begins with an outcome. Under it hang themes, what customers said; under those what could be done, and "
                "what is tried to find out.",
            )
        )
        return
    with st.container(gap=None, key="nodes"):
        for place, (depth, node) in enumerate(found.walk()):
            with st.container(key=f"row-node-{place}", gap=None):
                st.html(node_line(node, depth, chosen=node == chosen))
                st.page_link(
                    session.TREE, label=plain(f"{node.kind}: {node.title}"), query_params={"node": str(node.id)}
                )
    if chosen is not None:
        with st.container(key="link-unchosen"):
            st.page_link(session.TREE, label="Add another outcome", query_params={})


main()
