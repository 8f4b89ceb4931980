"""The litmus test: is care a cost centre here, or part of discovery?

Each figure is a share or a middle over rows that can be opened, with the same figure for the time before, what it counts,
and how it could be gamed. Nothing is weighted or added up to one index.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import Connection, select

from insights.counting.counted import Counted, counted, moment
from insights.listening import asking, decisions, ledger, ownership, say
from insights.listening.cases import Ask
from insights.listening.ledger import AnswerKind, Event, Value
from insights.listening.past import Past, past
from insights.listening.say import RATERS
from insights.listening.teams import DEFAULT
from insights.store import Store
from insights.tables import FeedbackRow, LedgerRow, ThemeRow

AGENTS = 3
"""A share of agents is shown from three agents on."""

CARE_NOTES = 3
"""A decision is traced to care when at least three notes that care wrote stand behind it."""

QUARTER = timedelta(weeks=13)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. ``part`` of ``whole`` (a share), or ``days`` (a middle over ``whole`` rows); None: too little to show.

    ``rows`` are the themes behind it, the first ``counting`` of them with something that counts.
    """

    name: str
    counts: str
    gamed: str
    part: int | None
    whole: int
    days: float | None
    rows: tuple[int, ...]
    counting: int


@dataclass(frozen=True, slots=True)
class Litmus:
    """The figures of one time, and those of the time before, in the same order. ``until`` is not in it any more."""

    since: datetime
    until: datetime
    now: tuple[Figure, ...]
    before: tuple[Figure, ...]


def litmus(store: Store, now: datetime, length: timedelta = QUARTER) -> Litmus:
    """Return the figures of the ``length`` until now, and of as long before. Raises StoreError."""
    since = now - length
    with store.connect() as connection:
        return Litmus(
            since, now, _figures(store, connection, since, now), _figures(store, connection, since - length, since)
        )


def _figures(store: Store, connection: Connection, since: datetime, until: datetime) -> tuple[Figure, ...]:
    found = past(connection, since, until)
    return (
        _traced(found),
        *_days(connection, counted(store, connection), since, until, found),
        _agents(connection, since, until, found),
        _rated(found),
        _voice(found),
        _giving(found),
        _nobodys(store, connection, until),
    )


def _traced(found: Past) -> Figure:
    return _share(
        "Decisions that care’s notes stand behind",
        f"answers of teams and decisions of weekly reviews on themes with at least {CARE_NOTES} notes written by care, of all",
        "by deciding on many small themes; the decisions open, with their notes",
        ((theme, found.care_notes.get(theme, 0) >= CARE_NOTES) for theme in found.themes),
    )


def _days(connection: Connection, known: Counted, since: datetime, until: datetime, found: Past) -> tuple[Figure, ...]:
    places = known.places.items()
    heard = {theme: moment(own.moment.min()) for theme, own in places if theme > 0 and len(own)}
    made = {row.id: row.created_at for row in connection.execute(select(ThemeRow.id, ThemeRow.created_at))}
    detected = {theme: at for theme, at in made.items() if theme in heard and since <= at < until}
    owned = {
        theme: at
        for theme, (team, at) in ownership.owners(connection).items()
        if team is not None and since <= at < until
    }
    answered = _first((ask.first for ask in found.asks if ask.first is not None), since)
    shipped = _first((entry for ask in found.asks for entry in _shipped(ask)), since)
    return tuple(
        _middle(f"Days from the first note until it was {word}", counts, gamed, heard, ends)
        for word, counts, gamed, ends in (
            ("seen as a theme", "themes found in this time", "by making themes of single notes; their size shows", detected),
            ("owned", "themes that got their owner in this time", "by giving all to one team; its answers show it", owned),
            ("answered", "themes first answered in this time", "by answering in haste; the say beside it shows", answered),
            ("changed", "themes whose promised change came out in this time", "by calling anything a change; the pain going on shows", shipped),
        )
    )  # fmt: skip


def _first(entries: Iterable[ledger.Entry], since: datetime) -> dict[int, datetime]:
    """Return when each theme had its first entry of a sort, for those that had it from ``since`` on."""
    firsts: dict[int, datetime] = {}
    for entry in entries:
        firsts.setdefault(entry.theme_id, entry.at)
    return {theme: at for theme, at in firsts.items() if at >= since}


