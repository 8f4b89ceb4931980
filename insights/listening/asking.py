"""Themes ask: past a team's threshold of customers, severity or growth a theme wants an answer by a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from insights.counting.counted import counted, days, distinct
from insights.counting.counts import severity_of
from insights.counting.weeks import calendar, change
from insights.listening import ledger, ownership, teams
from insights.listening.cases import Ask, Promise, State, fold
from insights.listening.ledger import Entry, Event
from insights.listening.ownership import Offering
from insights.listening.teams import DEFAULT, Terms
from insights.store import Store
from insights.tables import ThemeRow
from insights.themes.lineage import MACHINE, resolve
from insights.themes.status import STANDING

FEWEST = 3
"""However severe or growing, a theme asks from three distinct customers on."""

AGAIN_AT = 2
"""After an answer a theme asks anew when this many times as many customers have spoken of it."""


@dataclass(frozen=True, slots=True)
class Weight:
    """How much stands behind a theme: distinct customers (ever, in the last 4 full weeks, in the 4 before), severity."""

    theme_id: int
    name: str
    kind: str
    customers: int
    recent: int
    before: int
    severity: float


@dataclass(frozen=True, slots=True)
class Ownerless:
    """A theme in nobody's land, for so long. ``would_ask``: it is past the threshold and asks nobody."""

    weight: Weight
    since: datetime
    would_ask: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A theme as its owner sees it: which team that is ("": nobody), since when, and the newest ask (None: it never did).

    ``cause`` and ``pays`` name the teams of the ``offering``; empty when nobody said.
    """

    theme_id: int
    name: str
    team_id: int | None
    team: str
    since: datetime | None
    ask: Ask | None
    offering: Offering
    cause: str
    pays: str


def because(weight: Weight, terms: Terms) -> tuple[str, ...]:
    """Return why a theme asks under a team's terms, in words; empty when it does not."""
    if weight.customers < FEWEST:
        return ()
    why = []
    if weight.customers >= terms.ask_customers:
        why.append(f"{weight.customers} customers speak of it, it asks from {terms.ask_customers} on")
    if weight.severity >= terms.ask_severity:
        why.append(f"its severity is {weight.severity:.1f} of 5, it asks from {terms.ask_severity} on")
    if terms.ask_growth and weight.recent >= FEWEST and change(weight.recent, weight.before).low > 1:
        why.append(f"it grows: {weight.recent} customers in four weeks, {weight.before} in the four before")
    return tuple(why)


def ask_due(store: Store, at: datetime) -> tuple[int, ...]:
    """Let every theme that is past its owner's threshold ask; return the numbers of the new asks. Raises StoreError.

    Run it as often as you like: a theme with an open ask does not ask twice.
    """
    made = []
    with ledger.writing(store) as connection:
        ownership.settle(store, connection, MACHINE, at)
        owners = ownership.owners(connection)
        terms = {team.id: team.terms for team in teams.known(connection)}
        asked = {ask.theme_id: ask for ask in fold(ledger.entries(connection)) if _counts(ask)}
        for weight in weights(store, connection, at):
            team = owners.get(weight.theme_id, (None, at))[0]
            if team is None or team not in terms or not (why := because(weight, terms[team])):
                continue
            if not _asks_again(asked.get(weight.theme_id), weight, at):
                continue
            facts = {"customers": weight.customers, "severity": round(weight.severity, 2), "recent": weight.recent}
            due = at.date() + timedelta(days=terms[team].answer_days)
            entry = Entry(Event.ASKED, weight.theme_id, team, MACHINE, at, reason="; ".join(why), due=due, facts=facts)
            made.append(ledger.add(connection, entry))
    return tuple(made)


def nobodys_land(store: Store, at: datetime, terms: Terms = DEFAULT) -> tuple[Ownerless, ...]:
    """Return the themes that nobody owns, the oldest first. Raises StoreError."""
    with store.connect() as connection:
        owners = ownership.owners(connection)
        found = []
        for weight in weights(store, connection, at):
            team, since = owners.get(weight.theme_id, (None, at))
            if team is None:
                found.append(Ownerless(weight, since, bool(because(weight, terms))))
    return tuple(sorted(found, key=lambda one: (one.since, one.weight.theme_id)))


def weights(store: Store, connection: Connection, at: datetime) -> tuple[Weight, ...]:
    """Return what stands behind each theme that could ask, by id, of what was said before ``at``. Raises StoreError.

    Themes without evidence are left out.
    """
    weeks, known, row = calendar(at.date()), counted(store, connection), ThemeRow
    wanted = select(row.id, row.name, row.kind).where(row.status.in_(STANDING), row.kind.in_(ownership.ASKING))
    found = []
    for theme in connection.execute(wanted.order_by(row.id)):
        columns = known.at(theme.id)
        before = columns.moment < at.timestamp()
        own = columns if before.all() else columns.pick(before)
        if len(own):
            recent, earlier = (
                distinct(own.customer[(own.week >= days(start)) & (own.week < days(end))])
                for start, end in ((weeks.recent, weeks.running), (weeks.before, weeks.recent))
            )
            weight = Weight(theme.id, theme.name, theme.kind, own.customers(), recent, earlier, severity_of(own))
            found.append(weight)
    return tuple(found)


def standing(store: Store, theme_id: int, now: datetime) -> Standing | None:
    """Return how a theme stands, by its id or one that was merged into it; None when there is none. Raises StoreError."""
    with store.connect() as connection:
        found = resolve(connection, theme_id) if 0 < theme_id < 2**31 else None
        if found is None:
            return None
        name = connection.execute(select(ThemeRow.name).where(ThemeRow.id == found)).scalar_one()
        asks = fold(entry for entry in ledger.entries(connection, themes=[found]) if entry.at <= now)
        team, since = ownership.owners(connection).get(found, (None, None))
        known = {one.id: one.name for one in teams.known(connection, active_only=False)}
        said = ownership.offering_of(connection, found)
    named = [known.get(one or 0, "") for one in (team, said.cause_team_id, said.paying_team_id)]
    return Standing(found, name, team, named[0], since, asks[-1] if asks else None, said, *named[1:])


def names(store: Store) -> dict[int, str]:
    """Return the name of every theme there ever was. Raises StoreError."""
    with store.connect() as connection:
        return {row.id: row.name for row in connection.execute(select(ThemeRow.id, ThemeRow.name))}


def _counts(ask: Ask) -> bool:
    return ask.ended is None or ask.ended.event is Event.CLOSED


def _asks_again(ask: Ask | None, weight: Weight, at: datetime) -> bool:
    """A theme that was answered asks anew when it has grown much since; one with a promise waits for that first."""
    if ask is None:
        return True
    if ask.state(at.date()) in (State.OPEN, State.OVERDUE, State.NEED_EVIDENCE):
        return False
    promised = ask.standing.promise(at.date()) if ask.standing is not None and ask.ended is None else None
    if promised in (Promise.OPEN, Promise.BROKEN):
        return False
    return weight.customers >= AGAIN_AT * int(ask.entry.facts.get("customers", 0) or 1)
