"""A care desk whose customers speak of known subjects: notes with vectors that lie round one direction per subject."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

import numpy as np
from sqlalchemy import select, update

from insights.delivery.writer import Home, write
from insights.store import Store
from insights.tables import LineageRow, SignalRow, ThemeRow
from insights.themes.known import signals_of
from tests.insights.notes import analysis, feedback, signal

ENCODER = "test-4"
NOW = datetime(2026, 9, 30, 12, tzinfo=UTC)
SAID = (
    "The lock does not open",
    "My refund never arrived",
    "Brakes squeal in the rain",
    "Battery drains within an hour",
    "Invoice shows the wrong address",
    "Nobody answers the phone",
    "Helmet came broken",
    "Password mail never comes",
    "Saddle slips down",
    "Map shows bikes that are gone",
    "Child seat wobbles",
    "Courier left the parcel outside",
)
_DIMENSIONS = 48


def directions(groups: int = 0) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """One direction per subject; with ``groups``, subjects of a group lean towards a common one."""
    random = np.random.default_rng(5)
    own = np.linalg.qr(random.normal(size=(_DIMENSIONS, _DIMENSIONS)))[0]
    found = own[: len(SAID)].copy()
    if groups:
        found += 0.9 * own[[len(SAID) + at % groups for at in range(len(SAID))]]
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def hear(
    store: Store,
    subjects: Sequence[int],
    *,
    tag: str,
    at: datetime = NOW,
    homes: Sequence[Home] = (),
    encoder: str = ENCODER,
    groups: int = 0,
    received: datetime | None = None,
    customers: Sequence[str] = (),
) -> list[int]:
    """Store one note per entry, an hour apart up to ``at``, each saying that subject's words; return the signal ids."""
    random = np.random.default_rng(crc32(tag.encode()))
    rows = directions(groups)[list(subjects)] + random.normal(scale=0.05, size=(len(subjects), _DIMENSIONS))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    notes = []
    for place, subject in enumerate(subjects):
        text = f"{SAID[subject]} for {tag} {place}."
        note = feedback(
            f"{tag}-{place}",
            text,
            occurred_at=at - timedelta(hours=len(subjects) - 1 - place),
            customer_key=customers[place] if customers else f"{tag}-{place}",
        )
        notes.append(analysis(note, [signal(text)], vectors=[rows[place].tolist()], encoder_id=encoder))
    write(store, notes, [[home] for home in homes] or [[Home(None, 0.0)]] * len(notes), received_at=received or at)
    found = signals_of(store, "pain", encoder)
    ids = {text: int(key) for text, key in zip(found.texts, found.ids, strict=True)}
    return [ids[note.signals[0].text] for note in notes]


def homes(store: Store) -> dict[int, int | None]:
    """Every signal's theme."""
    with store.connect() as connection:
        return {row.id: row.theme_id for row in connection.execute(select(SignalRow.id, SignalRow.theme_id))}


def themes(store: Store) -> dict[int, dict[str, Any]]:
    """Every theme's row, by id."""
    with store.connect() as connection:
        return {row.id: row._asdict() for row in connection.execute(select(ThemeRow.__table__))}


def empty(store: Store) -> None:
    """Take everything out of the store."""
    with store.begin() as connection:
        connection.execute(update(LineageRow).values(undone_by=None))
        tables = ThemeRow.metadata.tables
        for name in [
            "setting",
            "proposal",
            "lineage_member",
            "lineage",
            "outbox",
            "vector",
            "signal",
            "segment",
            "feedback",
        ]:
            connection.execute(tables[name].delete())
        connection.execute(update(ThemeRow).values(parent_id=None, merged_into=None))
        connection.execute(tables["theme"].delete())
