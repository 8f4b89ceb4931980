"""What the reckoning of money rests on: numbers that people put in, each a range with its source, its author and its day.

Nothing is overwritten: the newest entry of a name counts, one for a theme before one for all. Until somebody puts one in, a
default stands, and says that it is one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from insights.columns import table
from insights.counting.counted import Counted, counted
from insights.delivery import outbox
from insights.store import Store, StoreError
from insights.tables import AssumptionRow
from insights.themes.lineage import live_theme
from insights.trust import audit
from insights.trust.people import Person, Role, allowed

EVERY_THEME = 0
DEFAULT = "a guess that came with Earshot; put in your own"
PRICE, RATE = "price of ", "rate of "
ROW = table(AssumptionRow)


class AssumptionError(StoreError):
    """The number cannot stand as given; nothing was kept. The message says why."""


@dataclass(frozen=True, slots=True)
class Range:
    """From low to high, most likely in between."""

    low: float
    likely: float
    high: float


@dataclass(frozen=True, slots=True)
class Kind:
    """A number that may be put in: what it means, its unit, and what stands until somebody does."""

    meaning: str
    unit: str
    default: Range
    most: float = math.inf


@dataclass(frozen=True, slots=True)
class Assumption:
    """What counts now. ``own``: put in for this very theme; ``who`` is empty for a default."""

    name: str
    kind: Kind
    range: Range
    source: str
    who: str = ""
    at: datetime | None = None
    own: bool = False


KINDS: Mapping[str, Kind] = {
    "wage": Kind("what an hour of an agent costs, all in", "money an hour", Range(25, 35, 50)),
    "minutes": Kind("handling of a note that does not say how long it took", "minutes", Range(4, 8, 15)),
    "avoidable": Kind("part of the handling that would go if the cause went", "share", Range(0.6, 0.8, 0.95), 1.0),
    "churn": Kind("added chance that a customer who met this leaves within a year", "share", Range(0.002, 0.01, 0.03), 1.0),
    "margin": Kind("what a customer who stays brings in a year", "money a year", Range(40, 100, 200)),
    "effort": Kind("work to take the cause away", "person-weeks", Range(2, 6, 16)),
}  # fmt: skip
PRICE_KIND = Kind("what a customer of this plan brings a month", "money a month", Range(1, 1, 1))
RATE_KIND = Kind("what one unit of this currency is worth in the currency of the reckoning", "money", Range(1, 1, 1))


def kind_of(name: str) -> Kind:
    """Return what a name stands for. Raises AssumptionError for a name that nothing asks for."""
    if name.startswith(PRICE):
        return PRICE_KIND
    if name.startswith(RATE):
        return RATE_KIND
    if name not in KINDS:
        raise AssumptionError(f"nothing asks for {name!r}; there are {', '.join(KINDS)}")
    return KINDS[name]


def assume(
    store: Store, name: str, given: Range, source: str, *, by: Person, at: datetime, theme_id: int = EVERY_THEME
) -> None:
    """Put a number in, for one theme or for all. Raises AssumptionError, NotAllowed, CurationError, StoreError."""
    kind = kind_of(name)
    numbers = (given.low, given.likely, given.high)
    if not all(map(math.isfinite, numbers)) or not 0 <= given.low <= given.likely <= given.high <= kind.most:
        top = f", at most {kind.most:g}" if kind.most < math.inf else ""
        raise AssumptionError(f"{name} goes from low over likely to high, none below zero{top}")
    if not source.strip():
        raise AssumptionError("say where the number comes from, so that others can check it")
    with store.begin() as connection:
        who = allowed(connection, by.id, Role.PRODUCT_OWNER, Role.TEAM_OWNER)
        theme = live_theme(connection, theme_id).id if theme_id else EVERY_THEME
        before = _all(connection, theme).get(name)
        row = asdict(given) | {"source": " ".join(source.split())}
        connection.execute(insert(ROW).values(row | {"name": name, "theme_id": theme, "who": who.name, "at": at}))
        was = None if before is None else asdict(before.range)
        subject = f"theme:{theme}" if theme else "themes"
        audit.add(connection, who.name, f"assumed {name}", subject, was, row, at)
        payload = row | {"name": name, "theme": theme, "who": who.name}
        outbox.add(connection, "assumption", name, "assumption.put_in", payload, at)


def assumed(connection: Connection, theme_id: int = EVERY_THEME) -> dict[str, Assumption]:
    """Return what counts for a theme, or for all, by name: the kinds everybody needs, and what was put in beside them."""
    found = {name: Assumption(name, kind, kind.default, DEFAULT) for name, kind in KINDS.items()}
    return found | _all(connection, EVERY_THEME) | (_all(connection, theme_id) if theme_id else {})


def assumptions(store: Store, theme_id: int = EVERY_THEME) -> dict[str, Assumption]:
    """The same, by a transaction of its own, with a price for each plan that occurs. Raises StoreError."""
    with store.connect() as connection:
        found = assumed(connection, theme_id)
        for plan, price in prices(connection, counted(store, connection)).items():
            found.setdefault(f"{PRICE}{plan}", price)
    return found


def prices(connection: Connection, known: Counted) -> dict[str, Assumption]:
    """Return what each plan that occurs brings a month; 1 until somebody says, so that revenue counts heads."""
    rows = _all(connection, EVERY_THEME)
    names = {plan: f"{PRICE}{plan}" for plan in known.codes.get("plan", {})}
    return {
        plan: rows.get(name, Assumption(name, PRICE_KIND, PRICE_KIND.default, DEFAULT)) for plan, name in names.items()
    }


def history(store: Store, name: str, theme_id: int = EVERY_THEME) -> tuple[Assumption, ...]:
    """Return everything that was put in under a name, newest first. Raises StoreError."""
    wanted = select(ROW).where(ROW.c.name == name, ROW.c.theme_id == theme_id).order_by(ROW.c.id.desc())
    with store.connect() as connection:
        return tuple(_assumption(row, own=bool(theme_id)) for row in connection.execute(wanted))


def with_own(connection: Connection) -> set[int]:
    """Return the themes that something was put in for."""
    return set(connection.execute(select(ROW.c.theme_id).where(ROW.c.theme_id != EVERY_THEME).distinct()).scalars())


def _all(connection: Connection, theme_id: int) -> dict[str, Assumption]:
    """The newest of each name."""
    rows = connection.execute(select(ROW).where(ROW.c.theme_id == theme_id).order_by(ROW.c.id))
    return {row.name: _assumption(row, own=bool(theme_id)) for row in rows}


def _assumption(row: Row[Any], *, own: bool) -> Assumption:
    given = Range(row.low, row.likely, row.high)
    return Assumption(row.name, kind_of(row.name), given, row.source, row.who, row.at, own)
