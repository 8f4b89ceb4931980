"""Segments that people judged to the end: what to learn from."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from insights.desk.judged import Judged, judgements
from insights.desk.verdicts import Verdict
from insights.store import Store
from insights.tables import AnnotationRow, SignalRow
from nlp.signals import SignalKind

CHUNK = 500


@dataclass(frozen=True, slots=True)
class AnnotatedSegment:
    """A segment's redacted words and the labels, with offsets, of every signal in it that people let stand.

    Labels are those of the training sentences: a job is a ``want`` or a ``purpose``, advice to others a ``tip``.
    """

    feedback_id: str
    segment: int
    speaker: str
    text: str
    source: str
    marks: tuple[tuple[str, int, int], ...]


def segments(store: Store) -> tuple[AnnotatedSegment, ...]:
    """Return the segments in which every signal was judged, in order of the first judgement. Raises StoreError.

    A segment with a signal nobody spoke of yet is left out: silence would be taken for a no.
    """
    said: dict[tuple[str, int], list[Judged]] = {}
    for one in judgements(store):
        said.setdefault((one.feedback_id, one.segment), []).append(one)
    standing = _standing(store, sorted({note for note, _ in said}))
    found = []
    for (note, place), judged in said.items():
        signals = standing.get((note, place), [])
        spoken_of = {one.signal_id for one in judged} | {
            (one.corrected_kind, one.corrected_start, one.corrected_end) for one in judged
        }
        if any(
            number not in spoken_of and (kind, start, end) not in spoken_of for number, kind, start, end, _ in signals
        ):
            continue
        first = judged[0]
        marks = tuple(sorted({(label, start, end) for _, _, start, end, label in signals}, key=lambda mark: mark[1:]))
        found.append(AnnotatedSegment(note, place, first.speaker, first.text, first.source, marks))
    return tuple(found)


def count(store: Store) -> int:
    """Return how many segments have a judgement that stands. Raises StoreError."""
    row = AnnotationRow
    places = (
        select(row.feedback_id, row.segment)
        .where(row.undone_by.is_(None), row.verdict != Verdict.UNDONE.value)
        .distinct()
        .subquery()
    )
    with store.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(places)).scalar_one())


def _standing(store: Store, notes: list[str]) -> dict[tuple[str, int], list[tuple[int, str, int, int, str]]]:
    row = SignalRow
    found: dict[tuple[str, int], list[tuple[int, str, int, int, str]]] = {}
    with store.connect() as connection:
        for at in range(0, len(notes), CHUNK):
            wanted = select(
                row.id, row.feedback_id, row.segment, row.kind, row.start, row.end, row.rule, row.slots
            ).where(row.feedback_id.in_(notes[at : at + CHUNK]))
            for one in connection.execute(wanted):
                label = _label(one.kind, one.rule, [name for name, *_ in one.slots])
                found.setdefault((one.feedback_id, one.segment), []).append(
                    (one.id, one.kind, one.start, one.end, label)
                )
    return found


def _label(kind: str, rule: str, slots: list[str]) -> str:
    if kind == SignalKind.JOB:
        return "purpose" if "purpose" in slots else "want"
    return "tip" if rule == "tip" else kind
