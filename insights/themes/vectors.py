"""Which encoders' vectors the store holds, and adding those of one more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, func, insert, select

from insights.counting.evidence import GATHERED, is_evidence
from insights.store import Store
from insights.tables import SignalRow, VectorRow

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Words:
    """What a signal's vector is made of."""

    signal_id: int
    text: str
    product: str


def held(store: Store) -> dict[str, int]:
    """Return how many signals have a vector, by encoder id. Raises StoreError."""
    wanted = select(VectorRow.encoder_id, func.count().label("number")).group_by(VectorRow.encoder_id)
    wanted = wanted.order_by(VectorRow.encoder_id)
    with store.connect() as connection:
        return {row.encoder_id: row.number for row in connection.execute(wanted)}


def lacking(store: Store, encoder_id: str, *, after: int = -1, limit: int = 1_000) -> tuple[Words, ...]:
    """Return the next signals without a vector of this encoder, by id from beyond ``after``. Raises StoreError."""
    wanted = _without(select(SignalRow.id, SignalRow.text, SignalRow.product), encoder_id)
    wanted = wanted.where(SignalRow.id > after).order_by(SignalRow.id).limit(limit)
    with store.connect() as connection:
        return tuple(Words(row.id, row.text, row.product) for row in connection.execute(wanted))


def count_lacking(store: Store, encoder_id: str) -> int:
    """Return how many signals have no vector of this encoder. Raises StoreError."""
    with store.connect() as connection:
        without = _without(select(SignalRow.id), encoder_id).subquery()
        return connection.execute(select(func.count()).select_from(without)).scalar_one()


def add(store: Store, encoder_id: str, signals: Sequence[int], vectors: NDArray[np.float32]) -> int:
    """Store vectors, float32[n, d], one per signal; signals that are gone or have theirs are passed over. Raises StoreError."""
    packed = {signal: row.astype(np.float16).tobytes() for signal, row in zip(signals, vectors, strict=True)}
    added = 0
    with store.begin() as connection:
        for start in range(0, len(signals), _AT_ONCE):
            # A note may be replaced while its signals are encoded; those that stand are held until the commit.
            some = SignalRow.id.in_(signals[start : start + _AT_ONCE])
            still = _without(select(SignalRow.id), encoder_id).where(some).with_for_update(key_share=True, of=SignalRow)
            rows = [
                {"signal_id": signal, "encoder_id": encoder_id, "data": packed[signal]}
                for signal in connection.execute(still).scalars()
            ]
            if rows:
                connection.execute(insert(VectorRow), rows)
            added += len(rows)
    return added


def _without(wanted: Select[*tuple[Any, ...]], encoder_id: str) -> Select[*tuple[Any, ...]]:
    has = select(VectorRow.signal_id).where(VectorRow.signal_id == SignalRow.id, VectorRow.encoder_id == encoder_id)
    gathered = SignalRow.kind.in_([kind.value for kind in GATHERED])
    return wanted.where(~has.exists(), gathered, is_evidence())
