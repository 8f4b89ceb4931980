"""The opportunity solution tree: an outcome, the themes in its way, solutions to them, experiments that test those.

An opportunity is always a theme, what customers said, never a solution. A solution may serve several themes; nothing may
hang under itself. ``insights.review.opportunity_edits`` is how it changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select

from insights.counting.counted import Counted, counted
from insights.store import Store
from insights.tables import OpportunityEdgeRow, OpportunityRow, ThemeRow
from insights.themes.lineage import resolve


class NodeKind(StrEnum):
    """What a node is. The values are stored; never rename one."""

    OUTCOME = "outcome"
    THEME = "theme"
    SOLUTION = "solution"
    EXPERIMENT = "experiment"


class State(StrEnum):
    """How far a solution or an experiment is. The values are stored; never rename one."""

    IDEA = "idea"
    RUNNING = "running"
    WORKED = "worked"
    FAILED = "did not work"
    DROPPED = "dropped"


UNDER: Mapping[NodeKind, tuple[NodeKind, ...]] = {
    NodeKind.OUTCOME: (),
    NodeKind.THEME: (NodeKind.OUTCOME, NodeKind.THEME),
    NodeKind.SOLUTION: (NodeKind.THEME,),
    NodeKind.EXPERIMENT: (NodeKind.SOLUTION,),
}
"""What each kind may hang under."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node. ``notes`` and ``customers`` are those of its theme as it stands now, 0 for other kinds.

    ``fewer_than``: 0, or how many customers there had to be for the two numbers to be shown to who reads.
    """

    id: int
    kind: NodeKind
    title: str
    theme_id: int | None
    owner: str
    state: State
    note: str
    notes: int
    customers: int
    fewer_than: int = 0


@dataclass(frozen=True, slots=True)
class Tree:
    """All nodes by id, and the edges (parent, child), both in the order they were made."""

    nodes: Mapping[int, Node]
    edges: tuple[tuple[int, int], ...]

    def roots(self) -> tuple[Node, ...]:
        """Nodes that hang under nothing: outcomes, and whatever was not hung anywhere yet."""
        hung = {child for _, child in self.edges}
        return tuple(node for node in self.nodes.values() if node.id not in hung)

    def below(self, node_id: int) -> tuple[Node, ...]:
        return tuple(self.nodes[child] for parent, child in self.edges if parent == node_id)

    def above(self, node_id: int) -> tuple[Node, ...]:
        return tuple(self.nodes[parent] for parent, child in self.edges if child == node_id)

    def places(self, node: Node) -> tuple[Node, ...]:
        """Nodes that this one could hang under and does not yet."""
        taken = {one.id for one in self.above(node.id)} | {node.id, *self._all_below(node.id)}
        return tuple(one for one in self.nodes.values() if one.kind in UNDER[node.kind] and one.id not in taken)

    def _all_below(self, node_id: int) -> set[int]:
        found: set[int] = set()
        ahead = {node_id}
        while ahead:
            ahead = {child for parent, child in self.edges if parent in ahead} - found
            found |= ahead
        return found

    def walk(self) -> Iterator[tuple[int, Node]]:
        """Every node with its depth, from the roots down; one that hangs in two places comes twice."""
        ahead = [(0, node) for node in reversed(self.roots())]
        while ahead:
            depth, node = ahead.pop()
            yield depth, node
            ahead += [(depth + 1, child) for child in reversed(self.below(node.id))]


def tree(store: Store) -> Tree:
    """Return the tree with what is known now of its themes. Raises StoreError."""
    with store.connect() as connection:
        known = counted(store, connection)
        rows = connection.execute(select(OpportunityRow.__table__).order_by(OpportunityRow.id)).all()
        nodes = {row.id: _node(connection, known, row, store.least_customers) for row in rows}
        wanted = select(OpportunityEdgeRow.parent_id, OpportunityEdgeRow.child_id)
        edges = connection.execute(wanted.order_by(OpportunityEdgeRow.child_id, OpportunityEdgeRow.parent_id)).all()
    return Tree(nodes, tuple((edge.parent_id, edge.child_id) for edge in edges))


def _node(connection: Connection, known: Counted, row: Row[Any], least: int) -> Node:
    title, notes, customers, hidden, theme_id = row.title, 0, 0, 0, row.theme_id
    if theme_id is not None:
        theme_id = resolve(connection, theme_id) or theme_id
        title = connection.execute(select(ThemeRow.name).where(ThemeRow.id == theme_id)).scalar_one()
        own = known.at(theme_id)
        hidden = least if 0 < own.customers() < least else 0
        notes, customers = (0, 0) if hidden else (own.notes(), own.customers())
    kind, state = NodeKind(row.kind), State(row.state)
    return Node(row.id, kind, title, theme_id, row.owner, state, row.note, notes, customers, hidden)
