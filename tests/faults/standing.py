"""What the store holds, asked and compared by the fault tests."""

from __future__ import annotations

import hashlib

from sqlalchemy import func, select

from insights.store import Store, Unavailable
from insights.tables import ConsumerOffsetRow, DeadLetterRow, FeedbackRow, SegmentRow, SignalRow, VectorRow

WHEN = {"received_at"}
"""When a row was written, which differs from run to run."""


def notes(store: Store) -> int:
    return _count(store, FeedbackRow)


def letters(store: Store) -> int:
    return _count(store, DeadLetterRow)


def read_to(store: Store) -> int:
    """The sum of the offsets of all partitions: how many records were read in all."""
    with store.connect() as connection:
        return int(connection.execute(select(func.coalesce(func.sum(ConsumerOffsetRow.next_offset), 0))).scalar_one())


def table_hash(store: Store) -> str:
    """One hash over everything known, without the times of writing."""
    total = hashlib.blake2b(digest_size=16)
    with store.connect() as connection:
        for row in (FeedbackRow, SegmentRow, SignalRow, VectorRow):
            columns = [column for column in row.__table__.c if column.name not in WHEN]
            for found in sorted(repr(tuple(one)) for one in connection.execute(select(*columns))):
                total.update(found.encode())
        for digest in sorted(map(tuple, connection.execute(select(DeadLetterRow.digest, DeadLetterRow.reason)))):
            total.update(repr(digest).encode())
    return total.hexdigest()


def _count(store: Store, row: type[FeedbackRow] | type[DeadLetterRow]) -> int:
    try:
        with store.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(row)).scalar_one())
    except Unavailable:
        return -1
