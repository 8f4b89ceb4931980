"""Events that other systems sent: kept before the sender is answered, sent on, and done only when stored as feedback.

They wait as they came, because only the workers redact; they go as soon as the redacted note is stored, is set aside, or is known to
be erased. A broker that forgets costs a second sending.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, func, insert, or_, select, update

from ingest.feedback import Rejected
from ingest.intake.delivery import Delivery
from ingest.wire import encode
from insights.columns import table
from insights.delivery.books import set_letters_aside
from insights.store import Overtaken, Store
from insights.tables import DeadLetterRow, DeliveryRow, FeedbackRow, IntakeRow, PullRow, TombstoneRow
from insights.trust.tombstones import Erased

AT_ONCE = 500
AGAIN = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)

INTAKE, DELIVERY, PULL = table(IntakeRow), table(DeliveryRow), table(PullRow)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that was taken in, and how often it was sent on."""

    id: int
    event: Mapping[str, Any]
    tries: int


@dataclass(frozen=True, slots=True)
class Pulled:
    """How far a source has been pulled: the connector's own cursor, and the messages taken so far."""

    cursor: Mapping[str, Any]
    taken: int


def keep(store: Store, deliveries: Sequence[Delivery], at: datetime, *, remember: timedelta) -> list[bool]:
    """Keep deliveries, all or none; return for each whether it was new. Raises StoreError.

    One whose bytes were kept within ``remember`` is known and not kept again.
    """
    with store.begin() as connection:
        connection.execute(delete(DELIVERY).where(DELIVERY.c.at < at - remember))
        digests = [one.digest for one in deliveries]
        seen = set(connection.execute(select(DELIVERY.c.digest).where(DELIVERY.c.digest.in_(digests))).scalars())
        fresh: list[bool] = []
        for one in deliveries:
            fresh.append(one.digest not in seen)
            seen.add(one.digest)
        new = [one for one, is_fresh in zip(deliveries, fresh, strict=True) if is_fresh]
        if new:
            connection.execute(insert(DELIVERY), [{"digest": one.digest, "at": at} for one in new])
        _insert(connection, new, at)
    return fresh


def keep_page(
    store: Store,
    page: Delivery,
    cursor: Mapping[str, Any],
    at: datetime,
    *,
    before: Pulled | None,
    rejected: Sequence[Rejected] = (),
) -> Pulled:
    """Keep a pulled page together with the cursor behind it, by compare-and-set: after a crash both are there, or neither.

    What waits already is not kept twice. Returns how far the source is pulled now. Raises Overtaken when another pull has
    been here since ``before``, StoreError.
    """
    now = Pulled(dict(cursor), (before.taken if before else 0) + len(page.arrivals))
    row = {"cursor": now.cursor, "at": at, "taken": now.taken}
    with store.begin() as connection:
        if _pulled(connection, page.source) != before:
            raise Overtaken(f"{page.source} is being pulled by another; this pull ends")
        if before is None:
            connection.execute(insert(PULL).values(source=page.source, **row))
        else:
            connection.execute(update(PULL).where(PULL.c.source == page.source).values(**row))
        set_letters_aside(connection, rejected, at)
        ids = [arrival.feedback_id for arrival in page.arrivals]
        waiting = select(INTAKE.c.feedback_id, INTAKE.c.version)
        there = {
            (found.feedback_id, found.version)
            for start in range(0, len(ids), AT_ONCE)
            for found in connection.execute(waiting.where(INTAKE.c.feedback_id.in_(ids[start : start + AT_ONCE])))
        }
        fresh = tuple(one for one in page.arrivals if (one.feedback_id, one.version) not in there)
        _insert(connection, [replace(page, arrivals=fresh)], at)
    return now


def pulled(store: Store, source: str) -> Pulled | None:
    """Return how far a source has been pulled, or None. Raises StoreError."""
    with store.connect() as connection:
        return _pulled(connection, source, lock=False)


def due(store: Store, now: datetime, limit: int = AT_ONCE) -> tuple[Waiting, ...]:
    """Return events to be sent on now, oldest first. Raises StoreError."""
    wanted = select(INTAKE.c.id, INTAKE.c.event, INTAKE.c.tries).where(INTAKE.c.next_at <= now)
    with store.connect() as connection:
        return tuple(Waiting(*row) for row in connection.execute(wanted.order_by(INTAKE.c.id).limit(limit)))


def sent(store: Store, events: Sequence[Waiting], now: datetime) -> None:
    """Note that events were sent: they are sent again, ever more seldom, until they are stored. Raises StoreError."""
    with store.begin() as connection:
        for tries in {one.tries for one in events}:
            ids = [one.id for one in events if one.tries == tries]
            wait = min(LONGEST_WAIT, AGAIN * 2 ** min(tries, 12))
            again = update(INTAKE).where(INTAKE.c.id.in_(ids)).values(next_at=now + wait, tries=tries + 1)
            connection.execute(again)


def settle(store: Store) -> int:
    """Let go of events that are stored, set aside, or of erased customers; return how many. Raises StoreError."""
    note = exists().where(FeedbackRow.id == INTAKE.c.feedback_id, FeedbackRow.version >= INTAKE.c.version)
    letter = exists().where(DeadLetterRow.digest == INTAKE.c.digest)
    buried = exists().where(
        or_(
            and_(TombstoneRow.kind == Erased.CUSTOMER.value, TombstoneRow.key == INTAKE.c.customer_key),
            and_(TombstoneRow.kind == Erased.NOTE.value, TombstoneRow.key == INTAKE.c.feedback_id),
        )
    )
    with store.connect() as connection:
        if not connection.execute(select(exists().where(INTAKE.c.tries > 0))).scalar_one():
            return 0
    with store.begin() as connection:
        return sum(
            connection.execute(delete(INTAKE).where(INTAKE.c.tries > 0, gone)).rowcount
            for gone in (note, letter, buried)
        )


def backlog(store: Store) -> int:
    """Return how many events wait to be stored. Raises StoreError."""
    with store.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(INTAKE)).scalar_one())


def forget_customer(connection: Connection, customer_key: str) -> int:
    """Delete what waits of a customer; return how much."""
    return connection.execute(delete(INTAKE).where(INTAKE.c.customer_key == customer_key)).rowcount


def _pulled(connection: Connection, source: str, *, lock: bool = True) -> Pulled | None:
    wanted = select(PULL.c.cursor, PULL.c.taken).where(PULL.c.source == source)
    row = connection.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    return None if row is None else Pulled(row.cursor, row.taken)


def _insert(connection: Connection, deliveries: Sequence[Delivery], at: datetime) -> None:
    rows = [
        {
            "feedback_id": arrival.feedback_id,
            "version": arrival.version,
            "customer_key": arrival.customer_key,
            "event": dict(arrival.event),
            "digest": blake2b(encode(arrival.event), digest_size=8).hexdigest(),
            "received_at": at,
            "next_at": at,
            "tries": 0,
        }
        for one in deliveries
        for arrival in one.arrivals
    ]
    if rows:
        connection.execute(insert(INTAKE), rows)
