"""Annotations: what people say of signals. Rows are only added; the last word of one person on one signal counts.

Two people on one note are told of each other: who comes second is recorded and changes nothing, until they have seen
what the first one said and say it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text, update

from insights.delivery import outbox
from insights.delivery.writer import CURATION_LOCK
from insights.desk.agreement import asked_or_done
from insights.desk.judged import Judged, judgements
from insights.desk.judged_signals import note_row, segment_row, snapshot
from insights.desk.judgement import AnnotationError, Judgement, Outcome, Told
from insights.desk.judging import apply, take_back
from insights.desk.verdicts import Verdict, words_hash
from insights.store import Store
from insights.tables import AnnotationRow
from insights.themes import lineage
from insights.themes.lineage import Decision
from insights.trust import audit
from insights.trust.people import Person, Role, allowed
from nlp.signals import SignalKind

__all__ = [
    "AnnotationError", "Judged", "Judgement", "Outcome", "Told", "Verdict", "annotate", "judgements", "undo", "words_hash",
]  # fmt: skip
MAY_JUDGE = (Role.AGENT, Role.PRODUCT_OWNER, Role.TEAM_OWNER)


def annotate(store: Store, said: Judgement, *, by: Person, at: datetime) -> Outcome:
    """Record a judgement, and let the signal be as the person says. Raises AnnotationError, NotAllowed, StoreError."""
    with _writing(store, alone=bool(said.new_subject)) as connection:
        person = allowed(connection, by.id, *MAY_JUDGE)
        note = note_row(connection, said.feedback_id)
        if note is None:
            raise AnnotationError("this note is gone; it was erased meanwhile")
        last = _last(connection, said.signal_id)
        before = {} if said.signal_id is None else snapshot(connection, said.signal_id)
        known = before or (last.before if last else {})
        if said.signal_id is not None and not known:
            raise AnnotationError("this note was changed by its sender meanwhile; look at it again")
        segment = segment_row(connection, said.feedback_id, known["segment"] if known else said.segment)
        _check(said, segment)
        assert segment is not None
        told = None
        if last and not said.blind and last.who != person.name and last.id > said.seen:
            told = Told(last.who, last.at, Verdict(last.verdict))
        values = _row(said, person, at, known, segment)
        if told or said.blind:
            values |= {"became": last.became if last else said.signal_id}
        else:
            values |= apply(connection, said, person, at, note, segment, known, present=bool(before))
        values["applied"] = not (told or said.blind)
        number = connection.execute(insert(AnnotationRow).values(values).returning(AnnotationRow.id)).scalar_one()
        _tell(connection, number, values)
        asked_or_done(connection, said.feedback_id, person, at, blind=said.blind)
        return Outcome(number, bool(values["applied"]), values["became"], values["theme_after"], told)


def undo(store: Store, annotation_id: int, *, by: Person, at: datetime) -> Outcome:
    """Take one's own judgement back: the signal stands as before. Raises AnnotationError, NotAllowed, StoreError."""
    with _writing(store, alone=True) as connection:
        person = allowed(connection, by.id, *MAY_JUDGE)
        row = connection.execute(select(AnnotationRow.__table__).where(AnnotationRow.id == annotation_id)).one_or_none()
        if row is None or row.who != person.name:
            raise AnnotationError("only your own judgements can be taken back")
        if row.undone_by is not None or row.verdict == Verdict.UNDONE:
            raise AnnotationError("this was taken back already")
        note_row(connection, row.feedback_id)
        later = _last(connection, row.became) or _last(connection, row.signal_id)
        if later is not None and later.id > row.id:
            raise AnnotationError(f"{later.who} has judged this since; judge it anew instead")
        if row.applied:
            take_back(connection, row, Decision(person.name, "taken back on the desk", at))
        values = {name: getattr(row, name) for name in _COPIED}
        values |= {"verdict": Verdict.UNDONE.value, "at": at, "seconds": 0.0, "undoes": row.id, "before": {}}
        values |= {"became": row.before.get("id"), "theme_before": row.theme_after, "theme_after": row.theme_before}
        number = connection.execute(insert(AnnotationRow).values(values).returning(AnnotationRow.id)).scalar_one()
        connection.execute(update(AnnotationRow).where(AnnotationRow.id == row.id).values(undone_by=number))
        _tell(connection, number, values)
        return Outcome(number, bool(row.applied), row.before.get("id"), row.theme_before)


