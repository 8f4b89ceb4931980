"""Evidence as packed records: what counting needs of a signal or a note, 45 bytes each.

A place is where a record counts: a theme's id; NOTES for notes themselves; or the pool of waiting signals of a kind.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from insights.counting.evidence import GATHERED

FACETS = ("product", "plan", "region", "detected_language", "channel", "app_version", "customer_kind")
"""Fields of a note that a reader may filter by, in the order of their columns."""

NOTES = 0
WAITING = {kind.value: -1 - at for at, kind in enumerate(GATHERED)}
NOWHERE = -100
"""Compensation and hand-offs, which gather into no theme."""

RECORD = np.dtype(
    [("id", "<i8"), ("note", "<i8"), ("customer", "<i8"), ("moment", "<i8"), ("severity", "u1")]
    + [(name, "<u2") for name in FACETS]
)
"""``id`` is the signal's (a note's own number for NOTES); ``moment`` counts seconds since 1970; a facet's 0 is "not given"."""

Records = NDArray[np.void]


@lru_cache(maxsize=200_000)
def hashed(key: str) -> int:
    """Return 63 bits of BLAKE2b over a key: the number of a note, or of a customer."""
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") >> 1


def place_of(theme_id: int | None, kind: str | None) -> int:
    """Return where a signal counts."""
    return theme_id if theme_id is not None else WAITING.get(kind or "", NOWHERE)


def unpack(data: bytes) -> Records:
    return np.frombuffer(data, dtype=RECORD)
