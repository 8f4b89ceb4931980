"""Incidents: what may have cost records or stopped the stream. Health is red while one is open; a person closes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import structlog
from sqlalchemy import insert, select, update

from ingest.sources import Trouble
from insights.store import Store, StoreError
from insights.tables import IncidentRow
from insights.trust import audit
from insights.trust.people import Person, Role, allowed

MACHINE = "machine"
log = structlog.get_logger(__name__)


class IncidentKind(StrEnum):
    """What happened. The value is stored and shown; never rename one."""

    GAP = "gap"
    """The broker's retention removed records before they were read."""
    RESET = "reset"
    """The log ends below what is already stored."""
    RECREATED = "recreated"
    """The topic was deleted and made again while it was read."""
    SWOLLEN = "swollen"
    """A compressed batch would unpack to more than memory allows; its partition stands still."""
    BREAKER = "breaker"
    """So many records in a row were unreadable that the worker rather stopped than set them all aside."""


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident. ``place`` says where, as ``topic[partition]``."""

    id: int
    kind: IncidentKind
    place: str
    detail: str
    at: datetime
    closed_at: datetime | None
    closed_by: str


def record(store: Store, kind: IncidentKind, place: str, detail: str, at: datetime) -> int:
    """Open an incident and return its id; one that is open already for this kind and place stays the one."""
    with store.begin() as connection:
        found = (
            connection.execute(
                select(IncidentRow.id).where(
                    IncidentRow.kind == kind.value, IncidentRow.place == place, IncidentRow.closed_at.is_(None)
                )
            )
            .scalars()
            .first()
        )
        if found is not None:
            return found
        row = {"kind": kind.value, "place": place, "detail": detail, "at": at, "closed_by": ""}
        return int(connection.execute(insert(IncidentRow).values(row).returning(IncidentRow.id)).scalar_one())


def tell(store: Store, trouble: Trouble) -> None:
    """Keep what a source met; a store that does not answer now must not stop the reading."""
    try:
        record(store, IncidentKind(trouble.kind), trouble.place, trouble.detail, datetime.now(UTC))
    except StoreError as error:
        log.error("incident_not_kept", kind=trouble.kind, place=trouble.place, error=str(error))


def unsettled(store: Store) -> tuple[Incident, ...]:
    """Return the open incidents, oldest first. Raises StoreError."""
    return _found(store, 1_000, IncidentRow.closed_at.is_(None), newest_first=False)


def history(store: Store, limit: int = 50) -> tuple[Incident, ...]:
    """Return the newest incidents, open or closed. Raises StoreError."""
    return _found(store, limit, newest_first=True)


def close(store: Store, incident_id: int, *, by: Person, at: datetime) -> bool:
    """Close an incident: somebody has seen to it. For the breaker: let what is in the log be set aside.

    Returns False when it was closed already. Raises NotAllowed.
    """
    with store.begin() as connection:
        asking = allowed(connection, by.id, Role.PRODUCT_OWNER, Role.TEAM_OWNER)
        done = update(IncidentRow).where(IncidentRow.id == incident_id, IncidentRow.closed_at.is_(None))
        closed = connection.execute(done.values(closed_at=at, closed_by=asking.name)).rowcount == 1
        if closed:
            audit.add(connection, asking.name, "incident closed", f"incident:{incident_id}", None, None, at)
        return closed


def settle(store: Store, kind: IncidentKind, place: str, at: datetime) -> None:
    """Close what the machine itself sees to be over: the breaker's partition reads well again."""
    mine = (IncidentRow.kind == kind.value, IncidentRow.place == place, IncidentRow.closed_at.is_(None))
    with store.begin() as connection:
        connection.execute(update(IncidentRow).where(*mine).values(closed_at=at, closed_by=MACHINE))


def _found(store: Store, limit: int, *conditions: object, newest_first: bool) -> tuple[Incident, ...]:
    row = IncidentRow
    wanted = select(row.id, row.kind, row.place, row.detail, row.at, row.closed_at, row.closed_by)
    wanted = wanted.where(*conditions).order_by(row.id.desc() if newest_first else row.id).limit(limit)  # type: ignore[arg-type]
    with store.connect() as connection:
        return tuple(
            Incident(each.id, IncidentKind(each.kind), each.place, each.detail, each.at, each.closed_at, each.closed_by)
            for each in connection.execute(wanted)
        )
