"""Notices: echoes that go out by a channel, in the rhythm each person chose, at least once and each with its id."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from insights.listening.echo import Echo, by_notice
from insights.store import Store, StoreError
from insights.tables import EchoRow, NoticeRow, NoticeWishRow, PersonRow
from insights.trust import audit
from insights.trust.people import Person, allowed


class Rhythm(StrEnum):
    """How often a person wants to hear. The values are stored; never rename one."""

    DESK = "on the desk only"
    AT_ONCE = "at once"
    DAILY = "once a day"
    WEEKLY = "once a week"


EVERY = {Rhythm.AT_ONCE: timedelta(0), Rhythm.DAILY: timedelta(days=1), Rhythm.WEEKLY: timedelta(days=7)}
LONGEST_TROUBLE = 200


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the day in which nothing goes out, from ``start`` to ``until`` (0 to 23) in a zone such as Europe/Berlin.

    They may run over midnight; equal hours mean that there are none.
    """

    start: int = 0
    until: int = 0
    zone: str = "UTC"

    def holds(self, now: datetime) -> bool:
        """Tell whether it is one of these hours now."""
        hour = now.astimezone(ZoneInfo(self.zone)).hour
        if self.start <= self.until:
            return self.start <= hour < self.until
        return hour >= self.start or hour < self.until


@dataclass(frozen=True, slots=True)
class Wish:
    """How a person wants to hear of their echoes beside the desk. ``channel`` is a name from the settings."""

    rhythm: Rhythm
    channel: str
    quiet: Quiet = Quiet()


@dataclass(frozen=True, slots=True)
class Notice:
    """Echoes for one person that go out together. The same id may arrive twice, never two ids for one echo."""

    id: str
    name: str
    email: str
    channel: str
    made_at: datetime
    echoes: tuple[Echo, ...]


ON_THE_DESK = Wish(Rhythm.DESK, "")


def wish(store: Store, wanted: Wish, *, by: Person, at: datetime) -> None:
    """Keep how a person wants to hear; it is theirs alone to choose. Raises StoreError, NotAllowed."""
    channel, quiet = wanted.channel.strip(), wanted.quiet
    if wanted.rhythm is not Rhythm.DESK and not channel:
        raise StoreError("choose by which channel to hear, or hear on the desk only")
    if not (0 <= quiet.start <= 23 and 0 <= quiet.until <= 23 and _is_zone(quiet.zone)):
        raise StoreError("quiet hours go from 0 to 23, in a time zone such as Europe/Berlin")
    row: dict[str, str | int] = {"channel": channel, "rhythm": wanted.rhythm.value}
    row |= {"quiet_from": quiet.start, "quiet_until": quiet.until, "zone": quiet.zone}
    with store.begin() as connection:
        person = allowed(connection, by.id)
        connection.execute(delete(NoticeWishRow).where(NoticeWishRow.person_id == person.id))
        connection.execute(insert(NoticeWishRow).values(row | {"person_id": person.id, "since": at}))
        audit.add(connection, person.name, "notices chosen", f"person:{person.id}", None, row, at)


def wish_of(store: Store, person: Person) -> Wish:
    """Return how a person wants to hear; on the desk only unless they said otherwise. Raises StoreError."""
    row = NoticeWishRow
    with store.connect() as connection:
        found = connection.execute(select(row.__table__).where(row.person_id == person.id)).one_or_none()
        return ON_THE_DESK if found is None else Wish(Rhythm(found.rhythm), found.channel, _quiet(found))


def gather(store: Store, now: datetime) -> int:
    """Bind unread echoes into notices for those whose time has come; return how many notices. Raises StoreError."""
    made = 0
    row = NoticeWishRow
    wanted = (
        select(row.__table__, PersonRow.agent_key)
        .join(PersonRow, PersonRow.id == row.person_id)
        .where(row.rhythm != Rhythm.DESK.value, PersonRow.active, PersonRow.agent_key != "")
        .order_by(row.person_id)
    )
    with store.begin() as connection:
        for person in connection.execute(wanted).all():
            last = select(func.max(NoticeRow.made_at)).where(NoticeRow.person_id == person.person_id)
            told = connection.execute(last).scalar_one() or person.since
            if now - told < EVERY[Rhythm(person.rhythm)] or _quiet(person).holds(now):
                continue
            made += _bind(connection, person.person_id, person.agent_key, person.channel, now)
    return made


def waiting(store: Store, limit: int = 100, *, now: datetime | None = None) -> tuple[Notice, ...]:
    """Return notices that are not out yet, oldest first; with ``now`` only those it is no quiet hour for. Raises StoreError."""
    row, wish = NoticeRow, NoticeWishRow
    wanted = (
        select(row.id, PersonRow.name, PersonRow.email, row.channel, row.made_at)
        .add_columns(wish.quiet_from, wish.quiet_until, wish.zone)
        .join(PersonRow, PersonRow.id == row.person_id)
        .outerjoin(wish, wish.person_id == row.person_id)
        .where(row.sent_at.is_(None))
        .order_by(row.made_at, row.id)
    )
    with store.connect() as connection:
        found = connection.execute(wanted).all()
        ripe = [one for one in found if now is None or one.zone is None or not _quiet(one).holds(now)]
        return tuple(
            Notice(one.id, one.name, one.email or "", one.channel, one.made_at, by_notice(connection, one.id))
            for one in ripe[:limit]
        )


def sent(store: Store, notice_id: str, at: datetime) -> None:
    """Note that a notice is out. Raises StoreError."""
    with store.begin() as connection:
        done = update(NoticeRow).where(NoticeRow.id == notice_id, NoticeRow.sent_at.is_(None))
        connection.execute(done.values(sent_at=at, attempts=NoticeRow.attempts + 1, trouble=""))


def failed(store: Store, notice_id: str, trouble: str) -> None:
    """Note that a notice did not go out; it stays waiting. Raises StoreError."""
    with store.begin() as connection:
        tried = update(NoticeRow).where(NoticeRow.id == notice_id)
        connection.execute(tried.values(attempts=NoticeRow.attempts + 1, trouble=trouble[:LONGEST_TROUBLE]))


def _bind(connection: Connection, person_id: int, author: str, channel: str, now: datetime) -> int:
    unread = (EchoRow.author == author, EchoRow.notice_id.is_(None), EchoRow.read_at.is_(None))
    found: Sequence[int] = connection.execute(select(EchoRow.id).where(*unread)).scalars().all()
    if not found:
        return 0
    row = {
        "id": str(uuid.uuid4()), "person_id": person_id, "channel": channel, "made_at": now, "sent_at": None,
        "attempts": 0, "trouble": "",
    }  # fmt: skip
    connection.execute(insert(NoticeRow).values(row))
    connection.execute(update(EchoRow).where(*unread).values(notice_id=row["id"]))
    return 1


def _quiet(row: Row[Any]) -> Quiet:
    return Quiet(row.quiet_from, row.quiet_until, row.zone)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
