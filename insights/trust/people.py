"""The people who work with Earshot, and what each may do. Every service asks here, in its own transaction.

A role is read anew at every write, so one that was taken away ends at once, whatever a session still shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from insights.store import Store
from insights.tables import PersonRow
from insights.trust import audit

LOCAL = "Local user"
Asked = Select[int, str, str | None, str, str, bool]
Found = Row[int, str, str | None, str, str, bool]


class NotAllowed(PermissionError):
    """The person may not do this; the message says what is missing, in plain words."""


class NoSuchPerson(RuntimeError):
    """There is nobody of that id, or the change asked for cannot be made; the message says which."""


class Role(StrEnum):
    """What a person is here for. The value is stored and shown; never rename one. An admin may do everything."""

    VIEWER = "viewer"
    AGENT = "agent"
    PRODUCT_OWNER = "product owner"
    TEAM_OWNER = "team owner"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works with Earshot. ``name`` is unique; ``agent_key`` is the keyed hash their own notes carry."""

    id: int
    name: str
    email: str
    role: Role
    agent_key: str
    active: bool


def require(store: Store, person_id: int, *roles: Role) -> Person:
    """Return the person as they are now. Raises NotAllowed unless active and of one of the roles (none: any)."""
    with store.connect() as connection:
        return allowed(connection, person_id, *roles)


def allowed(connection: Connection, person_id: int, *roles: Role) -> Person:
    """The same inside the transaction of a write, so that nothing changes between the question and the deed."""
    row = connection.execute(_wanted().where(PersonRow.id == person_id)).one_or_none()
    if row is None:
        raise NotAllowed("nobody is signed in under this account; ask an admin to add you")
    person = _person(row)
    if not person.active:
        raise NotAllowed(f"the account of {person.name} is switched off; ask an admin")
    if roles and person.role not in (*roles, Role.ADMIN):
        names = " or ".join(str(role) for role in roles)
        raise NotAllowed(f"this needs the role {names}; {person.name} is {person.role}")
    return person


def get(store: Store, person_id: int) -> Person | None:
    """Return a person, active or not, or None. Raises StoreError."""
    return _one(store, _wanted().where(PersonRow.id == person_id))


def by_email(store: Store, email: str) -> Person | None:
    """Return the person who signs in with this address, active or not, or None. Raises StoreError."""
    return _one(store, _wanted().where(PersonRow.email == _address(email))) if email.strip() else None


def all(store: Store, *, active_only: bool = False) -> tuple[Person, ...]:
    """Return everybody by name. Raises StoreError."""
    wanted = _wanted().order_by(PersonRow.name)
    if active_only:
        wanted = wanted.where(PersonRow.active)
    with store.connect() as connection:
        return tuple(_person(row) for row in connection.execute(wanted))


def local(store: Store, name: str = "", *, at: datetime | None = None) -> Person:
    """Return the person of local mode, an admin, made on first use. Raises ReadOnly if they must be made and cannot.

    Who can reach the store without signing in is its owner already: local mode listens on this machine only.
    """
    called = " ".join(name.split()) or LOCAL
    wanted = _wanted().where(PersonRow.name == called)
    found = _one(store, wanted)
    if found is not None:
        return found
    try:
        with store.begin() as connection:
            _insert(connection, called, "", Role.ADMIN, "", by=called, at=at or datetime.now(UTC))
    except IntegrityError:
        pass  # another process of ours made it meanwhile
    made = _one(store, wanted)
    assert made is not None
    return made


def add(store: Store, name: str, email: str, role: Role, *, by: Person, at: datetime, agent_key: str = "") -> Person:
    """Add a person. Raises NotAllowed unless ``by`` is an admin, NoSuchPerson for a name or address already taken."""
    called, address = " ".join(name.split()), _address(email)
    if not called:
        raise NoSuchPerson("a person needs a name")
    if address and ("@" not in address or " " in address):
        raise NoSuchPerson(f"{address!r} is no e-mail address")
    try:
        with store.begin() as connection:
            asking = allowed(connection, by.id, Role.ADMIN)
            added = _insert(connection, called, address, role, agent_key, by=asking.name, at=at)
            return _person(connection.execute(_wanted().where(PersonRow.id == added)).one())
    except IntegrityError:
        taken = f"the name {called!r}" + (f" or the address {address!r}" if address else "")
        raise NoSuchPerson(f"{taken} is taken; choose another") from None


def change_role(store: Store, person_id: int, role: Role, *, by: Person, at: datetime) -> Person:
    """Give a person another role. Raises NotAllowed, and NoSuchPerson when it would leave no admin."""
    return _change(store, person_id, "role changed", {"role": role.value}, by, at)


def deactivate(store: Store, person_id: int, *, by: Person, at: datetime) -> Person:
    """Switch an account off; what the person did stays. Raises NotAllowed, and NoSuchPerson for the last admin."""
    return _change(store, person_id, "switched off", {"active": False}, by, at)


def activate(store: Store, person_id: int, *, by: Person, at: datetime) -> Person:
    """Switch an account on again. Raises NotAllowed, NoSuchPerson."""
    return _change(store, person_id, "switched on", {"active": True}, by, at)


def _change(store: Store, person_id: int, action: str, values: dict[str, Any], by: Person, at: datetime) -> Person:
    with store.begin() as connection:
        asking = allowed(connection, by.id, Role.ADMIN)
        row = connection.execute(_wanted().where(PersonRow.id == person_id).with_for_update()).one_or_none()
        if row is None:
            raise NoSuchPerson(f"there is nobody with the id {person_id}")
        before = {name: getattr(row, name) for name in values}
        connection.execute(update(PersonRow).where(PersonRow.id == person_id).values(values))
        admins = select(func.count()).where(PersonRow.role == Role.ADMIN.value, PersonRow.active)
        if not connection.execute(admins).scalar_one():
            raise NoSuchPerson(f"{row.name} is the last admin; make somebody else an admin first")
        audit.add(connection, asking.name, f"person {action}", f"person:{person_id}", before, values, at)
        return _person(connection.execute(_wanted().where(PersonRow.id == person_id)).one())


def _insert(connection: Connection, name: str, email: str, role: Role, agent_key: str, *, by: str, at: datetime) -> int:
    row = {
        "name": name,
        "email": email or None,
        "role": role.value,
        "agent_key": agent_key,
        "active": True,
        "created_at": at,
    }
    made: int = connection.execute(insert(PersonRow).values(row).returning(PersonRow.id)).scalar_one()
    audit.add(connection, by, "person added", f"person:{made}", None, {"role": role.value}, at)
    return made


def _one(store: Store, wanted: Asked) -> Person | None:
    with store.connect() as connection:
        row = connection.execute(wanted).one_or_none()
    return None if row is None else _person(row)


def _wanted() -> Asked:
    row = PersonRow
    return select(row.id, row.name, row.email, row.role, row.agent_key, row.active)


def _person(row: Found) -> Person:
    return Person(row.id, row.name, row.email or "", Role(row.role), row.agent_key, row.active)


def _address(email: str) -> str:
    return email.strip().casefold()