_COPIED = (
    "feedback_id", "signal_id", "segment", "kind", "start", "end", "corrected_kind", "corrected_start", "corrected_end",
    "placed", "who", "blind", "applied", "words_hash",
)  # fmt: skip


@contextmanager
def _writing(store: Store, *, alone: bool) -> Iterator[Connection]:
    """Open the transaction of a judgement: beside others, or (themes are made or retired) as a step of curation."""
    if alone:
        with lineage.curating(store) as connection:
            yield connection
        return
    with store.begin() as connection:
        if store.dialect == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": CURATION_LOCK})
        yield connection


def _last(connection: Connection, signal_id: int | None) -> Row[Any] | None:
    """Return the last judgement on a signal that counts, by whom it may be."""
    if signal_id is None:
        return None
    row = AnnotationRow
    wanted = select(row.__table__).where(row.signal_id == signal_id, row.undone_by.is_(None), row.applied)
    wanted = wanted.where(row.verdict != Verdict.UNDONE.value)
    return connection.execute(wanted.order_by(row.id.desc()).limit(1)).one_or_none()


def _check(said: Judgement, segment: Row[Any] | None) -> None:
    if segment is None:
        raise AnnotationError("this note was changed by its sender meanwhile; look at it again")
    if said.words_hash and said.words_hash != words_hash(segment.text):
        raise AnnotationError("the words of this note were changed by its sender meanwhile; look at it again")
    if said.verdict in (Verdict.CORRECTED, Verdict.ADDED):
        if said.kind not in {kind.value for kind in SignalKind}:
            raise AnnotationError(f"{said.kind!r} is no kind of signal")
        if not (0 <= said.start < said.end <= len(segment.text)) or not segment.text[said.start : said.end].strip():
            raise AnnotationError("mark at least one word of the note")


def _row(said: Judgement, person: Person, at: datetime, known: Mapping[str, Any], segment: Row[Any]) -> dict[str, Any]:
    """The annotation before anything was applied: what stood, what the person says should stand."""
    changed = said.verdict in (Verdict.CORRECTED, Verdict.ADDED)
    stood = (known["kind"], known["start"], known["end"]) if known else (said.kind, said.start, said.end)
    should = (said.kind, said.start, said.end) if changed else stood
    return {
        "feedback_id": said.feedback_id,
        "signal_id": said.signal_id,
        "segment": segment.position,
        "verdict": said.verdict.value,
        "kind": stood[0],
        "start": stood[1],
        "end": stood[2],
        "corrected_kind": should[0],
        "corrected_start": should[1],
        "corrected_end": should[2],
        "became": said.signal_id,
        "theme_before": known.get("theme_id"),
        "theme_after": known.get("theme_id"),
        "placed": said.placed or bool(said.new_subject),
        "who": person.name,
        "at": at,
        "seconds": said.seconds,
        "blind": said.blind,
        "words_hash": words_hash(segment.text),
        "before": dict(known),
    }


def _tell(connection: Connection, number: int, values: Mapping[str, Any]) -> None:
    """An audit row, and the event others hear of it. Neither holds a customer's words."""
    names = (
        "feedback_id",
        "signal_id",
        "verdict",
        "corrected_kind",
        "became",
        "theme_after",
        "applied",
        "blind",
        "who",
    )
    payload = {"annotation": number} | {name: values[name] for name in names}
    before = {"kind": values["kind"], "theme": values["theme_before"]}
    subject = f"note:{values['feedback_id']}"
    audit.add(connection, values["who"], f"signal {values['verdict']}", subject, before, payload, values["at"])
    outbox.add(connection, "annotation", values["feedback_id"], f"signal.{values['verdict']}", payload, values["at"])
