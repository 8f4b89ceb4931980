"""A small company that listens, or does not: three teams, agents with notes, themes with products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from insights.delivery.writer import Home, write
from insights.listening import ownership, teams
from insights.listening.teams import Team, Terms
from insights.store import Store
from insights.tables import SignalRow
from insights.themes import curation
from insights.themes.curation import Decision
from insights.trust import people
from insights.trust.people import Person, Role
from nlp.signals import SignalKind
from tests.insights.notes import NOW, analysis, feedback, signal

KEY = b"a privacy key for tests"
AGENTS = ("Ada", "Ben", "Cleo", "Dora")
PRODUCTS = {"Payments": "Billing", "Riding": "Bikes", "Mobile": "App"}


@dataclass(frozen=True)
class Company:
    """Everybody by name; teams by name, each owning one product and led by ``<team> lead``."""

    store: Store
    people: dict[str, Person]
    teams: dict[str, Team]

    @property
    def admin(self) -> Person:
        return self.people["Admin"]

    def lead(self, team: str) -> Person:
        return self.people[f"{team} lead"]


def found(store: Store, agents: Sequence[str] = AGENTS, terms: Terms | None = None) -> Company:
    """Found the company, three months before NOW."""
    at = NOW - timedelta(days=100)
    admin = people.local(store, "Admin", at=at)
    known = {"Admin": admin}
    for name in agents:
        known[name] = people.add(store, name, "", Role.AGENT, by=admin, at=at, agent_key=key_of(name))
    made = {}
    for name, product in PRODUCTS.items():
        made[name] = teams.add(store, name, by=admin, at=at, terms=terms or Terms(ask_customers=4, answer_days=7))
        known[f"{name} lead"] = people.add(store, f"{name} lead", "", Role.TEAM_OWNER, by=admin, at=at)
        teams.join(store, made[name].id, known[f"{name} lead"].id, by=admin, at=at)
        ownership.own(store, made[name].id, by=admin, at=at, product=product)
    return Company(store, known, made)


def key_of(agent: str) -> str:
    return f"key-of-{agent}"


def told(
    store: Store,
    name: str,
    authors: Sequence[str],
    *,
    product: str = "Billing",
    at: datetime = NOW - timedelta(days=40),
    theme: int | None = None,
    severity: int = 2,
    kind: SignalKind = SignalKind.PAIN,
    tag: str = "",
) -> int:
    """Let a note of each author (and a customer of its own) tell of a theme; make it unless ``theme`` is given."""
    prefix = tag or name
    notes = [
        analysis(
            feedback(
                f"{prefix}-{number}", f"{name} {number}", agent_key=key_of(author) if author else "", product=product,
                customer_key=f"{prefix}-customer-{number}", occurred_at=at + timedelta(minutes=number),
            ),
            [signal(f"{name} {number}", kind, severity=severity if kind is SignalKind.PAIN else 0)],
        )
        for number, author in enumerate(authors)
    ]  # fmt: skip
    write(store, notes, [[Home(theme, 0.9 if theme else 0.0)]] * len(notes), received_at=at)
    if theme is not None:
        return theme
    with store.connect() as connection:
        wanted = select(SignalRow.id).where(SignalRow.theme_id.is_(None), SignalRow.text.like(f"{name} %"))
        ids = connection.execute(wanted).scalars().all()
    return curation.create(store, kind.value, name, ids, Decision("machine", "", at)).theme_id
