"""Steps in the standing of a theme: it emerges, is confirmed or falls apart, fades, and returns when it is heard again."""

from __future__ import annotations

from collections.abc import Sequence

from insights.store import Store
from insights.themes import lineage
from insights.themes.lineage import CurationError, Decision, Event, Step
from insights.themes.status import Status


def emerge(
    store: Store,
    kind: str,
    name: str,
    members: Sequence[int],
    decision: Decision,
    *,
    terms: Sequence[str] = (),
    exemplar: int | None = None,
) -> Step:
    """Gather waiting signals as an emerging theme. Raises CurationError when one of them waits no more, StoreError."""
    with lineage.curating(store) as connection:
        moved = lineage.movable(connection, members, inside=None, kind=kind)
        if len(moved) < len(set(members)) or not moved:
            raise CurationError("some of these signals wait no more; look again")
        theme_id = lineage.new_theme(
            connection,
            status=Status.EMERGING,
            kind=kind,
            name=name,
            named_by=decision.who,
            terms=list(terms),
            exemplar_signal_id=exemplar,
            parent_id=None,
            created_at=decision.at,
        )
        lineage.move(connection, moved, theme_id)
        moves = dict.fromkeys(moved, (None, theme_id))
        return lineage.record(connection, Event.EMERGED, theme_id, decision, moves=moves)


def confirm(store: Store, theme_id: int, decision: Decision) -> Step:
    """Make an emerging theme a theme like all others. Raises CurationError, StoreError."""
    return _change(store, theme_id, Status.EMERGING, Status.LIVE, Event.CONFIRMED, decision)


def fade(store: Store, theme_id: int, decision: Decision) -> Step:
    """Mark a theme that nobody speaks of any more; it keeps its signals and takes new ones. Raises CurationError."""
    return _change(store, theme_id, Status.LIVE, Status.FADED, Event.FADED, decision)


def wake(store: Store, theme_id: int, decision: Decision) -> Step:
    """A faded theme was heard again. Raises CurationError, StoreError."""
    return _change(store, theme_id, Status.FADED, Status.LIVE, Event.RETURNED, decision)


def dissolve(store: Store, theme_id: int, decision: Decision) -> Step:
    """An emerging theme does not hold: it retires and its signals wait again. Raises CurationError, StoreError.

    Refused when a person placed signals in it or named it: then it is theirs.
    """
    with lineage.curating(store) as connection:
        theme = lineage.live_theme(connection, theme_id)
        if theme.id != theme_id or theme.status != Status.EMERGING:
            raise CurationError(f"theme {theme_id} is not emerging; only an emerging theme falls apart")
        if theme.named_by != lineage.MACHINE or lineage.signals_in(connection, theme.id, pinned=True):
            raise CurationError(f"people named theme {theme_id} or placed signals there; it stays")
        freed = lineage.signals_in(connection, theme.id)
        lineage.move(connection, freed, None)
        lineage.change_theme(connection, theme.id, status=Status.RETIRED.value)
        moves = dict.fromkeys(freed, (theme.id, None))
        return lineage.record(
            connection, Event.RETIRED, theme.id, decision, moves=moves, before={"status": theme.status}
        )


def _change(store: Store, theme_id: int, expected: Status, to: Status, event: Event, decision: Decision) -> Step:
    with lineage.curating(store) as connection:
        theme = lineage.theme_row(connection, theme_id)
        if theme.status != expected:
            raise CurationError(f"theme {theme.id} ({theme.name!r}) is {theme.status}, not {expected.value}")
        lineage.change_theme(connection, theme.id, status=to.value)
        return lineage.record(connection, event, theme.id, decision, before={"status": theme.status})
