"""How well each team listens: heard in time, days unheard, answers by kind, what is overdue, promises, the say, fates unread.

Teams stand in the order of their names. Nothing here names or counts a single agent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from insights.listening import echo, ledger, say, teams
from insights.listening.cases import Ask, Promise, State, fold
from insights.listening.echo import Reach
from insights.listening.ledger import AnswerKind
from insights.listening.say import Say
from insights.store import Store


@dataclass(frozen=True, slots=True)
class Overdue:
    """An answer, or a second look, whose day has passed."""

    theme_id: int
    team_id: int | None
    due: date
    days_late: int


@dataclass(frozen=True, slots=True)
class Listening:
    """One team. ``heard`` of ``asked`` themes had an answer by their day; themes whose day is still to come are left out.

    ``half_heard_days``: the median of days until the first answer, of what waits until today. ``answers`` are those that
    stand. ``promises`` by what became of them.
    """

    team_id: int
    team: str
    asked: int
    heard: int
    half_heard_days: float | None
    answers: Mapping[AnswerKind, int]
    overdue: tuple[Overdue, ...]
    promises: Mapping[Promise, int]
    say: Say
    reach: Reach


def listening(store: Store, now: datetime) -> tuple[Listening, ...]:
    """Return how every team listens, by name. Raises StoreError."""
    with store.connect() as connection:
        asks = fold(ledger.entries(connection))
        known = teams.known(connection)
        reached = echo.reach(connection, now)
        answers = [one.entry.number for ask in asks for one in ask.answers]
        said = say.shown(connection, answers)
    return tuple(
        of_team(team.id, team.name, asks, said, reached.get(team.id, Reach(team.id, None, None)), now.date())
        for team in known
    )


def of_team(
    team_id: int, name: str, asks: Sequence[Ask], said: Mapping[int, Say], reach: Reach, today: date
) -> Listening:
    """Return how one team listens, from all asks there are."""
    own = [ask for ask in asks if ask.team_id == team_id and (ask.ended is None or ask.answers or _unheard(ask))]
    demanded = [ask for ask in own if not ask.unasked]
    judged = [ask for ask in demanded if ask.first is not None or ask.due < today or ask.ended is not None]
    waited = [_days(ask, today) for ask in demanded]
    answers = [one for ask in own for one in ask.answers]
    kinds = Counter(ask.standing.kind for ask in own if ask.standing is not None)
    promises = Counter(one.promise(today) for one in answers)
    promises.pop(None, None)
    given = [one.entry.number for ask in asks for one in ask.answers if one.entry.team_id == team_id]
    return Listening(
        team_id,
        name,
        len(judged),
        sum(ask.heard_in_time for ask in judged),
        float(median(waited)) if waited else None,
        {kind: kinds[kind] for kind in AnswerKind if kinds[kind]},
        overdue(own, today),
        {promise: count for promise, count in promises.items() if promise is not None},
        say.together(said[number] for number in given if number in said),
        reach,
    )


def overdue(asks: Sequence[Ask], today: date) -> tuple[Overdue, ...]:
    """Return the answers that are overdue, the longest first."""
    found = []
    for ask in asks:
        late = ask.late_since(today)
        if late is not None:
            found.append(Overdue(ask.theme_id, ask.team_id, late, (today - late).days))
    return tuple(sorted(found, key=lambda one: (-one.days_late, one.theme_id)))


def state_of(asks: Sequence[Ask], theme_id: int, today: date) -> tuple[State, Ask] | None:
    """Return how the newest ask about a theme stands; None when it never asked."""
    last = next((ask for ask in reversed(asks) if ask.theme_id == theme_id), None)
    return None if last is None else (last.state(today), last)


def _unheard(ask: Ask) -> bool:
    """A theme that was taken off the board without an answer was not heard; one that joined another waits there."""
    return ask.ended is not None and ask.ended.event is ledger.Event.CLOSED


def _days(ask: Ask, today: date) -> int:
    end = ask.first.at.date() if ask.first is not None else ask.ended.at.date() if ask.ended is not None else today
    return max(0, (end - ask.since.date()).days)
