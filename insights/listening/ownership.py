"""Who owns a theme: exactly one team by rule, or nobody. The closest rule wins.

A rule for the theme itself comes before one for a part of a product, that before one for the product, that before one
for the part in every product. Two teams can never hold the same rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
from sqlalchemy import Connection, delete, func, insert, select, update

from insights.counting.counted import Counted, counted
from insights.counting.evidence import is_evidence
from insights.listening import ledger, teams
from insights.listening.cases import fold
from insights.listening.ledger import Entry, Event
from insights.listening.teams import TeamError
from insights.store import Store
from insights.tables import OwnershipRuleRow, SignalRow, ThemeOfferingRow, ThemeOwnerRow, ThemeRow
from insights.themes.lineage import MACHINE, live_theme
from insights.themes.status import STANDING
from insights.trust import audit
from insights.trust.people import Person, Role, allowed

ASKING = ("pain", "suggestion", "job")
"""Kinds of themes that somebody must own and answer; praise asks for nothing."""


class Part(StrEnum):
    """The parts of the whole offering. The values are stored; never rename one."""

    PRODUCT = "product"
    SERVICE = "service"
    PROCESS = "process"
    POLICY = "policy"
    PERCEPTION = "perception"


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing a team owns: a theme, or a product and a part of it; 0 and "" stand for any."""

    id: int
    team_id: int
    theme_id: int
    product: str
    part: str


@dataclass(frozen=True, slots=True)
class Offering:
    """What people said of a theme: its part of the offering, the team that causes it, the team that pays for it."""

    part: str
    cause_team_id: int | None
    paying_team_id: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """What the rules look at: the theme, the product most of its notes are about, and its part of the offering."""

    theme_id: int
    product: str
    part: str


UNSAID = Offering("", None, None)


def owner_by(rules: Sequence[Rule], place: Place) -> int | None:
    """Return the team whose rule is closest to a theme; None when none fits."""
    team_of = {(rule.theme_id, rule.product, rule.part): rule.team_id for rule in rules}
    steps = [(place.theme_id, "", "")]
    if place.product and place.part:
        steps.append((0, place.product, place.part))
    if place.product:
        steps.append((0, place.product, ""))
    if place.part:
        steps.append((0, "", place.part))
    return next((team_of[step] for step in steps if step in team_of), None)


def own(
    store: Store, team_id: int, *, by: Person, at: datetime, theme_id: int = 0, product: str = "", part: str = ""
) -> None:
    """Give a team a theme, or a product and part; who had it loses it. Raises NotAllowed unless admin, TeamError."""
    wanted = {"theme_id": theme_id, "product": product.strip(), "part": Part(part).value if part else ""}
    if not any(wanted.values()):
        raise TeamError("say what the team owns: a theme, a product, or a part of the offering")
    if theme_id and (product or part):
        raise TeamError("a rule is for one theme, or for a product and a part, not both")
    row = OwnershipRuleRow
    with ledger.writing(store) as connection:
        who = allowed(connection, by.id, Role.ADMIN)
        teams.one(connection, team_id)
        if theme_id:
            wanted["theme_id"] = live_theme(connection, theme_id).id
        same = (row.theme_id == wanted["theme_id"], row.product == wanted["product"], row.part == wanted["part"])
        had = connection.execute(select(row.team_id).where(*same)).scalar_one_or_none()
        connection.execute(delete(row).where(*same))
        connection.execute(insert(row).values(wanted | {"team_id": team_id, "who": who.name, "at": at}))
        before = None if had is None else {"team": had}
        audit.add(connection, who.name, "owner set", f"team:{team_id}", before, wanted, at)
        settle(store, connection, who.name, at)


def disown(store: Store, rule_id: int, *, by: Person, at: datetime) -> None:
    """Take a rule away; its themes go by the next closest, or are nobody's. Raises NotAllowed unless admin, TeamError."""
    row = OwnershipRuleRow
    with ledger.writing(store) as connection:
        who = allowed(connection, by.id, Role.ADMIN)
        found = next((rule for rule in _rules(connection) if rule.id == rule_id), None)
        if found is None:
            raise TeamError(f"there is no rule {rule_id}")
        connection.execute(delete(row).where(row.id == rule_id))
        audit.add(connection, who.name, "owner removed", f"team:{found.team_id}", asdict(found), None, at)
        settle(store, connection, who.name, at)


def classify(store: Store, theme_id: int, offering: Offering, *, by: Person, at: datetime) -> None:
    """Say which part of the offering a theme is about, which team causes it and which one pays. Raises NotAllowed."""
    part = Part(offering.part).value if offering.part else ""
    row = ThemeOfferingRow
    with ledger.writing(store) as connection:
        who = allowed(connection, by.id, Role.PRODUCT_OWNER, Role.TEAM_OWNER)
        theme = live_theme(connection, theme_id).id
        for team in (offering.cause_team_id, offering.paying_team_id):
            if team is not None:
                teams.one(connection, team)
        before = _offerings(connection, theme).get(theme)
        connection.execute(delete(row).where(row.theme_id == theme))
        values = asdict(offering) | {"part": part, "theme_id": theme, "who": who.name, "at": at}
        connection.execute(insert(row).values(values))
        was = None if before is None else asdict(before)
        audit.add(connection, who.name, "theme classified", f"theme:{theme}", was, asdict(offering), at)
        settle(store, connection, who.name, at)


