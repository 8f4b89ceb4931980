"""The opportunity solution tree for other tools: as a Mermaid flowchart, and as JSON."""

from __future__ import annotations

import json
import string
from dataclasses import asdict
from datetime import datetime

from insights.review.opportunities import Node, NodeKind, Tree

SHAPES = {
    NodeKind.OUTCOME: ("([", "])"),
    NodeKind.THEME: ("[", "]"),
    NodeKind.SOLUTION: ("(", ")"),
    NodeKind.EXPERIMENT: ("{{", "}}"),
}
FORMAT = "earshot-opportunity-tree/1"
_BARE = set(string.ascii_letters + string.digits + " ,.'’“”–-?!%€")


def mermaid(tree: Tree, at: datetime) -> str:
    """Return the tree as a Mermaid flowchart; a node that hangs in two places is drawn once, with two lines."""
    lines = [f"%% Opportunity solution tree, as of {at:%Y-%m-%d %H:%M} UTC", "flowchart LR"]
    for node in tree.nodes.values():
        opening, closing = SHAPES[node.kind]
        lines.append(f'  n{node.id}{opening}"{_label(node)}"{closing}')
    lines += [f"  n{parent} --> n{child}" for parent, child in tree.edges]
    return "\n".join(lines) + "\n"


def as_json(tree: Tree, at: datetime) -> str:
    """Return the tree as JSON: nodes with what is known of them, and edges from parent to child."""
    content = {
        "format": FORMAT,
        "exported_at": at.isoformat(timespec="seconds"),
        "nodes": [asdict(node) for node in tree.nodes.values()],
        "edges": [{"parent": parent, "child": child} for parent, child in tree.edges],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _label(node: Node) -> str:
    facts = [node.title]
    if node.kind is NodeKind.THEME:
        facts.append(f"{_counted(node.customers, 'customer')}, {_counted(node.notes, 'note')}")
    elif node.kind is not NodeKind.OUTCOME:
        facts.append(", ".join(part for part in (str(node.kind), str(node.state), node.owner) if part))
    return "<br/>".join(_plain(fact) for fact in facts)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _plain(text: str) -> str:
    """Write every character that Mermaid could read as more than itself as its number."""
    words = " ".join(text.split())
    return "".join(letter if letter in _BARE or letter.isalpha() else f"#{ord(letter)};" for letter in words)
