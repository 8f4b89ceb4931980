"""The ledger as it stood at a moment: what was decided in a time before it, and which of care's notes lie behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from insights.counting.evidence import is_evidence
from insights.listening import decisions, ledger, say
from insights.listening.cases import Answer, Ask, fold
from insights.listening.ledger import Entry
from insights.listening.say import Say
from insights.tables import FeedbackRow, SignalRow


@dataclass(frozen=True, slots=True)
class Past:
    """All asks until a moment, the answers and the decisions of reviews in the time before it, and what lies behind both.

    ``care_notes``: notes by theme that carry an agent; ``authors``: the agents' keys; ``says`` by answer.
    """

    asks: tuple[Ask, ...]
    answered: tuple[tuple[Ask, Answer], ...]
    reviewed: tuple[Entry, ...]
    care_notes: Mapping[int, int]
    authors: Mapping[int, frozenset[str]]
    says: Mapping[int, Say]

    @property
    def themes(self) -> list[int]:
        """The theme of each decision: answers first, then what reviews decided."""
        return [*(ask.theme_id for ask, _ in self.answered), *(entry.theme_id for entry in self.reviewed)]


def past(connection: Connection, since: datetime, until: datetime) -> Past:
    """Return what was decided from ``since`` on; ``until`` is not in it any more."""
    entries = [entry for entry in ledger.entries(connection) if entry.at < until]
    asks = fold(entries)
    answered = tuple((ask, one) for ask in asks for one in ask.answers if one.entry.at >= since)
    reviewed = decisions.standing(entries, since, until)
    themes = {ask.theme_id for ask, _ in answered} | {entry.theme_id for entry in reviewed}
    notes, authors = _behind(connection, sorted(themes))
    says = say.shown(connection, [one.entry.number for _, one in answered])
    return Past(asks, answered, reviewed, notes, authors, says)


def _behind(connection: Connection, themes: Sequence[int]) -> tuple[dict[int, int], dict[int, frozenset[str]]]:
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
