"""What a judgement does to the signals of a note: one goes, another takes its place, one more stands, or all is as before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from ingest.feedback import Speaker
from insights.columns import table
from insights.delivery.rows import signal_id
from insights.desk.verdicts import PERSON
from insights.tables import FeedbackRow, SegmentRow, SignalRow, VectorRow
from insights.themes.lineage import resolve, theme_row
from insights.themes.status import STANDING
from nlp import slots
from nlp.severity import severity
from nlp.signals import Attribution, Signal, SignalKind, Slot

SIGNAL, VECTOR = table(SignalRow), table(VectorRow)
_OF_AGENTS = (SignalKind.COMPENSATION, SignalKind.HANDOFF)


def snapshot(connection: Connection, number: int) -> dict[str, Any]:
    """Return a signal as JSON can hold it, its vectors along; empty when it is gone."""
    row = connection.execute(select(SIGNAL).where(SIGNAL.c.id == number)).one_or_none()
    if row is None:
        return {}
    wanted = select(VECTOR.c.encoder_id, VECTOR.c.data).where(VECTOR.c.signal_id == number)
    vectors = [[encoder, data.hex()] for encoder, data in connection.execute(wanted)]
    kept = row._asdict() | {"occurred_at": row.occurred_at.isoformat(), "week": row.week.isoformat()}
    return kept | {"vectors": vectors}


def remove(connection: Connection, number: int) -> None:
    """Take a signal out of the store: it counts nowhere any more."""
    connection.execute(delete(VECTOR).where(VECTOR.c.signal_id == number))
    connection.execute(delete(SIGNAL).where(SIGNAL.c.id == number))


def bring_back(connection: Connection, kept: Mapping[str, Any]) -> None:
    """Let a signal stand as its snapshot has it. A theme that was merged meanwhile is followed, a retired one left."""
    values = {name: value for name, value in kept.items() if name != "vectors"}
    values["occurred_at"] = datetime.fromisoformat(kept["occurred_at"])
    values["week"] = date.fromisoformat(kept["week"])
    values["theme_id"] = standing_theme(connection, kept["theme_id"])
    vectors = [
        {"signal_id": kept["id"], "encoder_id": encoder, "data": bytes.fromhex(data)}
        for encoder, data in kept["vectors"]
    ]
    remove(connection, kept["id"])
    connection.execute(insert(SIGNAL), [values])
    if vectors:
        connection.execute(insert(VECTOR), vectors)


def place(connection: Connection, number: int, theme_id: int | None, *, pinned: bool) -> None:
    """Put a signal where a person wants it."""
    connection.execute(update(SIGNAL).where(SIGNAL.c.id == number).values(theme_id=theme_id, pinned=pinned))


def standing_theme(connection: Connection, theme_id: int | None) -> int | None:
    """Return where a theme's id leads today; None when that theme is retired."""
    if theme_id is None or (found := resolve(connection, theme_id)) is None:
        return None
    return found if theme_row(connection, found).status in STANDING else None


def stand(
    connection: Connection,
    note: Row[Any],
    said: Row[Any],
    kind: SignalKind,
    start: int,
    end: int,
    *,
    theme_id: int | None,
    pinned: bool,
) -> int:
    """Let a person's signal stand at a place of a note; one that stands there already becomes theirs. Returns its id.

    It has no vector yet: the workers encode what people made.
    """
    words = said.text[start:end]
    made = Signal(
        kind=kind,
        segment=said.position,
        start=start,
        end=end,
        text=words,
        confidence=1.0,
        rule=PERSON,
        attribution=_attribution(Speaker(said.speaker), kind),
        severity=severity(words) if kind is SignalKind.PAIN else 0,
        slots=_slots(kind, said.text, start, end),
    )
    number = signal_id(note.id, made)
    values = {
        "feedback_id": note.id,
        "segment": made.segment,
        "kind": kind.value,
        "start": start,
        "end": end,
        "text": words,
        "confidence": made.confidence,
        "rule": made.rule,
        "attribution": made.attribution.value,
        "severity": made.severity,
        "slots": [[slot.name, slot.start, slot.end] for slot in made.slots],
        "theme_id": theme_id,
        "similarity": 0.0,
        "pinned": pinned,
        "occurred_at": note.occurred_at,
        "week": note.week,
        "customer": note.customer_key or note.id,
        "product": note.product,
    }
    if connection.execute(update(SIGNAL).where(SIGNAL.c.id == number).values(values)).rowcount == 0:
        connection.execute(insert(SIGNAL).values(values | {"id": number}))
    return number


def note_row(connection: Connection, feedback_id: str) -> Row[Any] | None:
    """Return a note, held until the transaction ends, so that two judgements of one note come one after the other."""
    wanted = select(FeedbackRow.__table__).where(FeedbackRow.id == feedback_id).with_for_update()
    return connection.execute(wanted).one_or_none()


def segment_row(connection: Connection, feedback_id: str, position: int) -> Row[Any] | None:
    wanted = select(SegmentRow.__table__).where(SegmentRow.feedback_id == feedback_id)
    return connection.execute(wanted.where(SegmentRow.position == position)).one_or_none()


def _attribution(speaker: Speaker, kind: SignalKind) -> Attribution:
    if speaker is Speaker.CUSTOMER:
        return Attribution.CUSTOMER
    return Attribution.AGENT if speaker is Speaker.AGENT or kind in _OF_AGENTS else Attribution.REPORTED


def _slots(kind: SignalKind, text: str, start: int, end: int) -> tuple[Slot, ...]:
    if kind is SignalKind.PAIN:
        return slots.pain(text, start, end)
    if kind is SignalKind.SUGGESTION:
        return slots.suggestion(text, start, end)
    return (Slot("want", start, end),) if kind is SignalKind.JOB else ()
