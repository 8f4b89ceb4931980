"""What every theme costs, and to whom it is booked: the team that causes it and the team that pays for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from insights.counting.counted import counted
from insights.counting.counts import tallies_of
from insights.counting.filters import ThemeQuery, filter_of
from insights.counting.weeks import calendar
from insights.listening import ownership, teams
from insights.numbers.costs import currency_of, likely_costs
from insights.store import Store
from insights.tables import ThemeOfferingRow


@dataclass(frozen=True, slots=True)
class Booked:
    """One theme's likely cost of the last quarter, and the teams it is booked to; "" where nobody was named."""

    id: int
    kind: str
    name: str
    customers: int
    likely: float
    causing: str
    paying: str


@dataclass(frozen=True, slots=True)
class Bill:
    """What one team causes and what it pays, over all themes. ``paid_for_others``: of what it pays, what others cause."""

    team: str
    causes: float
    pays: float
    paid_for_others: float


def booked(store: Store, query: ThemeQuery, today: date) -> tuple[str, tuple[Booked, ...]]:
    """Return the currency, and the themes that cost something, dearest first. Raises StoreError.

    The team that causes a theme is the one people named, else its owner.
    """
    weeks = calendar(today)
    with store.connect() as connection:
        known = counted(store, connection)
        narrowed = filter_of(query, known, weeks)
        tallies = [
            one
            for one in tallies_of(connection, known, narrowed)
            if query.kind in ("", one.kind) and one.customers >= store.least_customers
        ]
        likely = likely_costs(connection, known, [one.id for one in tallies], narrowed, weeks.running)
        names = {team.id: team.name for team in teams.known(connection, active_only=False)}
        owners, row = ownership.owners(connection), ThemeOfferingRow
        wanted = select(row.theme_id, row.cause_team_id, row.paying_team_id)
        said = {theme: (cause, paying) for theme, cause, paying in connection.execute(wanted)}
    rows = []
    for one in tallies:
        cause, pays = said.get(one.id, (None, None))
        owner = owners[one.id][0] if one.id in owners else None
        causing, paying = names.get(cause or owner or 0, ""), names.get(pays or 0, "")
        rows.append(Booked(one.id, one.kind, one.name, one.customers, likely[one.id], causing, paying))
    rows = [row for row in rows if row.likely > 0]
    return currency_of(known), tuple(sorted(rows, key=lambda row: (-row.likely, row.id)))


def bills(rows: Sequence[Booked]) -> tuple[Bill, ...]:
    """Return what each team causes and pays, by name; nobody's last, as ""."""
    causes: dict[str, float] = defaultdict(float)
    pays: dict[str, float] = defaultdict(float)
    others: dict[str, float] = defaultdict(float)
    for row in rows:
        causes[row.causing] += row.likely
        pays[row.paying] += row.likely
        if row.paying and row.paying != row.causing:
            others[row.paying] += row.likely
    found = sorted(causes.keys() | pays.keys(), key=lambda team: (not team, team))
    return tuple(Bill(team, causes[team], pays[team], others[team]) for team in found)
