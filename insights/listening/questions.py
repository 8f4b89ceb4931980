"""A question of an owner to whoever hears the next conversation about a theme; the answer becomes evidence.

`insights.listening.waiting_questions` gives it to the next note that joins its theme: one question to one conversation. If nobody
answers within three days, the next conversation gets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from insights.delivery import outbox
from insights.listening import ledger, ownership, teams
from insights.listening.free_words import harmless
from insights.listening.ledger import Entry, Event
from insights.listening.waiting_questions import State
from insights.store import Store, StoreError
from insights.tables import QuestionRow, ThemeRow
from insights.themes.lineage import live_theme, resolve
from insights.trust import audit
from insights.trust.people import Person, Role, allowed

PATIENCE = timedelta(days=3)
CHOICES = 5
MAY_ANSWER = (Role.AGENT, Role.PRODUCT_OWNER, Role.TEAM_OWNER)


class QuestionError(StoreError):
    """The question cannot be asked or answered so; nothing was changed. The message says why."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the conversation it was given to, and the answer. Nobody is named as the one who answered."""

    id: int
    theme_id: int
    theme: str
    who: str
    words: str
    choices: tuple[str, ...]
    state: State
    asked_at: datetime
    feedback_id: str | None
    answer: str
    answered_at: datetime | None


def ask(store: Store, theme_id: int, words: str, *, by: Person, at: datetime, choices: Sequence[str] = ()) -> int:
    """Ask; return the question's id. ``choices`` are ready answers. Raises QuestionError, NotAllowed, StoreError."""
    said = harmless(words)
    ready = [line for line in (harmless(choice) for choice in choices) if line]
    if len(said.split()) < 2 or len(ready) > CHOICES:
        raise QuestionError(f"a question is a sentence, with at most {CHOICES} ready answers")
    with store.begin() as connection:
        theme = live_theme(connection, theme_id)
        team = ownership.owner_of(connection, theme.id, at)
        who = teams.speaking_for(connection, team, by.id)
        if team is None:
            raise QuestionError("this theme is nobody's; give it to a team first, so that somebody reads the answer")
        row = {
            "theme_id": theme.id, "team_id": team, "who": who.name, "words": said, "choices": ready, "asked_at": at,
            "state": State.WAITING.value, "feedback_id": None, "given_at": None, "answer": "", "answered_at": None,
        }  # fmt: skip
        made: int = connection.execute(insert(QuestionRow).values(row).returning(QuestionRow.id)).scalar_one()
        audit.add(connection, who.name, "question asked", f"question:{made}", None, {"theme": theme.id}, at)
        outbox.add(connection, "question", str(made), "question.asked", {"theme": theme.id, "words": said}, at)
    return made


def waiting_for(store: Store, feedback_id: str) -> Question | None:
    """Return the question that this conversation was given and nobody has answered yet, or None. Raises StoreError."""
    with store.connect() as connection:
        wanted = _wanted().where(QuestionRow.feedback_id == feedback_id, QuestionRow.state == State.GIVEN.value)
        row = connection.execute(wanted.limit(1)).one_or_none()
        return None if row is None else _question(row)


def answer(store: Store, question_id: int, words: str, *, by: Person, at: datetime) -> None:
    """Record what an agent knows from the conversation, as evidence. Raises QuestionError, TooTelling, NotAllowed."""
    said = harmless(words)
    if not said:
        raise QuestionError("an answer has words; if you cannot tell, say that this conversation does not fit")
    with ledger.writing(store) as connection:
        person = allowed(connection, by.id, *MAY_ANSWER)
        found = _given(connection, question_id)
        row = QuestionRow
        values = {"state": State.ANSWERED.value, "answer": said, "answered_at": at}
        connection.execute(update(row).where(row.id == question_id).values(values))
        theme = resolve(connection, found.theme_id) or found.theme_id
        facts = {"question": question_id, "note": found.feedback_id}
        ledger.add(connection, Entry(Event.EVIDENCE, theme, found.team_id, "care", at, facts=facts))
        audit.add(connection, person.name, "question answered", f"question:{question_id}", None, None, at)


def does_not_fit(store: Store, question_id: int, *, by: Person, at: datetime) -> None:
    """Say that the conversation is about something else: the next one gets the question. Raises QuestionError."""
    with store.begin() as connection:
        person = allowed(connection, by.id, *MAY_ANSWER)
        _given(connection, question_id)
        connection.execute(update(QuestionRow).where(QuestionRow.id == question_id).values(_AGAIN))
        audit.add(connection, person.name, "question passed on", f"question:{question_id}", None, None, at)


def withdraw(store: Store, question_id: int, *, by: Person, at: datetime) -> None:
    """Take a question back that nobody has answered. Raises QuestionError, NotAllowed."""
    row = QuestionRow
    with store.begin() as connection:
        found = connection.execute(select(row.team_id, row.state).where(row.id == question_id)).one_or_none()
        if found is None or found.state not in (State.WAITING, State.GIVEN):
            raise QuestionError(f"question {question_id} is not open")
        who = teams.speaking_for(connection, found.team_id, by.id)
        connection.execute(update(row).where(row.id == question_id).values(state=State.WITHDRAWN.value))
        audit.add(connection, who.name, "question withdrawn", f"question:{question_id}", None, None, at)


def lapse(store: Store, at: datetime) -> int:
    """Let questions that nobody answered for three days wait for the next conversation. Raises StoreError."""
    row = QuestionRow
    late = update(row).where(row.state == State.GIVEN.value, row.given_at <= at - PATIENCE)
    with store.begin() as connection:
        return connection.execute(late.values(_AGAIN)).rowcount


def of_theme(store: Store, theme_id: int) -> tuple[Question, ...]:
    """Return the questions about a theme with their answers, newest first. Raises StoreError."""
    with store.connect() as connection:
        rows = connection.execute(_wanted().order_by(QuestionRow.id.desc())).all()
        return tuple(_question(row) for row in rows if resolve(connection, row.theme_id) == theme_id)


_AGAIN: dict[str, Any] = {"state": State.WAITING.value, "feedback_id": None, "given_at": None}


def _given(connection: Connection, question_id: int) -> Row[int, int, str | None, str]:
    row = QuestionRow
    wanted = select(row.theme_id, row.team_id, row.feedback_id, row.state).where(row.id == question_id)
    found = connection.execute(wanted.with_for_update()).one_or_none()
    if found is None or found.state != State.GIVEN.value:
        raise QuestionError("this question is not waiting here any more; somebody answered it or took it back")
    return found


def _wanted() -> Select[Any]:
    row = QuestionRow
    return select(
        row.id, row.theme_id, ThemeRow.name.label("theme"), row.who, row.words, row.choices, row.state, row.asked_at,
        row.feedback_id, row.answer, row.answered_at,
    ).join(ThemeRow, ThemeRow.id == row.theme_id)  # fmt: skip


def _question(row: Row[Any]) -> Question:
    return Question(
        row.id, row.theme_id, row.theme, row.who, row.words, tuple(row.choices), State(row.state), row.asked_at,
        row.feedback_id, row.answer, row.answered_at,
    )  # fmt: skip
