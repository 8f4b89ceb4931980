"""Teams that owe answers: their members and deputies, and from when on a theme asks them for one."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from insights.store import Store, StoreError
from insights.tables import PersonRow, TeamMemberRow, TeamRow
from insights.trust import audit
from insights.trust.people import NotAllowed, Person, Role, allowed


class TeamError(StoreError):
    """The team cannot be as asked; nothing was changed. The message says why."""


@dataclass(frozen=True, slots=True)
class Terms:
    """When a theme asks: from so many distinct customers on, from a mean severity on (1 to 5), or when it clearly grows.

    ``answer_days`` are the days the team has to answer.
    """

    ask_customers: int = 10
    ask_severity: int = 4
    ask_growth: bool = True
    answer_days: int = 14


@dataclass(frozen=True, slots=True)
class Member:
    """A person of a team; a deputy answers while the others are away."""

    person_id: int
    name: str
    deputy: bool


@dataclass(frozen=True, slots=True)
class Team:
    """A team, its terms, and who is in it, by name."""

    id: int
    name: str
    terms: Terms
    members: tuple[Member, ...]
    active: bool = True


DEFAULT = Terms()


def all(store: Store, *, active_only: bool = True) -> tuple[Team, ...]:
    """Return the teams by name. Raises StoreError."""
    with store.connect() as connection:
        return known(connection, active_only=active_only)


def known(connection: Connection, *, active_only: bool = True) -> tuple[Team, ...]:
    """The same inside a transaction."""
    members: dict[int, list[Member]] = {}
    wanted = select(TeamMemberRow.team_id, TeamMemberRow.person_id, PersonRow.name, TeamMemberRow.deputy)
    for row in connection.execute(wanted.join(PersonRow).where(PersonRow.active).order_by(PersonRow.name)):
        members.setdefault(row.team_id, []).append(Member(row.person_id, row.name, row.deputy))
    rows = select(TeamRow.__table__).order_by(TeamRow.name)
    if active_only:
        rows = rows.where(TeamRow.active)
    return tuple(_team(row, tuple(members.get(row.id, ()))) for row in connection.execute(rows))


def named(store: Store, name: str) -> Team:
    """Return a team by its name. Raises TeamError when there is none, StoreError."""
    found = next((team for team in all(store) if team.name.casefold() == name.strip().casefold()), None)
    if found is None:
        raise TeamError(f"there is no team called {name!r}; `earshot teams list` shows all")
    return found


def add(store: Store, name: str, *, by: Person, at: datetime, terms: Terms = DEFAULT) -> Team:
    """Add a team. Raises NotAllowed unless ``by`` is an admin, TeamError for a name that is taken or empty."""
    called = " ".join(name.split())
    if not called:
        raise TeamError("a team needs a name")
    _check(terms)
    try:
        with store.begin() as connection:
            who = allowed(connection, by.id, Role.ADMIN)
            row = {"name": called, "active": True, "created_at": at} | asdict(terms)
            made = connection.execute(insert(TeamRow).values(row).returning(TeamRow.id)).scalar_one()
            audit.add(connection, who.name, "team added", f"team:{made}", None, asdict(terms), at)
    except IntegrityError:
        raise TeamError(f"there is a team called {called!r} already") from None
    return Team(made, called, terms, ())


def change_terms(store: Store, team_id: int, terms: Terms, *, by: Person, at: datetime) -> None:
    """Set when themes ask the team. Raises NotAllowed unless ``by`` is an admin, TeamError."""
    _check(terms)
    with store.begin() as connection:
        who = allowed(connection, by.id, Role.ADMIN)
        before = asdict(one(connection, team_id).terms)
        connection.execute(update(TeamRow).where(TeamRow.id == team_id).values(asdict(terms)))
        audit.add(connection, who.name, "team terms changed", f"team:{team_id}", before, asdict(terms), at)


def join(store: Store, team_id: int, person_id: int, *, by: Person, at: datetime, deputy: bool = False) -> None:
    """Make a person a member or a deputy. Raises NotAllowed unless ``by`` is an admin, TeamError."""
    with store.begin() as connection:
        who = allowed(connection, by.id, Role.ADMIN)
        one(connection, team_id)
        joining = allowed(connection, person_id)
        if joining.role not in (Role.TEAM_OWNER, Role.PRODUCT_OWNER, Role.ADMIN):
            raise TeamError(f"{joining.name} is {joining.role}; who answers for a team is team owner or product owner")
        _take_out(connection, team_id, person_id)
        row = {"team_id": team_id, "person_id": person_id, "deputy": deputy, "since": at}
        connection.execute(insert(TeamMemberRow).values(row))
        after = {"person": person_id, "deputy": deputy}
        audit.add(connection, who.name, "team joined", f"team:{team_id}", None, after, at)


def leave(store: Store, team_id: int, person_id: int, *, by: Person, at: datetime) -> None:
    """Take a person out of a team. Raises NotAllowed unless ``by`` is an admin, TeamError."""
    with store.begin() as connection:
        who = allowed(connection, by.id, Role.ADMIN)
        if not _take_out(connection, team_id, person_id):
            raise TeamError("this person is not in the team")
        audit.add(connection, who.name, "team left", f"team:{team_id}", {"person": person_id}, None, at)


def one(connection: Connection, team_id: int) -> Team:
    """Return a team. Raises TeamError when there is none."""
    found = next((team for team in known(connection, active_only=False) if team.id == team_id), None)
    if found is None:
        raise TeamError(f"there is no team with the id {team_id}")
    return found


def speaking_for(connection: Connection, team_id: int | None, person_id: int) -> Person:
    """Return the person if they may answer for a team: a member, a deputy or an admin. Raises NotAllowed, TeamError."""
    person = allowed(connection, person_id, Role.TEAM_OWNER, Role.PRODUCT_OWNER)
    if person.role is Role.ADMIN:
        return person
    if team_id is None:
        raise NotAllowed("this theme is nobody's; an admin must say which team owns it first")
    team = one(connection, team_id)
    if belongs(team, person.id):
        return person
    raise NotAllowed(f"only members and deputies of {team.name} answer for it; {person.name} is neither")


def belongs(team: Team, person_id: int) -> bool:
    """Tell whether a person is in a team, as member or deputy."""
    return any(member.person_id == person_id for member in team.members)


def _take_out(connection: Connection, team_id: int, person_id: int) -> int:
    row = TeamMemberRow
    return connection.execute(delete(row).where(row.team_id == team_id, row.person_id == person_id)).rowcount


def _check(terms: Terms) -> None:
    if terms.ask_customers < 1 or not 1 <= terms.ask_severity <= 5 or not 1 <= terms.answer_days <= 90:
        raise TeamError("a theme asks from 1 customer on, at a severity of 1 to 5, and gives 1 to 90 days")


def _team(row: Row[Any], members: tuple[Member, ...]) -> Team:
    terms = Terms(**{field.name: getattr(row, field.name) for field in fields(Terms)})
    return Team(row.id, row.name, terms, members, row.active)
