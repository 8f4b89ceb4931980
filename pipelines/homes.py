"""Which theme a new signal joins, by the themes as the store has them now."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

import numpy as np

from insights.delivery.writer import Home
from insights.store import Store
from insights.themes.known import theme_vectors, themes_version
from nlp.analysis import Analysis
from nlp.assignment import Assigner
from nlp.signals import SignalKind

CHECK_SECONDS = 2.0


class ThemeIndex:
    """Assigners by kind, made again when the store's themes have changed. Arrival never changes a theme."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._assigners: dict[tuple[SignalKind, str], Assigner | None] = {}
        self._version = -1
        self._checked = float("-inf")

    def homes(self, analyses: Sequence[Analysis]) -> list[list[Home]]:
        """Return one Home per signal of each analysis; no theme near enough means the signal waits."""
        self._follow()
        found = [[Home(None, 0.0)] * len(analysis.signals) for analysis in analyses]
        places: dict[tuple[SignalKind, str], list[tuple[int, int]]] = {}
        for note, analysis in enumerate(analyses):
            for at, signal in enumerate(analysis.signals):
                places.setdefault((signal.kind, analysis.encoder_id), []).append((note, at))
        for (kind, encoder_id), signals in places.items():
            assigner = self._assigner(kind, encoder_id)
            if assigner is None:
                continue
            ids, similarities = assigner.assign(np.stack([analyses[note].vectors[at] for note, at in signals]))
            for (note, at), theme_id, similarity in zip(signals, ids, similarities, strict=True):
                found[note][at] = Home(int(theme_id) if theme_id >= 0 else None, float(similarity))
        return found

    def _follow(self) -> None:
        if monotonic() - self._checked < CHECK_SECONDS:
            return
        self._checked = monotonic()
        version = themes_version(self._store)
        if version != self._version:
            self._version = version
            self._assigners.clear()

    def _assigner(self, kind: SignalKind, encoder_id: str) -> Assigner | None:
        key = (kind, encoder_id)
        if key not in self._assigners:
            known = theme_vectors(self._store, encoder_id, kind.value)
            self._assigners[key] = Assigner(known.vectors, known.theme_ids) if len(known.theme_ids) else None
        return self._assigners[key]
