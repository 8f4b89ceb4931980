"""Where a customer is spoken of outside their own notes: records set aside, events, saved searches, answered questions."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, String, cast, delete, or_, select, update

from insights.tables import DeadLetterRow, OutboxRow, QuestionRow, SavedSearchRow
from insights.trust.tombstones import Erased, bury

ERASED = "(erased)"


def remove_letters(connection: Connection, traces: Sequence[str], at: datetime) -> int:
    """Delete records set aside that speak of the customer, and keep their bytes from being set aside again."""
    speaks = [_pattern(trace) for trace in traces]
    gone: list[int] = []
    digests: list[str] = []
    columns = (DeadLetterRow.id, DeadLetterRow.payload, DeadLetterRow.headers, DeadLetterRow.digest)
    after = 0
    while rows := connection.execute(
        select(*columns).where(DeadLetterRow.id > after).order_by(DeadLetterRow.id).limit(200)
    ).all():
        after = rows[-1].id
        for row in rows:
            texts = [*_readings(bytes(row.payload)), str(row.headers)]
            if any(speak.search(text) for speak in speaks for text in texts):
                gone.append(row.id)
                digests.append(row.digest)
    for start in range(0, len(gone), 500):
        connection.execute(delete(DeadLetterRow).where(DeadLetterRow.id.in_(gone[start : start + 500])))
    bury(connection, Erased.PAYLOAD, digests, at)
    return len(gone)


def remove_events(connection: Connection, traces: Sequence[str]) -> int:
    """Delete events, told or not, that speak of the customer or of their notes."""
    removed = 0
    payload = cast(OutboxRow.payload, String)
    for trace in traces:
        written = json.dumps(trace)[1:-1]
        speaks = or_(OutboxRow.aggregateid == trace, payload.contains(trace), payload.contains(written))
        removed += connection.execute(delete(OutboxRow).where(speaks)).rowcount
    return removed


def remove_searches(connection: Connection, traces: Sequence[str]) -> int:
    """Delete saved searches that ask for one of these ids."""
    removed = 0
    for trace in traces:
        asks = or_(SavedSearchRow.link.contains(trace), SavedSearchRow.name.contains(trace))
        removed += connection.execute(delete(SavedSearchRow).where(asks)).rowcount
    return removed


def blank_answers(connection: Connection, notes: Sequence[str]) -> int:
    """Take the words of answers that were given about these notes; one that was chosen from a list says nothing of them."""
    blanked = 0
    for start in range(0, len(notes), 500):
        about = QuestionRow.feedback_id.in_(notes[start : start + 500])
        wanted = select(QuestionRow.id, QuestionRow.answer, QuestionRow.choices).where(about, QuestionRow.answer != "")
        for row in connection.execute(wanted).all():
            if row.answer not in row.choices:
                connection.execute(update(QuestionRow).where(QuestionRow.id == row.id).values(answer=ERASED))
                blanked += 1
    return blanked


def _pattern(trace: str) -> re.Pattern[str]:
    """The trace standing alone, not as a part of a longer id."""
    return re.compile(rf"(?<![0-9A-Za-z]){re.escape(trace)}(?![0-9A-Za-z])")


def _readings(payload: bytes) -> list[str]:
    """The ways in which bytes that nobody could read may spell an id."""
    texts = [payload.decode("utf-8", "replace"), payload.decode("latin-1")]
    texts += [payload[shift:].decode(code, "replace") for code in ("utf-16-le", "utf-16-be") for shift in (0, 1)]
    if b"\\u" in payload:
        texts.append(re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), texts[0]))
    return texts
