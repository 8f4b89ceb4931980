"""What was erased must not come back: hashes of customers, of notes and of payloads that are refused when they come again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, insert, select

from insights.tables import TombstoneRow

AT_ONCE = 500


class Erased(StrEnum):
    """What a tombstone stands for: a customer's keyed hash, a note's id, the digest of a record's bytes."""

    CUSTOMER = "customer"
    NOTE = "note"
    PAYLOAD = "payload"


def bury(connection: Connection, kind: Erased, keys: Iterable[str], at: datetime) -> int:
    """Set tombstones; return how many are new."""
    wanted = sorted(set(keys))
    fresh = [key for key in wanted if key not in buried(connection, kind, wanted)]
    if fresh:
        connection.execute(insert(TombstoneRow), [{"kind": kind.value, "key": key, "at": at} for key in fresh])
    return len(fresh)


def buried(connection: Connection, kind: Erased, keys: Sequence[str]) -> set[str]:
    """Return those of the keys that have a tombstone."""
    found: set[str] = set()
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        wanted = select(TombstoneRow.key).where(TombstoneRow.kind == kind.value, TombstoneRow.key.in_(some))
        found.update(connection.execute(wanted).scalars())
    return found
