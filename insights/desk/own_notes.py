"""A person's own notes and what became of them. Nobody else is shown them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from insights.delivery.written import TYPE, State
from insights.desk.verdicts import Verdict
from insights.store import Store
from insights.tables import AnnotationRow, FeedbackRow, OutboxRow, SegmentRow, SignalRow, ThemeRow, WrittenNoteRow
from insights.trust.people import Person

PAGE = 20
_WORDS = 240


@dataclass(frozen=True, slots=True)
class Fate:
    """What one thing in a note became: its kind and words, and the theme it is counted in (None: in none yet)."""

    kind: str
    text: str
    theme_id: int | None
    theme_name: str
    theme_status: str


@dataclass(frozen=True, slots=True)
class OwnNote:
    """One note of a person. ``words`` are its first ones, redacted once it is heard; ``judged`` by a person or not yet."""

    feedback_id: str
    at: datetime
    state: State
    words: str
    product: str
    channel: str
    fates: tuple[Fate, ...]
    judged: bool


def own_notes(
    store: Store, person: Person, *, limit: int = PAGE, before: datetime | None = None
) -> tuple[OwnNote, ...]:
    """Return the notes a person wrote on the desk or elsewhere (by ``agent_key``), newest first. Raises StoreError."""
    with store.connect() as connection:
        written = _written(connection, person, limit, before)
        elsewhere = _elsewhere(connection, person, limit, before)
        moments = {**elsewhere, **{row.feedback_id: row.at for row in written}}
        states = {row.feedback_id: State(row.state) for row in written}
        newest = sorted(moments, key=lambda one: (moments[one], one), reverse=True)[:limit]
        notes = {row.id: row for row in _rows(connection, newest)}
        words, fates, judged = _words(connection, newest), _fates(connection, newest), _judged(connection, newest)
        return tuple(
            OwnNote(
                feedback_id=one,
                at=moments[one],
                state=State.HEARD if one in notes else states.get(one, State.WAITING),
                words=words.get(one, ""),
                product=notes[one].product if one in notes else "",
                channel=notes[one].channel if one in notes else "",
                fates=tuple(fates.get(one, ())),
                judged=one in judged,
            )
            for one in newest
            # What was erased on its way is nobody's note any more.
            if one in notes or one in words or states[one] is State.SET_ASIDE
        )


def _written(connection: Connection, person: Person, limit: int, before: datetime | None) -> list[Row[Any]]:
    wanted = select(WrittenNoteRow.__table__).where(WrittenNoteRow.who == person.name)
    if before is not None:
        wanted = wanted.where(WrittenNoteRow.at < before)
    return list(connection.execute(wanted.order_by(WrittenNoteRow.at.desc()).limit(limit)))


def _elsewhere(connection: Connection, person: Person, limit: int, before: datetime | None) -> dict[str, datetime]:
    """Notes that came from another system under this person's key."""
    if not person.agent_key:
        return {}
    wanted = select(FeedbackRow.id, FeedbackRow.occurred_at).where(FeedbackRow.agent_key == person.agent_key)
    if before is not None:
        wanted = wanted.where(FeedbackRow.occurred_at < before)
    found = connection.execute(wanted.order_by(FeedbackRow.occurred_at.desc()).limit(limit))
    return {row.id: row.occurred_at for row in found}


def _rows(connection: Connection, ids: list[str]) -> list[Row[Any]]:
    wanted = select(FeedbackRow.id, FeedbackRow.product, FeedbackRow.channel).where(FeedbackRow.id.in_(ids))
    return list(connection.execute(wanted))


def _words(connection: Connection, ids: list[str]) -> dict[str, str]:
    """The first words of each note; of one that is still on its way, as they were typed."""
    said: dict[str, str] = {}
    on_their_way = select(OutboxRow.aggregateid, OutboxRow.payload).where(
        OutboxRow.aggregatetype == TYPE, OutboxRow.aggregateid.in_(ids), OutboxRow.published_at.is_(None)
    )
    for row in connection.execute(on_their_way):
        said[row.aggregateid] = str(row.payload["segments"][0]["text"])[:_WORDS]
    wanted = select(SegmentRow.feedback_id, SegmentRow.text).where(SegmentRow.feedback_id.in_(ids))
    stored: dict[str, str] = {}
    for row in connection.execute(wanted.order_by(SegmentRow.feedback_id, SegmentRow.position)):
        stored.setdefault(row.feedback_id, row.text[:_WORDS])
    return said | stored


def _fates(connection: Connection, ids: list[str]) -> dict[str, list[Fate]]:
    heard = SignalRow
    wanted = (
        select(heard.feedback_id, heard.kind, heard.text, heard.theme_id, ThemeRow.name, ThemeRow.status)
        .outerjoin(ThemeRow, ThemeRow.id == heard.theme_id)
        .where(heard.feedback_id.in_(ids))
        .order_by(heard.feedback_id, heard.segment, heard.start)
    )
    found: dict[str, list[Fate]] = {}
    for row in connection.execute(wanted):
        fate = Fate(row.kind, row.text, row.theme_id, row.name or "", row.status or "")
        found.setdefault(row.feedback_id, []).append(fate)
    return found


def _judged(connection: Connection, ids: list[str]) -> set[str]:
    said = AnnotationRow
    wanted = select(said.feedback_id).where(said.feedback_id.in_(ids), or_(said.applied, said.blind))
    wanted = wanted.where(said.undone_by.is_(None), said.verdict != Verdict.UNDONE.value)
    return set(connection.execute(wanted.distinct()).scalars())
