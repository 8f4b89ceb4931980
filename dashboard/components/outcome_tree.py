"""The opportunity solution tree: as an outline to read, and as one line of the tree that is edited."""

from __future__ import annotations

from dashboard.components.text import escape
from dashboard.words import counted
from insights.review.opportunities import Node, NodeKind, State, Tree

KINDS = {
    NodeKind.OUTCOME: "Outcome",
    NodeKind.THEME: "Theme",
    NodeKind.SOLUTION: "Solution",
    NodeKind.EXPERIMENT: "Experiment",
}
DEEPEST = 6


def outline(tree: Tree) -> str:
    """The whole tree as nested lists."""
    if not tree.nodes:
        return '<p class="sub">Nothing in the tree yet. It begins with an outcome.</p>'
    return f'<ul class="tree">{"".join(_branch(tree, node) for node in tree.roots())}</ul>'


def node_line(node: Node, depth: int, *, chosen: bool) -> str:
    """One node at its depth: kind, title, what is known of it."""
    css = f"node d{min(depth, DEEPEST)} o-{node.kind}{' on' if chosen else ''}"
    words = f"<b>{escape(node.title)}</b><small>{escape(facts_of(node))}</small>"
    return f'<div class="{css}"><span class="what">{KINDS[node.kind]}</span><span>{words}</span></div>'


def facts_of(node: Node) -> str:
    """Return what is known of a node in one line."""
    known = ""
    if node.kind is NodeKind.THEME:
        known = f"{counted(node.customers, 'customer')}, {counted(node.notes, 'note')}"
        if node.fewer_than:
            known = f"fewer than {node.fewer_than} customers"
    elif node.kind is not NodeKind.OUTCOME:
        known = str(node.state)
    return " · ".join(fact for fact in (known, node.owner, node.note) if fact)


def state_word(state: State) -> str:
    return str(state).capitalize()


def _branch(tree: Tree, node: Node) -> str:
    below = "".join(_branch(tree, child) for child in tree.below(node.id))
    facts = "" if node.kind is NodeKind.OUTCOME else f"<small>{escape(facts_of(node))}</small>"
    return f"<li>{escape(node.title)}{facts}{f'<ul>{below}</ul>' if below else ''}</li>"
