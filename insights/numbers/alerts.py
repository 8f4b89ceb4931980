"""Alerts: one thread per issue, with an owner, a state and what people made of it.

open -> taken (somebody looks after it) -> closed (with a reason); muted until a day, with a reason. What is muted or was
closed lately does not come back for the same rise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text, update

from insights.columns import table
from insights.counting.counted import counted
from insights.delivery import outbox
from insights.numbers.expected import Excess, excesses
from insights.store import Store, StoreError
from insights.tables import AlertRow, AlertStepRow, PersonRow, ThemeRow
from insights.themes.lineage import MACHINE
from insights.themes.status import STANDING
from insights.trust import audit
from insights.trust.people import Person, Role, allowed

ALERT, STEP = table(AlertRow), table(AlertStepRow)
LOCK = 0x6561_7273_686F_7410
"""Advisory lock on PostgreSQL: two workers that look at once open one thread, not two."""
QUIET_AFTER = timedelta(days=7)
"""A closed thread's theme stays quiet for so long."""
GREW = 1.5
"""So many times the customers told of last: worth a further line in the thread."""
LONGEST_MUTE = timedelta(days=90)


class AlertError(StoreError):
    """This cannot be done with the alert; nothing was changed. The message says why."""


class Kind(StrEnum):
    """Why somebody is alerted. The values are stored; never rename one."""

    SPIKE = "spike"
    EMERGING = "emerging"


class State(StrEnum):
    """How a thread stands. The values are stored; never rename one."""

    OPEN = "open"
    TAKEN = "taken"
    MUTED = "muted"
    CLOSED = "closed"


class Step(StrEnum):
    """What happened in a thread. The values are stored; never rename one."""

    OPENED = "opened"
    GREW = "grew"
    TAKEN = "taken"
    MUTED = "muted"
    CLOSED = "closed"
    USEFUL = "useful"
    NOISE = "noise"
    SAID = "said"


