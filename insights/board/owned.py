"""Who owns some themes and how their answers stand, for lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from insights.listening.cases import Ask, Promise, State, fold
from insights.listening.ledger import entries
from insights.store import Store
from insights.tables import TeamRow, ThemeOwnerRow


@dataclass(frozen=True, slots=True)
class Owned:
    """The team that owns a theme ("": nobody), and its newest ask: how it stands, and by when.

    ``state`` is None when it never asked. ``late``: days since an answer, or a promised change, was due and is not there.
    """

    team: str = ""
    state: State | None = None
    due: date | None = None
    late: int = 0


def owned(store: Store, themes: Sequence[int], today: date) -> dict[int, Owned]:
    """Return owner and answer of each theme that has either. Raises StoreError."""
    wanted = select(ThemeOwnerRow.theme_id, TeamRow.name).join(TeamRow, TeamRow.id == ThemeOwnerRow.team_id)
    with store.connect() as connection:
        rows = connection.execute(wanted.where(ThemeOwnerRow.theme_id.in_(themes))).all()
        asks = {ask.theme_id: ask for ask in fold(entries(connection, themes=themes))}
    teams = {row.theme_id: row.name for row in rows}
    return {theme: _owned(teams.get(theme, ""), asks.get(theme), today) for theme in {*teams, *asks}}


def _owned(team: str, ask: Ask | None, today: date) -> Owned:
    if ask is None:
        return Owned(team)
    state, answer = ask.state(today), ask.standing
    due = ask.due if answer is None else answer.entry.due
    if due is None or state in (State.CLOSED, State.JOINED, State.SHIPPED):
        return Owned(team, state)
    broken = answer is not None and answer.promise(today) is Promise.BROKEN
    return Owned(team, state, due, (today - due).days if broken or state is State.OVERDUE else 0)
