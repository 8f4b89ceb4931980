"""Proposals: changes that a refresh found and somebody has yet to decide on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.orm import aliased

from insights.store import Store, StoreError
from insights.tables import ProposalRow, ThemeRow
from insights.themes import lineage
from insights.themes.lineage import Decision
from insights.themes.status import STANDING, Status

_LIKE = 0.8
_FITS = 0.5


class State(StrEnum):
    """What became of a proposal. The values are stored; never rename one."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    OUTDATED = "outdated"


class ProposalError(StoreError):
    """There is no such proposal, or it is decided already; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One change. ``members`` are signal ids, ``customers`` how many distinct customers said them.

    new      ``members`` become a theme called ``name``
    confirm  the emerging ``theme_id`` becomes a theme like all others, and ``members`` join it
    grow     ``members`` join ``theme_id``
    merge    ``theme_id`` is merged into ``target_id``; ``members`` are its signals
    split    ``members`` leave ``theme_id`` for ``target_id``, or for a new theme called ``name``
    fade     ``theme_id`` has been silent for long
    ``share`` (0..1) of the signals with a theme move visibly; ``purity`` (0..1) says how well they hold together.
    """

    kind: str
    action: str
    theme_id: int | None
    target_id: int | None
    members: tuple[int, ...]
    name: str = ""
    terms: tuple[str, ...] = ()
    exemplar_signal_id: int | None = None
    customers: int = 0
    share: float = 0.0
    purity: float = 1.0
    safe: bool = True

    def __post_init__(self) -> None:
        # Rows of JSON come back as lists.
        object.__setattr__(self, "members", tuple(self.members))
        object.__setattr__(self, "terms", tuple(self.terms))


@dataclass(frozen=True, slots=True)
class Proposal:
    """A stored suggestion. ``theme`` and ``target`` are the names of the themes as they are now, "" where there is none."""

    id: int
    suggestion: Suggestion
    theme: str
    target: str
    made_at: datetime
    state: State
    who: str
    decided_at: datetime | None
    why: str


_FIELDS = tuple(field.name for field in fields(Suggestion))


def keep(
    store: Store,
    kind: str,
    suggestions: Sequence[Suggestion],
    at: datetime,
    *,
    looked_for: Collection[str] | None = None,
) -> tuple[int, ...]:
    """Store what should be decided on, and return its numbers. Raises StoreError.

    A proposal made before keeps its number when it is made again with at least 80% of its members; those not made
    again are outdated, of the actions that were looked for (None: all). What a person rejected is not proposed again.
    """
    with store.begin() as connection:
        before = list(_stored(connection, states=(State.WAITING, State.REJECTED), kind=kind))
        numbers: list[int] = []
        for suggestion in suggestions:
            same = [old for old in before if _alike(old.suggestion, suggestion)]
            if any(old.state is State.REJECTED for old in same):
                continue
            values = {name: getattr(suggestion, name) for name in _FIELDS}
            values |= {"members": list(suggestion.members), "terms": list(suggestion.terms), "made_at": at}
            if same:
                connection.execute(update(ProposalRow).where(ProposalRow.id == same[0].id).values(values))
                numbers.append(same[0].id)
                continue
            values |= {"state": State.WAITING.value, "who": "", "decided_at": None, "why": ""}
            numbers.append(
                connection.execute(insert(ProposalRow).values(values).returning(ProposalRow.id)).scalar_one()
            )
        gone = [
            old.id
            for old in before
            if old.state is State.WAITING
            and old.id not in numbers
            and (looked_for is None or old.suggestion.action in looked_for)
        ]
        if gone:
            outdated = {"state": State.OUTDATED.value, "decided_at": at, "who": lineage.MACHINE}
            outdated["why"] = "a later refresh does not propose it any more"
            connection.execute(update(ProposalRow).where(ProposalRow.id.in_(gone)).values(outdated))
    return tuple(numbers)


def waiting(store: Store) -> tuple[Proposal, ...]:
    """Return the proposals nobody has decided on, by number. Raises StoreError."""
    with store.connect() as connection:
        return tuple(_stored(connection, states=(State.WAITING,)))


