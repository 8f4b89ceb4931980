"""What machine and people do to themes. Each step is one transaction, is recorded, and can be undone.

Ids are never used again; a merged theme leads to where it went; a person's name wins over the machine's; a signal
that a person pinned is never moved by the machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from insights.store import Store
from insights.themes import lineage
from insights.themes.lineage import MACHINE, CurationError, Decision, Event, Step
from insights.themes.status import Status
from insights.themes.undo import undo

__all__ = [
    "MACHINE",
    "CurationError",
    "Decision",
    "Step",
    "arrange",
    "create",
    "grow",
    "merge",
    "rename",
    "retire",
    "split",
    "undo",
]


def create(
    store: Store,
    kind: str,
    name: str,
    members: Sequence[int],
    decision: Decision,
    *,
    terms: Sequence[str] = (),
    exemplar: int | None = None,
) -> Step:
    """Make a theme of waiting signals; those that found a theme meanwhile stay there. Raises CurationError, StoreError.

    Without members it is a parent, for other themes to be arranged under.
    """
    with lineage.curating(store) as connection:
        moved = lineage.movable(connection, members, inside=None, kind=kind)
        if members and not moved:
            raise CurationError("none of these signals waits any more; load them again")
        theme_id = lineage.new_theme(
            connection,
            kind=kind,
            name=_checked(name),
            named_by=decision.who,
            terms=list(terms),
            exemplar_signal_id=exemplar,
            parent_id=None,
            created_at=decision.at,
        )
        lineage.move(connection, moved, theme_id)
        moves = dict.fromkeys(moved, (None, theme_id))
        return lineage.record(connection, Event.CREATED, theme_id, decision, moves=moves)


def grow(store: Store, theme_id: int, members: Sequence[int], decision: Decision) -> Step | None:
    """Let waiting signals join a theme; None when none of them waits any more. Raises CurationError, StoreError."""
    with lineage.curating(store) as connection:
        theme = lineage.live_theme(connection, theme_id)
        moved = lineage.movable(connection, members, inside=None, kind=theme.kind)
        if not moved:
            return None
        lineage.move(connection, moved, theme.id)
        moves = dict.fromkeys(moved, (None, theme.id))
        return lineage.record(connection, Event.GROWN, theme.id, decision, moves=moves)


def merge(store: Store, theme_id: int, into: int, decision: Decision) -> Step:
    """Redirect a theme into another of its kind, with all its signals. Raises CurationError, StoreError.

    The machine may not merge a theme that holds pinned signals; a person may, and they go along.
    """
    with lineage.curating(store) as connection:
        source, target = lineage.live_theme(connection, theme_id), lineage.live_theme(connection, into)
        if source.id == target.id:
            raise CurationError(f"theme {theme_id} and theme {into} are already one")
        if source.kind != target.kind:
            raise CurationError(f"a {source.kind} theme cannot be merged into a {target.kind} theme")
        if target.status == Status.EMERGING and source.status != Status.EMERGING:
            raise CurationError(f"theme {target.id} is only emerging; merge it into theme {source.id} instead")
        if children := lineage.children_of(connection, source.id):
            raise CurationError(f"theme {source.id} is a parent; put its themes ({children}) elsewhere first")
        pinned = lineage.signals_in(connection, source.id, pinned=True)
        if pinned and decision.by_machine:
            raise CurationError(f"theme {source.id} holds signals that people placed there; a person must merge it")
        moved = lineage.signals_in(connection, source.id)
        lineage.move(connection, moved, target.id)
        lineage.change_theme(connection, source.id, status=Status.MERGED.value, merged_into=target.id)
        moves = dict.fromkeys(moved, (source.id, target.id))
        return lineage.record(
            connection,
            Event.MERGED,
            source.id,
            decision,
            other=target.id,
            moves=moves,
            before={"pinned": pinned, "status": source.status},
        )


def split(
    store: Store,
    theme_id: int,
    members: Sequence[int],
    decision: Decision,
    *,
    into: int | None = None,
    name: str = "",
    terms: Sequence[str] = (),
    exemplar: int | None = None,
) -> Step:
    """Move some signals of a theme into a new one, or into theme ``into``. The rest keeps the id; pinned signals stay.

    ``Step.other_theme_id`` is where they went. Raises CurationError, StoreError.
    """
    with lineage.curating(store) as connection:
        source = lineage.live_theme(connection, theme_id)
        moved = lineage.movable(connection, members, inside=source.id)
        if not moved:
            raise CurationError(f"none of these signals can leave theme {source.id}")
        if into is None:
            if len(moved) == len(lineage.signals_in(connection, source.id)):
                raise CurationError(f"theme {source.id} would be left empty; rename it instead")
            child = lineage.new_theme(
                connection,
                kind=source.kind,
                name=_checked(name),
                named_by=decision.who,
                terms=list(terms),
                exemplar_signal_id=exemplar,
                parent_id=source.parent_id,
                created_at=decision.at,
            )
        else:
            target = lineage.live_theme(connection, into)
            if target.id == source.id or target.kind != source.kind:
                raise CurationError(f"signals of theme {source.id} cannot go to theme {target.id}")
            child = target.id
        lineage.move(connection, moved, child)
        moves = dict.fromkeys(moved, (source.id, child))
        before = {"new": into is None}
        return lineage.record(connection, Event.SPLIT, source.id, decision, other=child, moves=moves, before=before)


def rename(
    store: Store,
    theme_id: int,
    name: str,
    decision: Decision,
    *,
    terms: Sequence[str] | None = None,
    exemplar: int | None = None,
) -> Step | None:
    """Give a theme another name; None when it has it already, or when the machine would overrule a person's name.

    Raises CurationError, StoreError.
    """
    with lineage.curating(store) as connection:
        theme = lineage.live_theme(connection, theme_id)
        by_person = theme.named_by != MACHINE
        fields = {
            "name": _checked(name),
            "terms": list(theme.terms if terms is None else terms),
            "exemplar_signal_id": theme.exemplar_signal_id if exemplar is None else exemplar,
            "named_by": decision.who,
        }
        before = {key: getattr(theme, key) for key in fields}
        same = all(fields[key] == before[key] for key in ("name", "terms", "exemplar_signal_id"))
        if (by_person and decision.by_machine) or (same and (by_person or decision.by_machine)):
            return None
        lineage.change_theme(connection, theme.id, **fields)
        return lineage.record(connection, Event.RENAMED, theme.id, decision, before=before)


def retire(store: Store, theme_id: int, decision: Decision) -> Step:
    """Take a theme off the board: it keeps its signals and takes no more. Raises CurationError, StoreError."""
    with lineage.curating(store) as connection:
        theme = lineage.live_theme(connection, theme_id)
        lineage.change_theme(connection, theme.id, status=Status.RETIRED.value)
        return lineage.record(connection, Event.RETIRED, theme.id, decision, before={"status": theme.status})


def arrange(store: Store, parents: Mapping[int, int | None], decision: Decision | None = None) -> tuple[Step, ...]:
    """Put themes under parents (None: under nobody). Two levels: a parent has no parent.

    With a decision every change is a step of its own, which can be undone. Raises CurationError, StoreError.
    """
    steps: list[Step] = []
    with lineage.curating(store) as connection:
        for theme_id, parent_id in sorted(parents.items()):
            theme = lineage.live_theme(connection, theme_id)
            parent = None if parent_id is None else lineage.live_theme(connection, parent_id).id
            if parent == theme.parent_id:
                continue
            lineage.change_theme(connection, theme.id, parent_id=parent)
            if decision is not None:
                before = {"parent_id": theme.parent_id}
                steps.append(
                    lineage.record(connection, Event.ARRANGED, theme.id, decision, other=parent, before=before)
                )
        if deep := lineage.deeper_than_two(connection):
            raise CurationError(f"theme {deep} stands under another theme and cannot be a parent")
    return tuple(steps)


def _checked(name: str) -> str:
    words = " ".join(name.split())
    if not words:
        raise CurationError("a theme needs a name")
    return words
