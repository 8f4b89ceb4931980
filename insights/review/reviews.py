"""Weekly reviews as they are read: the running one with what is known now, a past one as it was seen then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from insights.counting.counted import counted
from insights.counting.counts import tallies_of
from insights.counting.filters import Filter
from insights.counting.packing import NOTES
from insights.counting.weeks import calendar
from insights.review.agenda import Moved, Reason, moved
from insights.review.frozen import Evidence, Said, as_seen, figures, thaw, words, words_of
from insights.store import Store
from insights.tables import (
    PersonRow,
    ReviewDecisionRow,
    ReviewItemRow,
    ReviewRow,
    TeamRow,
    ThemeOwnerRow,
)
from insights.themes.lineage import resolve
from insights.trust.anonymity import fewer_than
from insights.trust.people import Person, Role

DECIDING = (Role.PRODUCT_OWNER, Role.TEAM_OWNER)
"""Who may open, decide and close, beside admins."""


class Verdict(StrEnum):
    """What a review can decide about a theme. The values are stored; never rename one.

    ``SEEN`` is for what faded or was answered: there is nothing to decide. ``CARRY`` puts it on the next agenda.
    """

    ACT = "act"
    TRY = "try an experiment"
    WAIT = "wait for evidence"
    DECLINE = "decline"
    SEEN = "seen"
    CARRY = "carried over"


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision and what it was taken on. ``due``: the day by which it is done, or looked at again."""

    id: int
    verdict: Verdict
    owner: str
    due: date | None
    reason: str
    who: str
    at: datetime
    answer_id: int | None
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Item:
    """A theme on the agenda. ``evidence`` is frozen once something was decided, and what is known now until then.

    ``decisions``: oldest first, the last one counts. ``times``: so many reviews in a row it has been on the agenda.
    """

    id: int
    theme_id: int
    reason: Reason
    why: str
    times: int
    carried_from: int | None
    decisions: tuple[Decided, ...]
    evidence: Evidence

    @property
    def decision(self) -> Decided | None:
        return self.decisions[-1] if self.decisions else None


@dataclass(frozen=True, slots=True)
class Review:
    """One weekly review. ``since`` is what its agenda looks back to; ``first`` when there was none before it."""

    id: int
    week: date
    since: datetime
    first: bool
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    closed_by: str
    items: tuple[Item, ...]
    moved: Moved

    @property
    def undecided(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.decision is None)


@dataclass(frozen=True, slots=True)
class Summary:
    """One line of the list of reviews."""

    id: int
    week: date
    opened_at: datetime
    closed_at: datetime | None
    items: int
    decided: int


def summaries(store: Store) -> tuple[Summary, ...]:
    """Return all reviews, newest first. Raises StoreError."""
    done = select(ReviewDecisionRow.item_id).distinct().subquery()
    wanted = (
        select(ReviewRow.id, ReviewRow.week, ReviewRow.opened_at, ReviewRow.closed_at)
        .add_columns(func.count(ReviewItemRow.id), func.count(done.c.item_id))
        .outerjoin(ReviewItemRow, ReviewItemRow.review_id == ReviewRow.id)
        .outerjoin(done, done.c.item_id == ReviewItemRow.id)
        .group_by(ReviewRow.id, ReviewRow.week, ReviewRow.opened_at, ReviewRow.closed_at)
        .order_by(ReviewRow.week.desc())
    )
    with store.connect() as connection:
        return tuple(Summary(*row) for row in connection.execute(wanted))


def review(store: Store, week: date | None, today: date) -> Review | None:
    """Return the review of the week that a day is in (None: the newest), or None when there is none. Raises StoreError.

    ``today`` is a UTC day: what is not decided yet is shown as it is known on it.
    """
    with store.connect() as connection:
        wanted = select(ReviewRow.__table__).order_by(ReviewRow.week.desc()).limit(1)
        if week is not None:
            wanted = wanted.where(ReviewRow.week == calendar(week).running)
        row = connection.execute(wanted).one_or_none()
        if row is None:
            return None
        items = connection.execute(_items(row.id)).all()
        decisions = decisions_of(connection, {item.id: item.name for item in items})
        known = counted(store, connection)
        undecided = [item for item in items if item.id not in decisions]
        now = {item.id: figures(connection, known, item.theme_id, today) for item in undecided}
        moves = _thawed(row.moved) if row.moved else None
        if moves is None:
            moves = moved(known, tallies_of(connection, known, Filter({})), calendar(today), NOTES)
        first = connection.execute(select(func.min(ReviewRow.week))).scalar_one() == row.week
        limited = store.least_customers > 1
        shown = tuple(one for one in moves.themes if not limited or not fewer_than(store, known.at(one[0]).customers()))
    said = {item.id: words(store, item.theme_id, today) for item in undecided}
    found = (_item(item, decisions.get(item.id, ()), now.get(item.id), said.get(item.id, ())) for item in items)
    return Review(
        id=row.id,
        week=row.week,
        since=row.since,
        first=first,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        items=tuple(_as_seen(item, store.least_customers) for item in found),
        moved=replace(moves, themes=shown),
    )


