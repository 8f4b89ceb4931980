"""Annotations: what people say of signals. Rows are only added; the last word of one person on one signal counts.

Two people on one note are told of each other: who comes second is recorded and changes nothing, until they have seen
what the first one said and say it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text, update

from insights import audit, judged_signals, lineage, outbox
from insights.agreement import asked_or_done
from insights.judged import Judged, judgements
from insights.judged_signals import note_row, segment_row, snapshot, standing_theme
from insights.lineage import Decision, Event
from insights.people import Person, Role, allowed
from insights.status import Status
from insights.store import Store, StoreError
from insights.tables import AnnotationRow
from insights.verdicts import Verdict, words_hash
from insights.writer import CURATION_LOCK
from nlp.signals import SignalKind

__all__ = [
    "AnnotationError", "Judged", "Judgement", "Outcome", "Told", "Verdict", "annotate", "judgements", "undo", "words_hash",
]  # fmt: skip
MAY_JUDGE = (Role.AGENT, Role.PRODUCT_OWNER, Role.TEAM_OWNER)


class AnnotationError(StoreError):
    """The judgement does not fit the note as it is now; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person says. ``signal_id`` is None for words that nobody had marked.

    ``kind``, ``segment``, ``start``, ``end`` are what should stand (corrected, added). With ``placed`` the person chose
    ``theme_id`` (None: no theme); ``new_subject`` names a theme to be made of it. ``seen`` is the last annotation the
    person knew of, ``words_hash`` that of the segment they read, ``seconds`` how long they looked.
    """

    verdict: Verdict
    feedback_id: str
    signal_id: int | None = None
    segment: int = 0
    kind: str = ""
    start: int = 0
    end: int = 0
    placed: bool = False
    theme_id: int | None = None
    new_subject: str = ""
    seen: int = 0
    seconds: float = 0.0
    blind: bool = False
    words_hash: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """Who was faster, when, and what they said."""

    who: str
    at: datetime
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a judgement. ``applied`` is False when somebody was faster (``told``), or it was a blind one.

    ``signal_id`` stands for it now (None: nothing does), in theme ``theme_id``.
    """

    annotation_id: int
    applied: bool
    signal_id: int | None
    theme_id: int | None
    told: Told | None = None


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
            values |= _apply(connection, said, person, at, note, segment, known, present=bool(before))
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
            _take_back(connection, row, Decision(person.name, "taken back on the desk", at))
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


def _apply(
    connection: Connection,
    said: Judgement,
    person: Person,
    at: datetime,
    note: Row[Any],
    segment: Row[Any],
    known: Mapping[str, Any],
    *,
    present: bool,
) -> dict[str, Any]:
    """Let the signal be as the person says; return what became of it."""
    number = said.signal_id
    theme = standing_theme(connection, said.theme_id if said.placed else known.get("theme_id"))
    if said.verdict is Verdict.REJECTED:
        assert number is not None
        judged_signals.remove(connection, number)
        return {"became": None, "theme_after": None}
    if number is not None and not present:  # taken away by an earlier judgement, and wanted back
        judged_signals.bring_back(connection, known)
    kind, start, end = known.get("kind"), known.get("start"), known.get("end")
    if said.verdict is not Verdict.ACCEPTED and (kind, start, end) != (said.kind, said.start, said.end):
        if number is not None:
            judged_signals.remove(connection, number)
        if not said.placed and kind != said.kind:
            theme = None
        pinned = said.placed and theme is not None
        number = judged_signals.stand(
            connection, note, segment, SignalKind(said.kind), said.start, said.end, theme_id=theme, pinned=pinned
        )
    assert number is not None
    _check_theme(connection, theme, said.kind or kind or "")
    if said.new_subject:
        theme = _new_subject(connection, number, said, known.get("theme_id"), Decision(person.name, "", at))
    elif said.placed:
        judged_signals.place(connection, number, theme, pinned=theme is not None)
    return {"became": number, "theme_after": theme}


def _check_theme(connection: Connection, theme_id: int | None, kind: str) -> None:
    if theme_id is not None and lineage.theme_row(connection, theme_id).kind != kind:
        raise AnnotationError(f"theme {theme_id} gathers another kind than {kind}")


def _new_subject(connection: Connection, number: int, said: Judgement, left: int | None, decision: Decision) -> int:
    """Make an emerging theme of one signal; named by a person, it is confirmed by the next refresh."""
    name = " ".join(said.new_subject.split())
    if not name or len(name) > 120:
        raise AnnotationError("a subject needs a name of at most 120 characters")
    kind = snapshot(connection, number)["kind"]
    theme = lineage.new_theme(
        connection,
        status=Status.EMERGING,
        kind=kind,
        name=name,
        named_by=decision.who,
        terms=[],
        exemplar_signal_id=number,
        parent_id=None,
        created_at=decision.at,
    )
    judged_signals.place(connection, number, theme, pinned=True)
    lineage.record(connection, Event.EMERGED, theme, decision, moves={number: (left, theme)})
    return theme


def _take_back(connection: Connection, row: Row[Any], decision: Decision) -> None:
    if row.became is not None and row.became != row.before.get("id"):
        judged_signals.remove(connection, row.became)
    if row.before and row.verdict != Verdict.ACCEPTED:
        judged_signals.bring_back(connection, row.before)
    made = row.theme_after if row.placed and row.theme_after != row.theme_before else None
    if made is None:
        return
    theme = lineage.theme_row(connection, made)
    mine = theme.status == Status.EMERGING and theme.named_by == decision.who
    if mine and theme.created_at == row.at and not lineage.signals_in(connection, made):
        lineage.change_theme(connection, made, status=Status.RETIRED.value)
        lineage.record(connection, Event.RETIRED, made, decision, before={"status": theme.status})


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
