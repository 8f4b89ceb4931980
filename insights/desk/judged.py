"""What people said of signals, as material to learn from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from insights.desk.verdicts import Verdict, words_hash
from insights.store import Store
from insights.tables import AnnotationRow, FeedbackRow, SegmentRow


@dataclass(frozen=True, slots=True)
class Judged:
    """The last word of one person on one signal, with the whole redacted text of its segment.

    ``signal_id`` is None for words the person marked without a suggestion. ``kind``, ``start``, ``end`` stood before,
    the ``corrected_`` ones are what should stand; a rejected signal has the former in both.
    """

    signal_id: int | None
    feedback_id: str
    segment: int
    speaker: str
    text: str
    language: str
    source: str
    kind: str
    start: int
    end: int
    verdict: Verdict
    corrected_kind: str
    corrected_start: int
    corrected_end: int
    who: str
    at: datetime


def judgements(store: Store, since: datetime | None = None) -> tuple[Judged, ...]:
    """Return every judgement that stands, oldest first, or those made after a moment. Raises StoreError.

    What was taken back is left out, and so are judgements on words that their sender has changed since.
    """
    said, note = AnnotationRow, FeedbackRow
    wanted = (
        select(said.__table__, SegmentRow.speaker, SegmentRow.text, note.detected_language, note.source)
        .join(note, note.id == said.feedback_id)
        .join(SegmentRow, (SegmentRow.feedback_id == said.feedback_id) & (SegmentRow.position == said.segment))
        .where(said.undone_by.is_(None), said.verdict != Verdict.UNDONE.value)
        .order_by(said.id)
    )
    if since is not None:
        wanted = wanted.where(said.at > since)
    last: dict[tuple[object, ...], Judged] = {}
    with store.connect() as connection:
        for row in connection.execute(wanted):
            if row.words_hash != words_hash(row.text):
                continue
            place = (row.corrected_kind, row.corrected_start, row.corrected_end)
            key = (row.who, row.feedback_id, row.segment, row.signal_id or place)
            last.pop(key, None)
            last[key] = Judged(
                row.signal_id,
                row.feedback_id,
                row.segment,
                row.speaker,
                row.text,
                row.detected_language,
                row.source,
                row.kind,
                row.start,
                row.end,
                Verdict(row.verdict),
                row.corrected_kind,
                row.corrected_start,
                row.corrected_end,
                row.who,
                row.at,
            )
    return tuple(last.values())