def decisions_of(connection: Connection, names: Mapping[int, str]) -> dict[int, tuple[Decided, ...]]:
    """Return what was decided about items, oldest first, each with its evidence; ``names`` of their themes by item."""
    wanted = select(ReviewDecisionRow.__table__).where(ReviewDecisionRow.item_id.in_(names))
    rows = connection.execute(wanted.order_by(ReviewDecisionRow.id)).all()
    said = words_of(connection, [row.id for row in rows])
    found: dict[int, tuple[Decided, ...]] = {}
    for row in rows:
        one = Decided(
            id=row.id,
            verdict=Verdict(row.verdict),
            owner=row.owner,
            due=row.due,
            reason=row.reason,
            who=row.who,
            at=row.at,
            answer_id=row.answer_id,
            evidence=thaw(row.evidence, names[row.item_id], said.get(row.id, ())),
        )
        found[row.item_id] = (*found.get(row.item_id, ()), one)
    return found


def owners(store: Store) -> tuple[str, ...]:
    """Return who can be given a decision: teams, then people who decide. Raises StoreError."""
    roles = [role.value for role in (*DECIDING, Role.ADMIN)]
    teams = select(TeamRow.name).where(TeamRow.active).order_by(TeamRow.name)
    people = select(PersonRow.name).where(PersonRow.active, PersonRow.role.in_(roles)).order_by(PersonRow.name)
    with store.connect() as connection:
        return tuple(dict.fromkeys((*connection.execute(teams).scalars(), *connection.execute(people).scalars())))


def owner_of(store: Store, theme_id: int) -> str:
    """Return the name of the team that owns a theme; empty when nobody does. Raises StoreError."""
    wanted = select(TeamRow.name).join(ThemeOwnerRow, ThemeOwnerRow.team_id == TeamRow.id)
    with store.connect() as connection:
        theme = resolve(connection, theme_id)
        return connection.execute(wanted.where(ThemeOwnerRow.theme_id == theme)).scalar_one_or_none() or ""


def may_decide(person: Person) -> bool:
    """Tell whether a person may open, decide and close; the services ask again."""
    return person.role in (*DECIDING, Role.ADMIN)


def frozen(moves: Moved) -> dict[str, Any]:
    """Return what moved as JSON holds it."""
    return {
        "week": moves.week.isoformat(),
        "before": moves.before,
        "last": moves.last,
        "themes": [list(one) for one in moves.themes],
    }


def _thawed(plain: Mapping[str, Any]) -> Moved:
    themes = tuple((int(theme), str(name), int(step)) for theme, name, step in plain["themes"])
    return Moved(date.fromisoformat(plain["week"]), plain["before"], plain["last"], themes)


def _items(review_id: int) -> Select[Any]:
    return select(ReviewItemRow.__table__).where(ReviewItemRow.review_id == review_id).order_by(ReviewItemRow.id)


def _as_seen(item: Item, least: int) -> Item:
    """Return an item as it is shown to somebody to whom nothing is shown that fewer than ``least`` customers said."""
    evidence = as_seen(item.evidence, least)
    decisions = tuple(replace(one, evidence=as_seen(one.evidence, least)) for one in item.decisions)
    why = item.reason.value if evidence.fewer_than else item.why
    return replace(item, why=why, decisions=decisions, evidence=evidence)


def _item(row: Row[Any], decisions: tuple[Decided, ...], now: Evidence | None, said: tuple[Said, ...]) -> Item:
    return Item(
        id=row.id,
        theme_id=row.theme_id,
        reason=Reason(row.reason),
        why=row.why,
        times=row.times,
        carried_from=row.carried_from,
        decisions=decisions,
        evidence=decisions[-1].evidence if now is None else replace(now, quotes=said, quoted=len(said)),
    )