def offering(store: Store, theme_id: int) -> Offering:
    """Return what was said of a theme; everything empty when nothing was. Raises StoreError."""
    with store.connect() as connection:
        return offering_of(connection, theme_id)


def offering_of(connection: Connection, theme_id: int) -> Offering:
    """The same inside a transaction."""
    return _offerings(connection, theme_id).get(theme_id, UNSAID)


def tied(store: Store, team_id: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the themes that a team causes, and those it pays for, by id. Raises StoreError."""
    with store.connect() as connection:
        said = sorted(_offerings(connection).items())
    causes = tuple(theme for theme, one in said if one.cause_team_id == team_id)
    return causes, tuple(theme for theme, one in said if one.paying_team_id == team_id)


def rules(store: Store) -> tuple[Rule, ...]:
    """Return all rules, by team and what they are about. Raises StoreError."""
    with store.connect() as connection:
        return _rules(connection)


def settle(store: Store, connection: Connection, who: str, at: datetime) -> None:
    """Let each theme have the owner the rules give it; an open ask goes along and keeps its day.

    A theme that never had one is nobody's since it was made.
    """
    _settle(connection, who, at, None, products_of(counted(store, connection)))


def _settle(connection: Connection, who: str, at: datetime, only: int | None, products: Mapping[int, str]) -> None:
    owned, offerings, row = _rules(connection), _offerings(connection, only), ThemeOwnerRow
    wanted = select(ThemeRow.id, ThemeRow.created_at).where(ThemeRow.status.in_(STANDING), ThemeRow.kind.in_(ASKING))
    if only is not None:
        wanted = wanted.where(ThemeRow.id == only)
    standing = {theme.id: theme.created_at for theme in connection.execute(wanted)}
    now = {found.theme_id: found.team_id for found in connection.execute(select(row.theme_id, row.team_id))}
    for theme, made in sorted(standing.items()):
        part = offerings.get(theme, UNSAID).part
        team = owner_by(owned, Place(theme, products.get(theme, ""), part))
        if theme not in now:
            since = made if team is None else at
            connection.execute(insert(row).values(theme_id=theme, team_id=team, since=since))
        elif now[theme] != team:
            connection.execute(update(row).where(row.theme_id == theme).values(team_id=team, since=at))
            _pass_on(connection, theme, team, who, at)


def owner_of(connection: Connection, theme_id: int, at: datetime) -> int | None:
    """Return the team that owns a theme, in a writer transaction: a theme the rules have not met yet meets them now."""
    wanted = select(ThemeOwnerRow.team_id).where(ThemeOwnerRow.theme_id == theme_id)
    if connection.execute(wanted).first() is None:
        _settle(connection, MACHINE, at, theme_id, _product_of(connection, theme_id))
    return connection.execute(wanted).scalar_one_or_none()


def owners(connection: Connection) -> Mapping[int, tuple[int | None, datetime]]:
    """Return for each theme the team that owns it (None: nobody) and since when."""
    row = ThemeOwnerRow
    return {
        theme: (team, since) for theme, team, since in connection.execute(select(row.theme_id, row.team_id, row.since))
    }


def products_of(known: Counted) -> dict[int, str]:
    """Return for each theme the product most of its customers spoke of; the first by name when two tie."""
    names = known.values.get("product", {})
    found = {}
    for theme, columns in known.places.items():
        people = columns.people_by("product")
        named = [(-int(people[code]), names[code]) for code in np.flatnonzero(people).tolist() if names.get(code)]
        if named:
            found[theme] = min(named)[1]
    return found


def _product_of(connection: Connection, theme_id: int) -> dict[int, str]:
    """The same for one theme, in a transaction that may just have made it."""
    customers = func.count(SignalRow.customer.distinct())
    wanted = (
        select(SignalRow.product)
        .where(SignalRow.theme_id == theme_id, SignalRow.product != "", is_evidence())
        .group_by(SignalRow.product)
        .order_by(customers.desc(), SignalRow.product)
    )
    best = connection.execute(wanted.limit(1)).scalar_one_or_none()
    return {} if best is None else {theme_id: best}


def _pass_on(connection: Connection, theme_id: int, team_id: int | None, who: str, at: datetime) -> None:
    for ask in fold(ledger.entries(connection, themes=[theme_id])):
        if ask.ended is None and ask.team_id != team_id:
            passed = Entry(
                Event.PASSED, theme_id, team_id, who, at, reason="the theme has another owner", about=ask.number
            )
            ledger.add(connection, passed)


def _rules(connection: Connection) -> tuple[Rule, ...]:
    row = OwnershipRuleRow
    wanted = select(row.id, row.team_id, row.theme_id, row.product, row.part)
    return tuple(
        Rule(*found) for found in connection.execute(wanted.order_by(row.team_id, row.product, row.part, row.id))
    )


def _offerings(connection: Connection, only: int | None = None) -> dict[int, Offering]:
    row = ThemeOfferingRow
    wanted = select(row.theme_id, row.part, row.cause_team_id, row.paying_team_id)
    if only is not None:
        wanted = wanted.where(row.theme_id == only)
    return {found[0]: Offering(found[1], found[2], found[3]) for found in connection.execute(wanted)}
