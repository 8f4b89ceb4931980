"""Searching by meaning: the words of a search as a vector, and the themes and signals that lie near it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from insights import facts
from insights.board.behind import Behind, select_behind
from insights.counting.counted import Counted
from insights.counting.filters import ThemeQuery
from insights.counting.packing import hashed
from insights.store import Store
from insights.tables import SignalRow, ThemeRow, VectorRow
from insights.themes import vectors
from insights.themes.known import unpack
from insights.themes.status import STANDING
from nlp.encoders import Encoder, EncoderKind, EncoderMissing, open_encoder
from nlp.settings import LanguageSettings
from nlp.signal_vectors import SignalEncoder
from nlp.static_encoder import StaticEncoder

NEAR_THEMES, NEWEST, WAITING_NEWEST = 4, 150, 200
THEME_CLOSE, NOTE_CLOSE = 0.35, 0.5
"""Least cosine of a theme's typical words, and of a signal's, to the words of a search; read off the shipped notes."""


class Meaning:
    """Turns words into vectors of the kind the store holds. Loading takes a second or two: keep one."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = SignalEncoder(encoder)
        self.encoder_id = self._encoder.encoder_id

    def of(self, text: str) -> NDArray[np.float32]:
        """Return the unit vector of a text, float32[d]."""
        vector: NDArray[np.float32] = self._encoder.encode([text], [""])[0]
        return vector


def open_meaning(store: Store, settings: LanguageSettings) -> Meaning | None:
    """Load the encoder that the store's vectors are of; None before the first note, or where its weights are missing.

    Raises StoreError.
    """
    kept = facts.recall(store, "encoder:published")
    kind: EncoderKind = settings.encoder
    if kept:
        kind = kept["now"]["kind"]
    elif held := vectors.held(store):
        most = max(held, key=lambda known: held[known])
        kind = "static" if most.startswith(StaticEncoder.encoder_id) else "semantic"
    try:
        return Meaning(open_encoder(kind, settings.model_dir))
    except EncoderMissing:
        return None


def near_themes(connection: Connection, vector: NDArray[np.float32], encoder_id: str, kind: str = "") -> list[int]:
    """Return the standing themes whose typical words are close to a vector, the closest first."""
    wanted = (
        select(ThemeRow.id, VectorRow.data)
        .join(VectorRow, VectorRow.signal_id == ThemeRow.exemplar_signal_id)
        .where(ThemeRow.status.in_(STANDING), VectorRow.encoder_id == encoder_id)
        .order_by(ThemeRow.id)
    )
    rows = connection.execute(wanted.where(ThemeRow.kind == kind) if kind else wanted).all()
    if not rows:
        return []
    likeness = unpack([row.data for row in rows]) @ vector
    order = np.argsort(-likeness, kind="stable")[:NEAR_THEMES]
    return [rows[at].id for at in order if likeness[at] >= THEME_CLOSE]


def near_notes(
    connection: Connection,
    known: Counted,
    vector: NDArray[np.float32],
    encoder_id: str,
    themes: Sequence[int],
    query: ThemeQuery,
    today: date,
) -> dict[int, tuple[str, int]]:
    """Return where notes say something close to a vector, by note number, the closest first.

    Looked for among the newest signals of the nearest themes, and of those that wait for a theme.
    """
    asked = [(Behind(theme=theme, query=query), NEWEST) for theme in themes]
    asked.append((Behind(waiting=True, query=query), WAITING_NEWEST))
    ids = []
    for behind, newest in asked:
        found_here = select_behind(connection, known, behind, today)
        ids += [int(one) for one in found_here.ids[found_here.newest(newest)[:newest]]]
    wanted = (
        select(SignalRow.feedback_id, SignalRow.segment, VectorRow.data)
        .join(VectorRow, VectorRow.signal_id == SignalRow.id)
        .where(SignalRow.id.in_(ids), VectorRow.encoder_id == encoder_id)
    )
    rows = connection.execute(wanted).all() if ids else []
    if not rows:
        return {}
    likeness = unpack([row.data for row in rows]) @ vector
    found: dict[int, tuple[str, int]] = {}
    for at in np.argsort(-likeness, kind="stable"):
        if likeness[at] < NOTE_CLOSE:
            break
        found.setdefault(hashed(rows[at].feedback_id), (rows[at].feedback_id, rows[at].segment))
    return found
