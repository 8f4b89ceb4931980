"""The stream's own books, kept in the transaction of the notes: records set aside, and how far each partition is read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Table, update
from sqlalchemy.dialects import postgresql, sqlite

from ingest.feedback import Rejected
from ingest.sources import Progress
from insights.columns import table
from insights.store import Overtaken
from insights.tables import ConsumerOffsetRow, DeadLetterRow
from insights.trust.tombstones import Erased, buried

OFFSET, DEAD_LETTER = table(ConsumerOffsetRow), table(DeadLetterRow)


def set_letters_aside(connection: Connection, letters: Sequence[Rejected], at: datetime) -> None:
    """Keep records that could not be taken in; one delivered again is kept once, one that was erased is not kept."""
    rows = [
        {
            "reason": letter.reason.value,
            "detail": letter.detail,
            "payload": letter.payload,
            "headers": [[name, (value or b"").decode("latin-1")] for name, value in letter.headers],
            "place": letter.origin.place,
            "partition": letter.origin.partition,
            "offset": letter.origin.offset,
            "digest": hashlib.blake2b(letter.payload, digest_size=8).hexdigest(),
            "at": at,
        }
        for letter in letters
    ]
    erased = buried(connection, Erased.PAYLOAD, [str(row["digest"]) for row in rows])
    kept = [row for row in rows if row["digest"] not in erased]
    if kept:
        connection.execute(_insert_new(connection, DEAD_LETTER), kept)


def advance(connection: Connection, part: Progress, at: datetime) -> None:
    """Move a partition's offset by compare-and-set. Raises Overtaken when it is not where this worker began."""
    row = {
        "cluster_id": part.cluster,
        "topic": part.topic,
        "topic_id": part.topic_id,
        "partition": part.partition,
        "next_offset": part.next,
        "end_offset": part.end,
        "updated_at": at,
    }
    here = [OFFSET.c[name] == row[name] for name in ("cluster_id", "topic", "topic_id", "partition")]
    moved = update(OFFSET).where(*here, OFFSET.c.next_offset == part.start).values(row)
    if connection.execute(moved).rowcount == 1:
        return
    first = _insert_new(connection, OFFSET).values(row).returning(OFFSET.c.partition)
    if connection.execute(first).first() is not None:
        return
    raise Overtaken(
        f"{part.topic}[{part.partition}] is no longer at {part.start}: another worker went on; this one must start over"
    )


def _insert_new(connection: Connection, into: Table) -> sqlite.Insert | postgresql.Insert:
    if connection.dialect.name == "sqlite":
        return sqlite.insert(into).on_conflict_do_nothing()
    return postgresql.insert(into).on_conflict_do_nothing()
