"""Verdicts, and what they mean for a note that is delivered again: they stand as long as its words are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from hashlib import blake2b

from sqlalchemy import Connection, select

from insights.delivery.rows import Note, Row
from insights.tables import AnnotationRow

AT_ONCE = 500
PERSON = "person"
"""The rule of signals that people made."""


class Verdict(StrEnum):
    """What a person said of a signal. The values are stored; never rename one."""

    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    REJECTED = "rejected"
    ADDED = "added"
    UNDONE = "undone"


def words_hash(text: str) -> str:
    """Return 16 hex digits over a segment's words: what a judgement was made on."""
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


def as_judged(connection: Connection, notes: Sequence[Note], kept: Mapping[int, Row]) -> list[Note]:
    """Return newer versions of notes with what people said of them before applied; ``kept`` are their signals until now.

    What a person took away stays away while its segment reads the same; what a person marked stands while its words are
    where they were. The rest is new, and can be judged anew.
    """
    gone = _taken_away(connection, [note.id for note in notes])
    theirs: dict[str, list[Row]] = {}
    for row in kept.values():
        if row["rule"] == PERSON:
            theirs.setdefault(row["feedback_id"], []).append(row)
    return [_with(note, gone, theirs.get(note.id, [])) for note in notes]


def _with(note: Note, gone: Mapping[int, str], theirs: Sequence[Row]) -> Note:
    texts = {row["position"]: row["text"] for row in note.segments}
    hashes = {position: words_hash(text) for position, text in texts.items()} if gone else {}
    said = note.feedback
    of_note = {"occurred_at": said["occurred_at"], "week": said["week"], "product": said["product"]}
    of_note["customer"] = said["customer_key"] or note.id
    mine = {
        row["id"]: row | of_note
        for row in theirs
        if texts.get(row["segment"], "")[row["start"] : row["end"]] == row["text"]
    }
    signals = {
        row["id"]: row for row in note.signals if row["id"] not in gone or gone[row["id"]] != hashes[row["segment"]]
    } | mine
    vectors = tuple(row for row in note.vectors if row["signal_id"] in signals)
    return replace(note, signals=tuple(signals[key] for key in sorted(signals)), vectors=vectors)


def _taken_away(connection: Connection, notes: Sequence[str]) -> dict[int, str]:
    """Return the signals that people rejected or replaced, with the hash of the words they judged; the last word wins."""
    said = AnnotationRow
    gone: dict[int, str] = {}
    for start in range(0, len(notes), AT_ONCE):
        wanted = (
            select(said.signal_id, said.became, said.words_hash)
            .where(said.feedback_id.in_(notes[start : start + AT_ONCE]))
            .where(said.applied, said.undone_by.is_(None), said.verdict != Verdict.UNDONE.value)
            .order_by(said.id)
        )
        for signal, became, judged in connection.execute(wanted):
            if signal is not None and became != signal:
                gone[signal] = judged
            if became is not None:
                gone.pop(became, None)
    return gone
