"""Evidence as packed records: what counting needs of a signal or a note, 64 bytes each.

A place is where a record counts: a theme's id; NOTES for notes themselves; or the pool of waiting signals of a kind.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from insights.counting.evidence import GATHERED

FACETS = ("product", "plan", "region", "detected_language", "channel", "app_version", "customer_kind", "currency")
"""Fields of a note that evidence is told apart by, in the order of their columns."""

NOTES = 0
WAITING = {kind.value: -1 - at for at, kind in enumerate(GATHERED)}
NOWHERE = -100
"""Compensation and hand-offs, which gather into no theme."""

HEAD = ("id", "note", "customer", "moment", "severity", "case", "late", "minutes", "given")
RECORD = np.dtype(
    [("id", "<i8"), ("note", "<i8"), ("customer", "<i8"), ("moment", "<i8"), ("severity", "u1")]
    + [("case", "<i8"), ("late", "u1"), ("minutes", "<f4"), ("given", "<f4")]
    + [(name, "<u2") for name in FACETS]
)
"""``id`` is the signal's (a note's own number for NOTES); ``moment`` counts seconds since 1970; a facet's 0 is "not given".

``case``: the number of the conversation, or of the note; ``late``: weeks after its own in which it came in, at most 255;
``minutes`` of handling; ``given``: refund and credit together.
"""
LATEST = 255

Records = NDArray[np.void]


@lru_cache(maxsize=200_000)
def hashed(key: str) -> int:
    """Return 63 bits of BLAKE2b over a key: the number of a note, or of a customer."""
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") >> 1


def place_of(theme_id: int | None, kind: str | None) -> int:
    """Return where a signal counts."""
    return theme_id if theme_id is not None else WAITING.get(kind or "", NOWHERE)


def told_of_note(row: Any) -> tuple[int, int, float, float]:
    """Return case, late, minutes and given of a row of feedback. A note of a later day than its arrival is not late."""
    weeks = (row.received_at.date() - row.note_week).days // 7
    given = np.float32((row.refund or 0.0) + (row.credit or 0.0))
    case = hashed(f"{row.source}/{row.conversation_id}" if row.conversation_id else row.note_id)
    return case, min(LATEST, max(0, weeks)), float(np.float32(row.handle_minutes or 0.0)), float(given)


def unpack(data: bytes) -> Records:
    return np.frombuffer(data, dtype=RECORD)
