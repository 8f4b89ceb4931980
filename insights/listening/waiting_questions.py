"""Questions that wait for a conversation, and how the next one gets them: in the transaction that stores its note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select, update

from insights.tables import QuestionRow, ThemeRow
from nlp.signals import Attribution


class State(StrEnum):
    """Where a question stands. The values are stored; never rename one."""

    WAITING = "waiting"
    GIVEN = "given"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


def give(connection: Connection, signals: Sequence[Mapping[str, Any]], at: datetime) -> dict[int, str]:
    """Give waiting questions to notes that are being stored; return question id to feedback id.

    ``signals`` are rows of the signals written, with their themes. One note gets one question at most, the oldest one;
    of the notes of one batch the one that happened first, and none that happened before the question was asked.
    """
    row = QuestionRow
    waiting = connection.execute(
        select(row.id, row.theme_id, row.asked_at)
        .where(row.state == State.WAITING.value)
        .order_by(row.asked_at, row.id)
    ).all()
    if not waiting:
        return {}
    notes: dict[int, dict[str, datetime]] = {}
    for signal in signals:
        if signal["theme_id"] is not None and signal["attribution"] != Attribution.AGENT.value:
            notes.setdefault(signal["theme_id"], {})[signal["feedback_id"]] = signal["occurred_at"]
    given: dict[int, str] = {}
    for question in waiting:
        theme = _led_to(connection, question.theme_id)
        free = {
            note: moment
            for note, moment in notes.get(theme, {}).items()
            if moment >= question.asked_at and note not in given.values()
        }
        if not free:
            continue
        note = min(free, key=lambda one: (free[one], one))
        taken = update(row).where(row.id == question.id, row.state == State.WAITING.value)
        values = {"state": State.GIVEN.value, "feedback_id": note, "given_at": at}
        if connection.execute(taken.values(values)).rowcount:
            given[question.id] = note
    return given


def _led_to(connection: Connection, theme_id: int) -> int:
    """Follow a theme's redirects to the end."""
    ahead: int | None = theme_id
    while ahead is not None:
        theme_id = ahead
        wanted = select(ThemeRow.merged_into).where(ThemeRow.id == theme_id)
        ahead = connection.execute(wanted).scalar_one_or_none()
    return theme_id
