"""Edits of the opportunity solution tree. Each is one transaction and stands in the audit log with what was before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, text, update

from insights.review.opportunities import UNDER, NodeKind, State
from insights.review.reviews import DECIDING
from insights.store import Store, StoreError
from insights.tables import OpportunityEdgeRow, OpportunityRow
from insights.themes.lineage import live_theme, resolve
from insights.trust import audit, people
from insights.trust.people import Person

TREE_LOCK = 0x6561_7273_686F_7404
"""Advisory lock on PostgreSQL: edits come one at a time, so that two of them cannot close a circle."""


class TreeError(StoreError):
    """The edit makes no sense as the tree stands; nothing was changed. The message names the mend."""


def add(
    store: Store,
    kind: NodeKind,
    title: str = "",
    *,
    under: int | None = None,
    theme_id: int | None = None,
    owner: str = "",
    note: str = "",
    by: Person,
    at: datetime,
) -> int:
    """Add a node and return its id; a theme that is in the tree already is hung under ``under`` too.

    A theme is named by its theme, the other kinds by ``title``. Raises NotAllowed, TreeError, StoreError.
    """
    with _editing(store) as connection:
        asking = people.allowed(connection, by.id, *DECIDING)
        name = " ".join(title.split())
        if kind is not NodeKind.OUTCOME and under is None:
            raise TreeError(f"say what the {kind} hangs under")
        if kind is NodeKind.THEME:
            if theme_id is None:
                raise TreeError("an opportunity is what customers said: choose a theme")
            theme = live_theme(connection, theme_id)
            theme_id, name = theme.id, ""
            there = _node_of(connection, theme.id)
            if there is not None and under is not None:
                _hang(connection, there, under, asking.name, at)
                return there
        elif not name:
            raise TreeError(f"say in a few words what the {kind} is")
        row = {
            "kind": kind.value,
            "title": name,
            "theme_id": theme_id if kind is NodeKind.THEME else None,
            "owner": " ".join(owner.split()),
            "state": State.IDEA.value,
            "note": " ".join(note.split()),
            "who": asking.name,
            "at": at,
        }
        made: int = connection.execute(insert(OpportunityRow).values(row).returning(OpportunityRow.id)).scalar_one()
        told = {key: row[key] for key in ("kind", "title", "theme_id", "owner")}
        audit.add(connection, asking.name, "opportunity added", f"opportunity:{made}", None, told, at)
        if under is not None:
            _hang(connection, made, under, asking.name, at)
        return made


def change(
    store: Store,
    node_id: int,
    *,
    title: str | None = None,
    owner: str | None = None,
    state: State | None = None,
    note: str | None = None,
    by: Person,
    at: datetime,
) -> None:
    """Change what is said of a node; None leaves it. Raises NotAllowed, TreeError, StoreError."""
    given = {"title": title, "owner": owner, "state": None if state is None else state.value, "note": note}
    with _editing(store) as connection:
        asking = people.allowed(connection, by.id, *DECIDING)
        row = _row(connection, node_id)
        if title is not None and (row.kind == NodeKind.THEME or not title.split()):
            raise TreeError("a theme is renamed on its own page, and every other node needs a name")
        wanted = {key: " ".join(value.split()) for key, value in given.items() if value is not None}
        changed = {key: value for key, value in wanted.items() if value != getattr(row, key)}
        if not changed:
            return
        before = {key: getattr(row, key) for key in changed}
        connection.execute(update(OpportunityRow).where(OpportunityRow.id == node_id).values(changed))
        audit.add(connection, asking.name, "opportunity changed", f"opportunity:{node_id}", before, changed, at)


def hang(store: Store, node_id: int, under: int, *, by: Person, at: datetime, instead_of: int | None = None) -> None:
    """Hang a node under another, too or ``instead_of`` where it hangs now. Raises NotAllowed, TreeError, StoreError."""
    with _editing(store) as connection:
        asking = people.allowed(connection, by.id, *DECIDING)
        if instead_of is not None:
            connection.execute(delete(OpportunityEdgeRow).where(*_edge(instead_of, node_id)))
            gone = {"under": instead_of}
            audit.add(connection, asking.name, "opportunity unhung", f"opportunity:{node_id}", gone, None, at)
        _hang(connection, node_id, under, asking.name, at)


def unhang(store: Store, node_id: int, under: int, *, by: Person, at: datetime) -> None:
    """Take a node away from one of the places where it hangs. Raises NotAllowed, TreeError for the last, StoreError."""
    with _editing(store) as connection:
        asking = people.allowed(connection, by.id, *DECIDING)
        parents = select(OpportunityEdgeRow.parent_id).where(OpportunityEdgeRow.child_id == node_id)
        if set(connection.execute(parents).scalars()) <= {under}:
            raise TreeError("it hangs nowhere else; move it, or take it out of the tree")
        if connection.execute(delete(OpportunityEdgeRow).where(*_edge(under, node_id))).rowcount:
            gone = {"under": under}
            audit.add(connection, asking.name, "opportunity unhung", f"opportunity:{node_id}", gone, None, at)


def remove(store: Store, node_id: int, *, by: Person, at: datetime) -> None:
    """Take a node out of the tree; what it was stays in the audit log. Raises NotAllowed, TreeError, StoreError."""
    with _editing(store) as connection:
        asking = people.allowed(connection, by.id, *DECIDING)
        row = _row(connection, node_id)
        below = select(OpportunityEdgeRow.child_id).where(OpportunityEdgeRow.parent_id == node_id)
        if connection.execute(below.limit(1)).first() is not None:
            raise TreeError("something hangs under this; move or remove that first")
        parents = select(OpportunityEdgeRow.parent_id).where(OpportunityEdgeRow.child_id == node_id)
        kept = ("kind", "title", "theme_id", "owner", "state", "note")
        before = {key: getattr(row, key) for key in kept} | {"under": list(connection.execute(parents).scalars())}
        connection.execute(delete(OpportunityEdgeRow).where(OpportunityEdgeRow.child_id == node_id))
        connection.execute(delete(OpportunityRow).where(OpportunityRow.id == node_id))
        audit.add(connection, asking.name, "opportunity removed", f"opportunity:{node_id}", before, None, at)


@contextmanager
def _editing(store: Store) -> Iterator[Connection]:
    with store.begin() as connection:
        if store.dialect == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": TREE_LOCK})
        yield connection


def _node_of(connection: Connection, theme_id: int) -> int | None:
    """The node of a theme, or of one that was merged into it since."""
    rows = connection.execute(select(OpportunityRow.id, OpportunityRow.theme_id).order_by(OpportunityRow.id)).all()
    found = (row.id for row in rows if row.theme_id is not None and resolve(connection, row.theme_id) == theme_id)
    return next(found, None)


def _hang(connection: Connection, node_id: int, under: int, who: str, at: datetime) -> None:
    child, parent = _row(connection, node_id), _row(connection, under)
    if NodeKind(parent.kind) not in UNDER[NodeKind(child.kind)]:
        raise TreeError(f"a {child.kind} cannot hang under a {parent.kind}")
    if connection.execute(select(OpportunityEdgeRow.child_id).where(*_edge(under, node_id))).first() is not None:
        return
    if node_id in _above(connection, under):
        raise TreeError("that would make it hang under itself")
    connection.execute(insert(OpportunityEdgeRow).values(parent_id=under, child_id=node_id))
    audit.add(connection, who, "opportunity hung", f"opportunity:{node_id}", None, {"under": under}, at)


def _above(connection: Connection, node_id: int) -> set[int]:
    """A node and all it hangs under, however far up."""
    found: set[int] = set()
    ahead = {node_id}
    while ahead:
        found |= ahead
        up = select(OpportunityEdgeRow.parent_id).where(OpportunityEdgeRow.child_id.in_(ahead))
        ahead = set(connection.execute(up).scalars()) - found
    return found


def _edge(parent: int, child: int) -> tuple[Any, Any]:
    return (OpportunityEdgeRow.parent_id == parent, OpportunityEdgeRow.child_id == child)


def _row(connection: Connection, node_id: int) -> Row[Any]:
    row = connection.execute(select(OpportunityRow.__table__).where(OpportunityRow.id == node_id)).one_or_none()
    if row is None:
        raise TreeError(f"there is no node {node_id} in the tree; it may have just been removed")
    return row
