"""Write one batch: notes, signals, vectors, dead letters and offsets, all of it or nothing.

1. notes: the newest delivery of each record stays, in whatever order they come;
2. dead letters: once per place;
3. offsets: compare-and-set, so that a worker that was overtaken changes nothing;
4. commit. Only then may the source be told.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Select, Table, delete, insert, select, text, update
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, StatementError

from ingest.feedback import Received, Rejected
from ingest.sources import Progress
from insights.columns import table
from insights.delivery.books import advance, set_letters_aside
from insights.delivery.rows import Home, Note, Row, note, order_of, refused
from insights.desk.verdicts import as_judged
from insights.listening.waiting_questions import give
from insights.store import Store, Unavailable
from insights.tables import FeedbackRow, SegmentRow, SignalRow, ThemeRow, VectorRow
from insights.themes.status import STANDING
from insights.trust.tombstones import Erased, buried

if TYPE_CHECKING:  # the analyzer brings its language libraries along; writing needs only its result
    from nlp.analyzer import Analysis

__all__ = ["Home", "Written", "write"]

FEEDBACK, SEGMENT, SIGNAL, VECTOR = (table(row) for row in (FeedbackRow, SegmentRow, SignalRow, VectorRow))

T = TypeVar("T")
AT_ONCE = 500
"""Ids in one IN list."""
PATIENCE_SECONDS = 15.0
RACES_ALLOWED = 3
CURATION_LOCK = 0x6561_7273_686F_7401
"""Advisory lock on PostgreSQL: writers share it, curation holds it alone. SQLite has one writer anyway."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a batch: notes new, replaced by a newer version, and left alone; records set aside."""

    stored: int
    updated: int
    unchanged: int
    set_aside: int


def write(
    store: Store,
    analyses: Sequence[Analysis],
    homes: Sequence[Sequence[Home]],
    rejected: Sequence[Rejected] = (),
    progress: Sequence[Progress] = (),
    *,
    received_at: datetime,
    received: Sequence[Received] = (),
    patience: float = PATIENCE_SECONDS,
) -> Written:
    """Write a batch in one transaction. ``homes`` has one row per analysis and one Home per signal.

    A database that is locked, restarting or busy is tried again for ``patience`` seconds. A note that the database
    refuses becomes a dead letter ``store_refused``, with its own bytes when ``received`` (one per analysis) has them.
    Raises Overtaken, Unavailable, and ValueError for homes that do not fit or name a theme that never was.
    """
    notes = _newest(note(analysis, row, received_at) for analysis, row in zip(analyses, homes, strict=True))
    bytes_of = {item.feedback.id: item for item in received}
    spoken = {analysis.feedback.id: analysis.feedback for analysis in analyses}
    deadline = time.monotonic() + patience
    races = 0
    for attempt in range(1_000):
        try:
            with store.begin() as connection:
                batch = _Batch(connection, bisect_races=races >= RACES_ALLOWED)
                batch.store_notes(notes)
                set_aside = [refused(spoken[key], bytes_of.get(key), error) for key, error in batch.refused]
                letters = [*rejected, *set_aside]
                set_letters_aside(connection, letters, received_at)
                for part in progress:
                    advance(connection, part, received_at)
            seen_twice = len(analyses) - len(notes)
            return Written(batch.stored, batch.updated, batch.unchanged + seen_twice, len(letters))
        except IntegrityError:
            # Another worker stored the same note between our look and our insert: look again.
            races += 1
            if races > RACES_ALLOWED:
                raise
        except Unavailable:
            if time.monotonic() >= deadline:
                raise
        time.sleep(min(2.0, 0.05 * 2 ** min(attempt, 6)) * random.uniform(0.5, 1.0))
    raise Unavailable("the store stayed busy; nothing of this batch was written")


def _newest(notes: Iterable[Note]) -> list[Note]:
    """Return one note per id, the newest, ordered by id so that two workers never wait for each other in a ring."""
    best: dict[str, Note] = {}
    for found in notes:
        if found.id not in best or found.order > best[found.id].order:
            best[found.id] = found
    return [best[key] for key in sorted(best)]


class _Batch:
    """The notes of one transaction."""

    def __init__(self, connection: Connection, *, bisect_races: bool) -> None:
        self._connection = connection
        self._refusals = (DataError, StatementError, UnicodeError, OverflowError)
        self._bisect_races = bisect_races
        self.stored = self.updated = self.unchanged = 0
        self.refused: list[tuple[str, Exception]] = []

    def store_notes(self, notes: Sequence[Note]) -> None:
        """Store notes; when the database refuses, halve until the refused ones stand alone."""
        if not notes:
            return
        try:
            with self._connection.begin_nested():
                counts = _store(self._connection, notes)
        except self._refusals as error:
            if not self._is_refusal(error):
                raise
            if len(notes) == 1:
                self.refused.append((notes[0].id, error))
                return
            middle = len(notes) // 2
            self.store_notes(notes[:middle])
            self.store_notes(notes[middle:])
            return
        self.stored += counts[0]
        self.updated += counts[1]
        self.unchanged += counts[2]

    def _is_refusal(self, error: Exception) -> bool:
        if isinstance(error, IntegrityError):
            return self._bisect_races
        return not isinstance(error, DBAPIError) or isinstance(error, DataError)