def _shipped(ask: Ask) -> list[ledger.Entry]:
    return [one.shipped for one in ask.answers if one.shipped is not None]


def _agents(connection: Connection, since: datetime, until: datetime, found: Past) -> Figure:
    row = FeedbackRow
    writing = select(row.agent_key).where(row.agent_key != "", row.occurred_at >= since, row.occurred_at < until)
    everybody = set(connection.execute(writing.distinct()).scalars())
    reached = {agent for theme in found.themes for agent in found.authors.get(theme, ())}
    enough = len(everybody) >= AGENTS
    return Figure(
        "Agents whose notes reached a decision",
        f"of all agents who wrote notes; shown from {AGENTS} agents on, never by name",
        "by adding one’s name to others’ notes; only the author of a note counts",
        len(reached & everybody) if enough else None,
        len(everybody) if enough else 0,
        None,
        tuple(sorted(set(found.themes))),
        len(set(found.themes)),
    )


def _rated(found: Past) -> Figure:
    return _share(
        "Answers that care had a say on",
        f"answers that at least {RATERS} of the notes’ authors rated, of all answers",
        "by pressing agents to vote; votes have no names, so nobody can check who did",
        ((ask.theme_id, found.says.get(one.entry.number, say.NOTHING).mean is not None) for ask, one in found.answered),
    )


def _voice(found: Past) -> Figure:
    return _share(
        "Review decisions with care’s voice in them",
        "decisions of weekly reviews before which agents’ own words were read, a question was answered by agents, or "
        f"{RATERS} of them rated an answer, of all such decisions",
        "by asking questions whose answers nobody needs; they stand in the ledger",
        ((entry.theme_id, decisions.has_cares_voice(entry)) for entry in found.reviewed),
    )


def _giving(found: Past) -> Figure:
    return _share(
        "Changes that give to customers",
        "accepted changes said to give to customers, of those said to give or to take",
        "by calling a taking change giving; the change is in the ledger in the team’s own words",
        (
            (ask.theme_id, one.entry.value == Value.GIVING.value)
            for ask, one in found.answered
            if one.kind is AnswerKind.ACCEPTED and one.entry.value != Value.NEITHER.value
        ),
    )


def _nobodys(store: Store, connection: Connection, until: datetime) -> Figure:
    owners = _owned_at(connection, until)
    themes = [
        weight.theme_id for weight in asking.weights(store, connection, until) if asking.because(weight, DEFAULT)
    ]  # fmt: skip
    return _share(
        "Themes in nobody’s land",
        "themes past the usual threshold that no team owned at the end of this time, of all past it",
        "by giving them to a team that does not answer; its overdue answers show it",
        ((theme, theme not in owners) for theme in themes),
    )


def _owned_at(connection: Connection, until: datetime) -> set[int]:
    """Themes with an owner at a moment: those that have one since before it, or were asked before it."""
    asked = select(LedgerRow.theme_id).where(LedgerRow.event == Event.ASKED.value, LedgerRow.at < until)
    owned = {theme for theme, (team, at) in ownership.owners(connection).items() if team is not None and at < until}
    return owned | set(connection.execute(asked).scalars())


def _share(name: str, counts: str, gamed: str, rows: Iterable[tuple[int, bool]]) -> Figure:
    """A share of rows, each with its theme and whether it counts; one theme may have some that do and some that do not."""
    found = list(rows)
    having = [theme for theme, counts_too in found if counts_too]
    themes = dict.fromkeys((*having, *(theme for theme, _ in found)))
    return Figure(name, counts, gamed, len(having), len(found), None, tuple(themes), len(set(having)))


def _middle(name: str, counts: str, gamed: str, starts: Mapping[int, datetime], ends: Mapping[int, datetime]) -> Figure:
    days = {theme: max(0, _between(starts[theme].date(), end.date())) for theme, end in ends.items() if theme in starts}
    rows = tuple(sorted(days, key=lambda theme: (-days[theme], theme)))
    return Figure(name, counts, gamed, None, len(days), float(median(days.values())) if days else None, rows, len(rows))


def _between(first: date, last: date) -> int:
    return (last - first).days