@dataclass(frozen=True, slots=True)
class Alert:
    """One thread. ``facts`` are the figures of the last look that saw the rise (`insights.numbers.expected.Excess`)."""

    id: int
    theme_id: int
    name: str
    theme_kind: str
    kind: Kind
    state: State
    owner: str
    opened_at: datetime
    last_at: datetime
    muted_until: datetime | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of a thread."""

    at: datetime
    who: str
    step: Step
    words: str


def look(store: Store, now: datetime) -> tuple[int, ...]:
    """Look at every standing theme; return the threads that were opened. Raises StoreError."""
    with store.connect() as connection:
        standing = {row.id: row.status for row in connection.execute(
            select(ThemeRow.id, ThemeRow.status).where(ThemeRow.status.in_(STANDING), ThemeRow.kind != "praise"))}  # fmt: skip
        found = excesses(counted(store, connection), standing, now)
    if not found:
        return ()
    with store.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        opened = (_seen(connection, one, now) for one in found)
        return tuple(alert for alert in opened if alert is not None)


def take(store: Store, alert_id: int, *, by: Person, at: datetime) -> None:
    """Look after an alert. Raises AlertError, NotAllowed, StoreError."""
    _step(store, alert_id, Step.TAKEN, "", by, at, {"state": State.TAKEN.value, "owner_id": by.id, "muted_until": None})


def mute(store: Store, alert_id: int, reason: str, until: datetime, *, by: Person, at: datetime) -> None:
    """Hear nothing of it until a day, for a reason. Raises AlertError, NotAllowed, StoreError."""
    if not at < until <= at + LONGEST_MUTE:
        raise AlertError(f"mute until a day within {LONGEST_MUTE.days} days")
    _step(store, alert_id, Step.MUTED, _sentence(reason), by, at, {"state": State.MUTED.value, "muted_until": until})


def close(store: Store, alert_id: int, reason: str, *, by: Person, at: datetime) -> None:
    """Close a thread with a reason. Raises AlertError, NotAllowed, StoreError."""
    _step(store, alert_id, Step.CLOSED, _sentence(reason), by, at, {"state": State.CLOSED.value, "last_at": at})


def judge(store: Store, alert_id: int, *, useful: bool, by: Person, at: datetime) -> None:
    """Say whether an alert was useful or noise; the last word of each person counts. Raises AlertError, NotAllowed."""
    _step(store, alert_id, Step.USEFUL if useful else Step.NOISE, "", by, at, {})


def say(store: Store, alert_id: int, words: str, *, by: Person, at: datetime) -> None:
    """Add a line to a thread. Raises AlertError, NotAllowed, StoreError."""
    _step(store, alert_id, Step.SAID, _sentence(words), by, at, {})


def alerts(store: Store, *, closed: bool = False) -> tuple[Alert, ...]:
    """Return the threads that are not closed, or those that are, the newest first. Raises StoreError."""
    wanted = (
        _wanted()
        .where((ALERT.c.state == State.CLOSED.value) == closed)
        .order_by(ALERT.c.opened_at.desc(), ALERT.c.id.desc())
    )
    with store.connect() as connection:
        known = counted(store, connection)
        rows = [_alert(row) for row in connection.execute(wanted)]
    return tuple(row for row in rows if known.at(row.theme_id).everybody >= store.least_customers)


def thread(store: Store, alert_id: int) -> tuple[Alert, tuple[Entry, ...]] | None:
    """Return a thread with its steps, oldest first; None when there is none. Raises StoreError."""
    with store.connect() as connection:
        row = connection.execute(_wanted().where(ALERT.c.id == alert_id)).one_or_none()
        steps = connection.execute(select(STEP).where(STEP.c.alert_id == alert_id).order_by(STEP.c.id)).all()
    if row is None:
        return None
    return _alert(row), tuple(Entry(one.at, one.who, Step(one.step), one.words) for one in steps)


def verdicts(store: Store) -> tuple[int, int]:
    """Return how many alerts people found useful, and how many noise, by the last word on each. Raises StoreError."""
    said = select(STEP.c.alert_id, STEP.c.step).where(STEP.c.step.in_((Step.USEFUL.value, Step.NOISE.value)))
    with store.connect() as connection:
        last = {row.alert_id: row.step for row in connection.execute(said.order_by(STEP.c.id))}
    useful = sum(step == Step.USEFUL.value for step in last.values())
    return useful, len(last) - useful


def untold(store: Store) -> tuple[Alert, ...]:
    """Return the open threads that no notice went out of. Raises StoreError."""
    with store.connect() as connection:
        wanted = _wanted().where(ALERT.c.told_at.is_(None), ALERT.c.state == State.OPEN.value).order_by(ALERT.c.id)
        return tuple(_alert(row) for row in connection.execute(wanted))


def told(store: Store, alert_id: int, at: datetime) -> None:
    """Note that a notice of it is out. Raises StoreError."""
    with store.begin() as connection:
        connection.execute(update(ALERT).where(ALERT.c.id == alert_id).values(told_at=at))


def _seen(connection: Connection, one: Excess, now: datetime) -> int | None:
    """Open a thread for a rise, or bring the one there is along; return the id of a new one."""
    facts = asdict(one)
    last = connection.execute(
        select(ALERT).where(ALERT.c.theme_id == one.theme_id).order_by(ALERT.c.id.desc()).limit(1)
    ).one_or_none()
    if last is not None and (last.state != State.CLOSED.value or now - last.last_at < QUIET_AFTER):
        if last.state == State.CLOSED.value or (last.muted_until is not None and now < last.muted_until):
            return None
        values: dict[str, Any] = {"last_at": now}
        woken = last.state == State.MUTED.value
        if woken or one.seen >= GREW * last.facts["seen"]:
            values |= {"facts": facts} | ({"state": State.OPEN.value, "muted_until": None} if woken else {})
            _add(connection, last.id, MACHINE, Step.GREW, "", facts, now)
        connection.execute(update(ALERT).where(ALERT.c.id == last.id).values(values))
        return None
    kind = Kind.EMERGING if one.is_new else Kind.SPIKE
    row = {
        "theme_id": one.theme_id,
        "kind": kind.value,
        "state": State.OPEN.value,
        "opened_at": now,
        "last_at": now,
        "facts": facts,
    }
    made: int = connection.execute(insert(ALERT).values(row).returning(ALERT.c.id)).scalar_one()
    _add(connection, made, MACHINE, Step.OPENED, "", facts, now)
    outbox.add(connection, "alert", str(made), f"alert.{kind.value}", {"alert": made} | facts, now)
    return made


def _step(
    store: Store, alert_id: int, step: Step, words: str, by: Person, at: datetime, values: Mapping[str, Any]
) -> None:
    with store.begin() as connection:
        who = allowed(connection, by.id, Role.PRODUCT_OWNER, Role.TEAM_OWNER, Role.AGENT)
        state = connection.execute(select(ALERT.c.state).where(ALERT.c.id == alert_id)).scalar_one_or_none()
        if state is None:
            raise AlertError(f"there is no alert {alert_id}")
        if values and state == State.CLOSED.value:
            raise AlertError("this thread is closed; a new rise opens a new one")
        if values:
            connection.execute(update(ALERT).where(ALERT.c.id == alert_id).values(dict(values)))
        _add(connection, alert_id, who.name, step, words, {}, at)
        audit.add(
            connection, who.name, f"alert {step.value}", f"alert:{alert_id}", {"state": state}, {"step": step.value}, at
        )
        outbox.add(connection, "alert", str(alert_id), f"alert.{step.value}", {"alert": alert_id, "who": who.name}, at)


def _add(
    connection: Connection, alert_id: int, who: str, step: Step, words: str, facts: Mapping[str, Any], at: datetime
) -> None:
    row = {"alert_id": alert_id, "at": at, "who": who, "step": step.value, "words": words, "facts": dict(facts)}
    connection.execute(insert(STEP).values(row))


def _sentence(words: str) -> str:
    if len(words.split()) < 2:
        raise AlertError("say why in a few words, so that others need not ask")
    return " ".join(words.split())


def _wanted() -> Any:
    columns = (ThemeRow.name, ThemeRow.kind.label("theme_kind"), PersonRow.name.label("owner"))
    return (
        select(ALERT, *columns)
        .join(ThemeRow, ThemeRow.id == ALERT.c.theme_id)
        .outerjoin(PersonRow, PersonRow.id == ALERT.c.owner_id)
    )


def _alert(row: Row[Any]) -> Alert:
    return Alert(
        row.id, row.theme_id, row.name, row.theme_kind, Kind(row.kind), State(row.state), row.owner or "", row.opened_at,
        row.last_at, row.muted_until, row.facts,
    )  # fmt: skip
