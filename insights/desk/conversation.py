"""One conversation on the desk: what was said, what was heard in it and why, and what people said of that so far."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.orm import aliased

from insights.counting.evidence import GATHERED
from insights.desk import agreement
from insights.desk.verdicts import PERSON, Verdict, words_hash
from insights.store import Store
from insights.tables import AnnotationRow, FeedbackRow, SegmentRow, SignalRow, ThemeRow
from insights.themes.nearest import Near, nearest
from insights.themes.status import STANDING

__all__ = ["GATHERED_KINDS", "Choice", "Conversation", "Near", "Suggestion", "Turn", "conversation", "theme_choices"]

CHOICES = 500
GATHERED_KINDS = tuple(kind.value for kind in GATHERED)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said. ``words_hash`` goes back with a judgement, so that a changed note is noticed."""

    position: int
    speaker: str
    text: str
    words_hash: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something heard in a conversation, and what people said of it so far ("" for ``verdict``: nothing yet).

    ``seen`` is the last annotation known; ``customers`` said the same, ``many`` when there are more; ``near`` are the
    nearest past notes. ``confidence`` and ``similarity`` are in 0..1.
    """

    signal_id: int | None
    segment: int
    kind: str
    start: int
    end: int
    text: str
    rule: str
    confidence: float
    similarity: float
    theme_id: int | None
    theme_name: str
    customers: int = 0
    many: bool = False
    near: tuple[Near, ...] = ()
    verdict: str = ""
    who: str = ""
    at: datetime | None = None
    seen: int = 0


@dataclass(frozen=True, slots=True)
class Conversation:
    """One note with its suggestions, in the order of the words. ``blind``: what others said of it is not shown."""

    feedback_id: str
    source: str
    external_id: str
    channel: str
    product: str
    plan: str
    region: str
    app_version: str
    occurred_at: datetime
    turns: tuple[Turn, ...]
    suggestions: tuple[Suggestion, ...]
    blind: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """A theme that can be chosen."""

    id: int
    name: str


def conversation(store: Store, feedback_id: str, who: str) -> Conversation | None:
    """Return a note to judge, or None when it is gone. Whoever is asked for a second opinion sees it as first heard.

    Raises StoreError.
    """
    with store.connect() as connection:
        note = connection.execute(select(FeedbackRow.__table__).where(FeedbackRow.id == feedback_id)).one_or_none()
        if note is None:
            return None
        said = SegmentRow
        turns = connection.execute(
            select(said.position, said.speaker, said.text)
            .where(said.feedback_id == feedback_id)
            .order_by(said.position)
        )
        blind = agreement.is_asked(connection, feedback_id, who)
        return Conversation(
            feedback_id=note.id,
            source=note.source,
            external_id=note.external_id,
            channel=note.channel,
            product=note.product,
            plan=note.plan,
            region=note.region,
            app_version=note.app_version,
            occurred_at=note.occurred_at,
            turns=tuple(Turn(row.position, row.speaker, row.text, words_hash(row.text)) for row in turns),
            suggestions=_suggestions(connection, feedback_id, who, blind=blind),
            blind=blind,
        )


def theme_choices(store: Store, kind: str) -> tuple[Choice, ...]:
    """Return the themes of a kind that words can be put into, by name, CHOICES at most. Raises StoreError."""
    wanted = select(ThemeRow.id, ThemeRow.name).where(ThemeRow.kind == kind, ThemeRow.status.in_(STANDING))
    child = aliased(ThemeRow)
    wanted = wanted.where(~select(child.id).where(child.parent_id == ThemeRow.id).exists())
    with store.connect() as connection:
        found = connection.execute(wanted.order_by(ThemeRow.name, ThemeRow.id).limit(CHOICES))
        return tuple(Choice(row.id, row.name) for row in found)


def _suggestions(connection: Connection, feedback_id: str, who: str, *, blind: bool) -> tuple[Suggestion, ...]:
    heard: dict[int, Mapping[str, Any]] = {
        row.id: row._asdict()
        for row in connection.execute(select(SignalRow.__table__).where(SignalRow.feedback_id == feedback_id))
    }
    said = AnnotationRow
    wanted = select(said.__table__).where(said.feedback_id == feedback_id, said.undone_by.is_(None))
    wanted = wanted.where(said.verdict != Verdict.UNDONE.value).order_by(said.id)
    judged = connection.execute(wanted).all()
    last: dict[int | None, Row[Any]] = {}
    for row in judged:
        if blind and row.signal_id is not None and not row.blind and row.before:
            heard.setdefault(row.signal_id, row.before)
        if (row.blind and row.who == who) if blind else row.applied:
            last |= {row.signal_id: row, row.became: row}
            if row.verdict == Verdict.REJECTED and row.before:
                heard.setdefault(row.signal_id, row.before)
    if blind:
        mine = {row.became for row in judged if row.blind and row.who == who}
        heard = {number: row for number, row in heard.items() if row["rule"] != PERSON or number in mine}
    names = _names(connection, heard.values())
    ordered = sorted(heard.values(), key=lambda row: (row["segment"], row["start"], -row["end"], row["kind"]))
    return tuple(_suggestion(connection, row, last.get(row["id"]), names) for row in ordered)


def _suggestion(
    connection: Connection, row: Mapping[str, Any], judged: Row[Any] | None, names: Mapping[int, str]
) -> Suggestion:
    near, customers, many = ((), 0, False) if judged else nearest(connection, row)
    return Suggestion(
        signal_id=row["id"],
        segment=row["segment"],
        kind=row["kind"],
        start=row["start"],
        end=row["end"],
        text=row["text"],
        rule=row["rule"],
        confidence=row["confidence"],
        similarity=row["similarity"],
        theme_id=row["theme_id"],
        theme_name=names.get(row["theme_id"], ""),
        customers=customers,
        many=many,
        near=near,
        verdict=judged.verdict if judged else "",
        who=judged.who if judged else "",
        at=judged.at if judged else None,
        seen=judged.id if judged else 0,
    )


def _names(connection: Connection, rows: Collection[Mapping[str, Any]]) -> dict[int, str]:
    ids = {row["theme_id"] for row in rows} - {None}
    found = connection.execute(select(ThemeRow.id, ThemeRow.name).where(ThemeRow.id.in_(ids)))
    return {row.id: row.name for row in found}