def one(store: Store, number: int) -> Proposal:
    """Return a waiting proposal. Raises ProposalError when there is none, or what became of it; StoreError."""
    with store.connect() as connection:
        found = next(_stored(connection, number=number), None)
    if found is None:
        raise ProposalError(f"there is no proposal {number}; `earshot themes proposals` lists those that wait")
    if found.state is not State.WAITING:
        raise ProposalError(f"proposal {number} is {found.state.value} already ({found.why or 'no reason given'})")
    return found


def decide(store: Store, number: int, state: State, decision: Decision) -> None:
    """Write down what became of a waiting proposal. Raises ProposalError when somebody was faster, StoreError."""
    values = {"state": state.value, "who": decision.who, "decided_at": decision.at, "why": decision.why}
    wanted = update(ProposalRow).where(ProposalRow.id == number, ProposalRow.state == State.WAITING.value)
    with store.begin() as connection:
        if connection.execute(wanted.values(values)).rowcount != 1:
            raise ProposalError(f"proposal {number} does not wait any more; somebody decided on it meanwhile")


def still_fitting(store: Store, suggestion: Suggestion) -> Suggestion | None:
    """Return what of a suggestion still fits the themes as they are now: members that are where they were.

    None when its themes are gone, or fewer than half of its members are left. Raises StoreError.
    """
    with store.connect() as connection:
        expected: dict[int, tuple[str, ...]] = {
            theme: STANDING for theme in (suggestion.theme_id, suggestion.target_id) if theme is not None
        }
        if suggestion.theme_id is not None and suggestion.action in ("confirm", "fade"):
            only = Status.EMERGING if suggestion.action == "confirm" else Status.LIVE
            expected[suggestion.theme_id] = (only.value,)
        for theme_id, statuses in expected.items():
            status = connection.execute(select(ThemeRow.status).where(ThemeRow.id == theme_id)).scalar_one_or_none()
            if status not in statuses:
                return None
        leaving = suggestion.action in ("merge", "split")
        inside = suggestion.theme_id if leaving else None
        members = lineage.movable(
            connection, suggestion.members, inside=inside, kind=suggestion.kind, pinned_too=suggestion.action == "merge"
        )
        everyone = suggestion.action == "split" and suggestion.target_id is None
        if everyone and len(members) == len(lineage.signals_in(connection, suggestion.theme_id or 0)):
            return None
    if suggestion.members and len(members) < max(1.0, _FITS * len(suggestion.members)):
        return None
    return replace(suggestion, members=tuple(members))


def count(store: Store) -> int:
    """Return how many proposals wait. Raises StoreError."""
    wanted = select(func.count()).select_from(ProposalRow).where(ProposalRow.state == State.WAITING.value)
    with store.connect() as connection:
        return connection.execute(wanted).scalar_one()


def _stored(
    connection: Connection, *, states: Collection[State] = (), kind: str = "", number: int | None = None
) -> Iterator[Proposal]:
    theme, target = aliased(ThemeRow), aliased(ThemeRow)
    wanted = (
        select(ProposalRow.__table__, theme.name.label("theme_name"), target.name.label("target_name"))
        .outerjoin(theme, theme.id == ProposalRow.theme_id)
        .outerjoin(target, target.id == ProposalRow.target_id)
        .order_by(ProposalRow.id)
    )
    if states:
        wanted = wanted.where(ProposalRow.state.in_([state.value for state in states]))
    if kind:
        wanted = wanted.where(ProposalRow.kind == kind)
    if number is not None:
        wanted = wanted.where(ProposalRow.id == number)
    for row in connection.execute(wanted):
        yield _proposal(row)


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(
        row.id,
        Suggestion(**{name: getattr(row, name) for name in _FIELDS}),
        row.theme_name or "",
        row.target_name or "",
        row.made_at,
        State(row.state),
        row.who,
        row.decided_at,
        row.why,
    )


def _alike(old: Suggestion, new: Suggestion) -> bool:
    if (old.action, old.theme_id, old.target_id) != (new.action, new.theme_id, new.target_id):
        return False
    before, now = set(old.members), set(new.members)
    return len(before & now) >= _LIKE * max(len(before), len(now))
