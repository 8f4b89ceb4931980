"""What discovery and assignment need of the store: signals with their vectors, and the themes that live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, Select, func, select

from insights.counting.evidence import is_evidence
from insights.store import Store
from insights.tables import FeedbackRow, LineageRow, SignalRow, ThemeRow, VectorRow
from insights.themes.status import STANDING, Status

NO_THEME = -1
AT_MOST = 200
"""Vectors of one theme handed to assignment: its pinned ones, then the newest."""


@dataclass(frozen=True, slots=True)
class SignalSet:
    """All evidence of one kind, oldest first. Arrays and tuples have one entry per signal.

    ``vectors`` is float32[n, d]; ``theme_ids`` is int64[n], -1 where the signal waits; ``pinned`` is bool[n].
    """

    ids: NDArray[np.int64]
    vectors: NDArray[np.float32]
    theme_ids: NDArray[np.int64]
    pinned: NDArray[np.bool_]
    texts: tuple[str, ...]
    customers: tuple[str, ...]
    severities: NDArray[np.int64]
    occurred: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class ThemeVectors:
    """Labelled examples for assignment: float32[n, d] and the theme id of each row, int64[n]."""

    vectors: NDArray[np.float32]
    theme_ids: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LiveTheme:
    """A theme that stands. ``size`` counts its signals; a parent has none. ``parent_id`` names a standing theme."""

    id: int
    kind: str
    name: str
    named_by: str
    terms: tuple[str, ...]
    exemplar_signal_id: int | None
    parent_id: int | None
    created_at: datetime
    size: int
    status: Status = Status.LIVE


@dataclass(frozen=True, slots=True)
class Heard:
    """How often a theme was heard, and when first and last."""

    times: int
    first: datetime
    last: datetime


def signals_of(store: Store, kind: str, encoder_id: str) -> SignalSet:
    """Return all evidence of a kind that has a vector of this encoder. Raises StoreError."""
    wanted = _evidence(kind, encoder_id).order_by(SignalRow.occurred_at, SignalRow.id)
    with store.connect() as connection:
        return _signal_set(connection.execute(wanted).all())


def sample_of(
    store: Store, kind: str, encoder_id: str, *, per_theme: int, newest_waiting: int, themes: Sequence[int]
) -> SignalSet:
    """Return the newest waiting evidence of a kind, and the newest of each of these themes. Raises StoreError.

    The cost grows with the number of themes and of waiting signals, not with what was ever heard.
    """
    found: list[Row[Any]] = []
    with store.connect() as connection:
        wanted = _evidence(kind, encoder_id).where(SignalRow.theme_id.is_(None))
        newest = wanted.order_by(SignalRow.occurred_at.desc(), SignalRow.id).limit(newest_waiting)
        found.extend(connection.execute(newest))
        for theme_id in themes:
            typical = _evidence(kind, encoder_id).where(SignalRow.theme_id == theme_id)
            typical = typical.order_by(SignalRow.occurred_at.desc(), SignalRow.id).limit(per_theme)
            found.extend(connection.execute(typical))
    return _signal_set(sorted(found, key=lambda row: (row.occurred_at, row.id)))


def homes_of(store: Store, kind: str) -> dict[int, int]:
    """Return the theme of each signal of a kind that has one. Raises StoreError."""
    wanted = (
        select(SignalRow.id, SignalRow.theme_id)
        .join(ThemeRow, ThemeRow.id == SignalRow.theme_id)
        .where(ThemeRow.kind == kind, ThemeRow.status.in_(STANDING))
    )
    with store.connect() as connection:
        return {row.id: row.theme_id for row in connection.execute(wanted)}


def count_waiting(store: Store, kind: str) -> int:
    """Return how many signals of a kind wait for a theme. Raises StoreError."""
    wanted = select(func.count()).select_from(SignalRow)
    with store.connect() as connection:
        return connection.execute(
            wanted.where(SignalRow.theme_id.is_(None), SignalRow.kind == kind, is_evidence())
        ).scalar_one()


def theme_vectors(store: Store, encoder_id: str, kind: str | None = None) -> ThemeVectors:
    """Return up to AT_MOST labelled vectors of each standing theme. Raises StoreError."""
    order = (SignalRow.pinned.desc(), SignalRow.occurred_at.desc(), SignalRow.id)
    ranked = (
        select(
            SignalRow.id,
            SignalRow.theme_id,
            func.row_number().over(partition_by=SignalRow.theme_id, order_by=order).label("place"),
        )
        .join(ThemeRow, ThemeRow.id == SignalRow.theme_id)
        .where(ThemeRow.status.in_(STANDING), is_evidence())
    )
    if kind is not None:
        ranked = ranked.where(ThemeRow.kind == kind)
    chosen = ranked.subquery()
    wanted = (
        select(chosen.c.theme_id, VectorRow.data)
        .join(VectorRow, VectorRow.signal_id == chosen.c.id)
        .where(chosen.c.place <= AT_MOST, VectorRow.encoder_id == encoder_id)
        .order_by(chosen.c.theme_id, chosen.c.place)
    )
    with store.connect() as connection:
        rows = connection.execute(wanted).all()
    ids = np.array([row.theme_id for row in rows], dtype=np.int64)
    return ThemeVectors(unpack([row.data for row in rows]), ids)


def live_themes(store: Store, kind: str | None = None) -> tuple[LiveTheme, ...]:
    """Return the themes that take signals, by id. Raises StoreError."""
    size = select(func.count()).where(SignalRow.theme_id == ThemeRow.id, is_evidence()).scalar_subquery()
    wanted = select(ThemeRow.__table__, size.label("size")).where(ThemeRow.status.in_(STANDING)).order_by(ThemeRow.id)
    if kind is not None:
        wanted = wanted.where(ThemeRow.kind == kind)
    with store.connect() as connection:
        rows = connection.execute(wanted).all()
    return tuple(
        LiveTheme(
            row.id,
            row.kind,
            row.name,
            row.named_by,
            tuple(row.terms),
            row.exemplar_signal_id,
            row.parent_id,
            row.created_at,
            row.size,
            Status(row.status),
        )
        for row in rows
    )


def heard_of(store: Store, themes: Sequence[int] | None = None) -> dict[int, Heard]:
    """Return when these themes (None: all) were first and last heard, and how often. Raises StoreError."""
    # The ends of an index are looked up, and only the counting reads all of it: a theme of years costs little more than a young one.
    own = select(SignalRow.occurred_at).where(SignalRow.theme_id == ThemeRow.id, is_evidence()).limit(1)
    times = select(func.count()).where(SignalRow.theme_id == ThemeRow.id, is_evidence()).scalar_subquery()
    wanted = select(
        ThemeRow.id,
        times.label("times"),
        own.order_by(SignalRow.occurred_at).scalar_subquery().label("first"),
        own.order_by(SignalRow.occurred_at.desc()).scalar_subquery().label("last"),
    )
    if themes is not None:
        wanted = wanted.where(ThemeRow.id.in_(themes))
    with store.connect() as connection:
        return {row.id: Heard(row.times, row.first, row.last) for row in connection.execute(wanted) if row.times}


def newest_note(store: Store) -> datetime | None:
    """Return when the newest note was said; None when there is none. Raises StoreError."""
    with store.connect() as connection:
        return connection.execute(select(func.max(FeedbackRow.occurred_at))).scalar_one()


def themes_version(store: Store) -> int:
    """Return a number that grows with every change to themes; equal numbers mean equal themes. Raises StoreError."""
    with store.connect() as connection:
        return connection.execute(select(func.coalesce(func.max(LineageRow.id), 0))).scalar_one()


def _evidence(kind: str, encoder_id: str) -> Select[*tuple[Any, ...]]:
    columns = (
        SignalRow.id,
        SignalRow.theme_id,
        SignalRow.pinned,
        SignalRow.text,
        SignalRow.customer,
        SignalRow.severity,
        SignalRow.occurred_at,
        VectorRow.data,
    )
    return (
        select(*columns)
        .join(VectorRow, VectorRow.signal_id == SignalRow.id)
        .where(SignalRow.kind == kind, VectorRow.encoder_id == encoder_id, is_evidence())
    )


def _signal_set(rows: Sequence[Row[Any]]) -> SignalSet:
    return SignalSet(
        ids=np.array([row.id for row in rows], dtype=np.int64),
        vectors=unpack([row.data for row in rows]),
        theme_ids=np.array([NO_THEME if row.theme_id is None else row.theme_id for row in rows], dtype=np.int64),
        pinned=np.array([row.pinned for row in rows], dtype=np.bool_),
        texts=tuple(row.text for row in rows),
        customers=tuple(row.customer for row in rows),
        severities=np.array([row.severity for row in rows], dtype=np.int64),
        occurred=tuple(row.occurred_at for row in rows),
    )


def unpack(data: list[bytes]) -> NDArray[np.float32]:
    """Return stored float16 vectors as float32[n, d]; no vectors give shape (0, 0)."""
    if not data:
        return np.zeros((0, 0), dtype=np.float32)
    return np.frombuffer(b"".join(data), dtype=np.float16).reshape(len(data), -1).astype(np.float32)
