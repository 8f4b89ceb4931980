"""The litmus test: is care a cost centre here, or part of discovery?

Each figure is a share or a middle over rows that can be opened, with the same figure for the time before, what it counts,
and how it could be gamed. Nothing is weighted or added up to one index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import Connection, func, select

from insights.counting.evidence import is_evidence
from insights.listening import asking, ledger, ownership, say
from insights.listening.cases import Answer, Ask, fold
from insights.listening.ledger import AnswerKind, Event, Value
from insights.listening.say import RATERS, Say
from insights.listening.teams import DEFAULT
from insights.store import Store
from insights.tables import FeedbackRow, LedgerRow, SignalRow, ThemeRow

AGENTS = 3
"""A share of agents is shown from three agents on."""

CARE_NOTES = 3
"""A decision is traced to care when at least three notes that care wrote stand behind it."""

QUARTER = timedelta(weeks=13)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. ``part`` of ``whole`` (a share), or ``days`` (a middle over ``whole`` rows); None: too little to show.

    ``rows`` are the themes behind it, those that count first (``part`` of them, for a share of themes).
    """

    name: str
    counts: str
    gamed: str
    part: int | None
    whole: int
    days: float | None
    rows: tuple[int, ...]


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
        return Litmus(since, now, _figures(connection, since, now), _figures(connection, since - length, since))


@dataclass(frozen=True, slots=True)
class _Past:
    """The ledger as it stood at a moment, and what lies behind its themes."""

    asks: tuple[Ask, ...]
    decided: tuple[tuple[Ask, Answer], ...]
    care_notes: Mapping[int, int]
    authors: Mapping[int, frozenset[str]]
    says: Mapping[int, Say]


def _figures(connection: Connection, since: datetime, until: datetime) -> tuple[Figure, ...]:
    past = _past(connection, since, until)
    return (
        _traced(past),
        *_days(connection, since, until, past),
        _agents(connection, since, until, past),
        _voice(past),
        _giving(past),
        _nobodys(connection, until),
    )


def _past(connection: Connection, since: datetime, until: datetime) -> _Past:
    asks = fold(entry for entry in ledger.entries(connection) if entry.at < until)
    decided = tuple(
        (ask, one) for ask in asks for one in ask.answers if since <= one.entry.at < until
    )  # fmt: skip
    notes, authors = _behind(connection, sorted({ask.theme_id for ask, _ in decided}))
    says = say.shown(connection, [one.entry.number for _, one in decided])
    return _Past(asks, decided, notes, authors, says)


def _behind(connection: Connection, themes: Sequence[int]) -> tuple[dict[int, int], dict[int, frozenset[str]]]:
    """Care's notes behind each theme (those that carry an agent), and the agents who wrote them."""
    wanted = (
        select(SignalRow.theme_id, FeedbackRow.agent_key, func.count(FeedbackRow.id.distinct()))
        .join(FeedbackRow, FeedbackRow.id == SignalRow.feedback_id)
        .where(SignalRow.theme_id.in_(list(themes)), FeedbackRow.agent_key != "", is_evidence())
        .group_by(SignalRow.theme_id, FeedbackRow.agent_key)
    )
    notes: dict[int, int] = {}
    authors: dict[int, set[str]] = {}
    for theme, agent, count in connection.execute(wanted):
        assert theme is not None
        notes[theme] = notes.get(theme, 0) + count
        authors.setdefault(theme, set()).add(agent)
    return notes, {theme: frozenset(found) for theme, found in authors.items()}


def _traced(past: _Past) -> Figure:
    themes = [ask.theme_id for ask, _ in past.decided]
    return _share(
        "Decisions that care’s notes stand behind",
        f"answers of teams to themes with at least {CARE_NOTES} notes written by care, of all answers",
        "by answering many small themes; the answers open, with their notes",
        themes,
        lambda theme: past.care_notes.get(theme, 0) >= CARE_NOTES,
    )