def _store(connection: Connection, notes: Sequence[Note]) -> tuple[int, int, int]:
    wanted = _not_erased(connection, notes)
    known = _known_orders(connection, [found.id for found in wanted])
    fresh = [found for found in wanted if found.id not in known]
    newer = [found for found in wanted if found.id in known and found.order > known[found.id]]
    themes = _standing_themes(connection, [row["theme_id"] for found in (*fresh, *newer) for row in found.signals])
    kept = _forget(connection, [found.id for found in newer])
    newer = as_judged(connection, newer, kept)
    _insert(connection, FEEDBACK, [found.feedback for found in fresh])
    for found in newer:
        connection.execute(update(FEEDBACK).where(FEEDBACK.c.id == found.id), found.feedback)
    written = [*fresh, *newer]
    _insert(connection, SEGMENT, [row for found in written for row in found.segments])
    signals = [_housed(row, themes, kept) for found in written for row in found.signals]
    _insert(connection, SIGNAL, signals)
    _insert(connection, VECTOR, [row for found in written for row in found.vectors])
    if signals:
        give(connection, signals, written[0].feedback["received_at"])
    return len(fresh), len(newer), len(notes) - len(written)


def _not_erased(connection: Connection, notes: Sequence[Note]) -> list[Note]:
    """Leave out what a tombstone stands for; it counts as unchanged."""
    customers = [str(found.feedback["customer_key"]) for found in notes]
    gone = buried(connection, Erased.CUSTOMER, [key for key in customers if key])
    gone_notes = buried(connection, Erased.NOTE, [found.id for found in notes])
    return [
        found for found, key in zip(notes, customers, strict=True) if key not in gone and found.id not in gone_notes
    ]


def _known_orders(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[int, datetime, str]]:
    columns = (
        FEEDBACK.c.id,
        FEEDBACK.c.version,
        FEEDBACK.c.occurred_at,
        FEEDBACK.c.content_hash,
        FEEDBACK.c.clock_clamped,
    )
    known: dict[str, tuple[int, datetime, str]] = {}
    for some in _in_parts(ids):
        wanted: Select[Any] = select(*columns).where(FEEDBACK.c.id.in_(some)).order_by(FEEDBACK.c.id)
        for row in connection.execute(wanted.with_for_update()):
            known[row.id] = order_of(row.version, row.occurred_at, row.content_hash, row.clock_clamped)
    return known


def _standing_themes(connection: Connection, wanted: Iterable[int | None]) -> dict[int, int | None]:
    """Return where each theme id leads today: to itself, along its redirects, or (retired) to nowhere."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": CURATION_LOCK})
    asked = {theme for theme in wanted if theme is not None}
    seen: dict[int, tuple[str, int | None]] = {}
    ahead = set(asked)
    while ahead:
        for some in _in_parts(sorted(ahead)):
            found = select(ThemeRow.id, ThemeRow.status, ThemeRow.merged_into).where(ThemeRow.id.in_(some))
            seen |= {row.id: (row.status, row.merged_into) for row in connection.execute(found)}
        if lost := ahead - seen.keys():
            raise ValueError(f"no theme ever had the id {min(lost)}; load the themes again before assigning")
        ahead = {to for _, to in seen.values() if to is not None} - seen.keys()
    standing: dict[int, int | None] = {}
    for theme in asked:
        end: int | None = theme
        while end is not None and seen[end][1] is not None:
            end = seen[end][1]
        standing[theme] = end if end is not None and seen[end][0] in STANDING else None
    return standing


def _forget(connection: Connection, ids: Sequence[str]) -> dict[int, Row]:
    """Delete the segments and signals of notes that are about to be replaced; return their signals."""
    kept: dict[int, Row] = {}
    for some in _in_parts(ids):
        for row in connection.execute(select(SIGNAL).where(SIGNAL.c.feedback_id.in_(some))):
            kept[row.id] = row._asdict()
        connection.execute(delete(SIGNAL).where(SIGNAL.c.feedback_id.in_(some)))
        connection.execute(delete(SEGMENT).where(SEGMENT.c.feedback_id.in_(some)))
    return kept


def _housed(row: Row, themes: dict[int, int | None], kept: dict[int, Row]) -> Row:
    """Return a signal with its theme: where it already was, if it says the same; else where its home leads."""
    before = kept.get(row["id"])
    if before and (before["pinned"] or (before["text"] == row["text"] and before["theme_id"] is not None)):
        return row | {name: before[name] for name in ("theme_id", "similarity", "pinned")}
    theme = None if row["theme_id"] is None else themes[row["theme_id"]]
    return row if theme == row["theme_id"] else row | {"theme_id": theme}


def _insert(connection: Connection, into: Table, rows: Sequence[Row]) -> None:
    if rows:
        connection.execute(insert(into), rows)


def _in_parts(values: Sequence[T]) -> Iterable[Sequence[T]]:
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))
