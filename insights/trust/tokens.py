"""Tokens: another program reads in the name of a person, never more than that person may, and only what its scopes say.

The secret is 256 random bits, shown once; the store keeps its SHA-256, which is enough for a secret nobody can guess.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, select, update

from insights.store import Store
from insights.tables import PersonRow, TokenRow
from insights.trust import audit, people
from insights.trust.people import NotAllowed, Person, Role

PREFIX = "earshot_"


class Scope(StrEnum):
    """What a token opens. The values are stored; never rename one."""

    THEMES = "themes"
    QUOTES = "quotes"
    LEDGER = "ledger"
    REVIEWS = "reviews"


class TokenRefused(PermissionError):
    """The token is unknown, over or revoked, or its scopes do not reach that far; the message says which."""


class NoSuchToken(RuntimeError):
    """There is no token of that id, or it cannot be made like that; the message says which."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it may be shown: everything but the secret."""

    id: int
    person: str
    name: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads through a token: its person, as they are now, and what it opens."""

    person: Person
    scopes: frozenset[Scope]

    def needs(self, scope: Scope) -> None:
        """Raise TokenRefused unless the token opens this."""
        if scope not in self.scopes:
            raise TokenRefused(f"this token does not open {scope}; make one with --scope {scope}")


def issue(
    store: Store,
    person_id: int,
    name: str,
    scopes: Collection[Scope],
    *,
    by: Person,
    at: datetime,
    expires_at: datetime | None = None,
) -> tuple[Token, str]:
    """Make a token for a person; return it and its secret, which cannot be read again.

    Everybody makes their own, an admin anybody's. Raises NotAllowed, NoSuchToken.
    """
    called = " ".join(name.split())
    if not called:
        raise NoSuchToken("a token needs a name that says what reads with it")
    if not scopes:
        raise NoSuchToken(f"a token opens at least one of {', '.join(Scope)}")
    if expires_at is not None and expires_at <= at:
        raise NoSuchToken("a token cannot end before it begins")
    secret = PREFIX + secrets.token_urlsafe(32)
    kept = tuple(scope for scope in Scope if scope in scopes)
    with store.begin() as connection:
        asking = people.allowed(connection, by.id)
        owner = people.allowed(connection, person_id)
        _own_or_admin(asking, owner.id)
        row = {
            "person_id": owner.id,
            "name": called,
            "digest": _digest(secret),
            "scopes": [scope.value for scope in kept],
            "created_at": at,
            "expires_at": expires_at,
        }
        made = connection.execute(insert(TokenRow).values(row).returning(TokenRow.id)).scalar_one()
        after = {"name": called, "of": owner.name, "scopes": row["scopes"]}
        audit.add(connection, asking.name, "token made", f"token:{made}", None, after, at)
    return Token(made, owner.name, called, kept, at, expires_at, None), secret


def revoke(store: Store, token_id: int, *, by: Person, at: datetime) -> None:
    """End a token at once. Raises NotAllowed, NoSuchToken."""
    with store.begin() as connection:
        asking = people.allowed(connection, by.id)
        row = connection.execute(select(TokenRow.__table__).where(TokenRow.id == token_id)).one_or_none()
        if row is None:
            raise NoSuchToken(f"there is no token with the id {token_id}")
        _own_or_admin(asking, row.person_id)
        if row.revoked_at is None:
            connection.execute(update(TokenRow).where(TokenRow.id == token_id).values(revoked_at=at))
            audit.add(connection, asking.name, "token revoked", f"token:{token_id}", {"name": row.name}, None, at)


def all(store: Store) -> tuple[Token, ...]:
    """Return every token, newest first. Raises StoreError."""
    wanted = select(TokenRow.__table__, PersonRow.name.label("person")).join(
        PersonRow, PersonRow.id == TokenRow.person_id
    )
    with store.connect() as connection:
        rows = connection.execute(wanted.order_by(TokenRow.id.desc())).all()
    return tuple(
        Token(
            id=row.id,
            person=row.person,
            name=row.name,
            scopes=tuple(Scope(one) for one in row.scopes),
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
        )
        for row in rows
    )


def reader(store: Store, secret: str, now: datetime) -> Reader:
    """Return who reads with a secret, asked anew at each call, so that a revoked token ends at once.

    Raises TokenRefused, StoreError.
    """
    wanted = select(TokenRow.__table__).where(TokenRow.digest == _digest(secret))
    with store.connect() as connection:
        row = connection.execute(wanted).one_or_none()
        if row is None:
            raise TokenRefused("there is no such token")
        if row.revoked_at is not None:
            raise TokenRefused("this token was revoked")
        if row.expires_at is not None and row.expires_at <= now:
            raise TokenRefused("this token is over; make a new one")
        try:
            person = people.allowed(connection, row.person_id)
        except NotAllowed as refused:
            raise TokenRefused(str(refused)) from None
    return Reader(person, frozenset(Scope(one) for one in row.scopes))


def _own_or_admin(asking: Person, owner_id: int) -> None:
    if asking.id != owner_id and asking.role is not Role.ADMIN:
        raise NotAllowed(f"this needs the role {Role.ADMIN}: the token is somebody else's")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