def _days(connection: Connection, since: datetime, until: datetime, past: _Past) -> tuple[Figure, ...]:
    row = SignalRow
    first_heard = (
        select(row.theme_id, func.min(row.occurred_at))
        .where(row.theme_id.is_not(None), is_evidence())
        .group_by(row.theme_id)
    )
    heard = {theme: moment for theme, moment in connection.execute(first_heard) if theme is not None}
    made = {row.id: row.created_at for row in connection.execute(select(ThemeRow.id, ThemeRow.created_at))}
    detected = {theme: at for theme, at in made.items() if theme in heard and since <= at < until}
    owned = {
        theme: at
        for theme, (team, at) in ownership.owners(connection).items()
        if team is not None and since <= at < until
    }
    answered = _first((ask.first for ask in past.asks if ask.first is not None), since)
    shipped = _first((entry for ask in past.asks for entry in _shipped(ask)), since)
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


def _agents(connection: Connection, since: datetime, until: datetime, past: _Past) -> Figure:
    row = FeedbackRow
    writing = select(row.agent_key).where(row.agent_key != "", row.occurred_at >= since, row.occurred_at < until)
    everybody = set(connection.execute(writing.distinct()).scalars())
    reached = {agent for ask, _ in past.decided for agent in past.authors.get(ask.theme_id, ())}
    enough = len(everybody) >= AGENTS
    return Figure(
        "Agents whose notes reached a decision",
        f"of all agents who wrote notes; shown from {AGENTS} agents on, never by name",
        "by adding one’s name to others’ notes; only the author of a note counts",
        len(reached & everybody) if enough else None,
        len(everybody) if enough else 0,
        None,
        tuple(sorted({ask.theme_id for ask, _ in past.decided})),
    )


def _voice(past: _Past) -> Figure:
    heard = {ask.theme_id for ask, one in past.decided if past.says.get(one.entry.number, say.NOTHING).mean is not None}
    return _share(
        "Decisions that care had a say on",
        f"answers that at least {RATERS} of the notes’ authors rated, of all answers",
        "by pressing agents to vote; votes have no names, so nobody can check who did",
        [ask.theme_id for ask, _ in past.decided],
        lambda theme: theme in heard,
    )


def _giving(past: _Past) -> Figure:
    classed = [
        (ask, one) for ask, one in past.decided if one.kind is AnswerKind.ACCEPTED and one.entry.value != Value.NEITHER.value
    ]  # fmt: skip
    giving = {ask.theme_id for ask, one in classed if one.entry.value == Value.GIVING.value}
    return _share(
        "Changes that give to customers",
        "accepted changes said to give to customers, of those said to give or to take",
        "by calling a taking change giving; the change is in the ledger in the team’s own words",
        [ask.theme_id for ask, _ in classed],
        lambda theme: theme in giving,
    )


def _nobodys(connection: Connection, until: datetime) -> Figure:
    owners = _owned_at(connection, until)
    themes = [
        weight.theme_id for weight in asking.weights(connection, until) if asking.because(weight, DEFAULT)
    ]  # fmt: skip
    return _share(
        "Themes in nobody’s land",
        "themes past the usual threshold that no team owned at the end of this time, of all past it",
        "by giving them to a team that does not answer; its overdue answers show it",
        themes,
        lambda theme: theme not in owners,
    )


def _owned_at(connection: Connection, until: datetime) -> set[int]:
    """Themes with an owner at a moment: those that have one since before it, or were asked before it."""
    asked = select(LedgerRow.theme_id).where(LedgerRow.event == Event.ASKED.value, LedgerRow.at < until)
    owned = {theme for theme, (team, at) in ownership.owners(connection).items() if team is not None and at < until}
    return owned | set(connection.execute(asked).scalars())


def _share(name: str, counts: str, gamed: str, themes: Sequence[int], yes: Callable[[int], bool]) -> Figure:
    having = [theme for theme in themes if yes(theme)]
    rows = (*dict.fromkeys(having), *(theme for theme in dict.fromkeys(themes) if theme not in having))
    return Figure(name, counts, gamed, len(having), len(themes), None, rows)


def _middle(name: str, counts: str, gamed: str, starts: Mapping[int, datetime], ends: Mapping[int, datetime]) -> Figure:
    days = {theme: max(0, _between(starts[theme].date(), end.date())) for theme, end in ends.items() if theme in starts}
    rows = tuple(sorted(days, key=lambda theme: (-days[theme], theme)))
    return Figure(name, counts, gamed, None, len(days), float(median(days.values())) if days else None, rows)


def _between(first: date, last: date) -> int:
    return (last - first).days
