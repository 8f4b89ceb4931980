"""What one refresh hands to the next: how many there were, at which granularity, and how much there was to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from insights import facts
from insights.store import Store
from nlp.discovery import Communities
from nlp.lineage import IdentityState

ALWAYS_THOROUGH = 3_000
THOROUGH_AFTER = 0.1
_REMEMBERED = 8


@dataclass(frozen=True, slots=True)
class Memory:
    """``signals`` is how many there were at the last thorough refresh, ``at`` when the latest refreshes were."""

    encoder_id: str
    identity: IdentityState = IdentityState()  # noqa: RUF009  (frozen)
    signals: int = 0
    at: tuple[datetime, ...] = ()

    def calls_for_thorough(self, signals: int) -> bool:
        """Tell whether all signals must be looked at: at the start, while they are few, and when a tenth is new."""
        grown = signals - self.signals >= THOROUGH_AFTER * self.signals
        return self.identity.provisional or signals <= ALWAYS_THOROUGH or grown

    def waited(self, occurred: Sequence[datetime]) -> NDArray[np.int64]:
        """Return how many of the remembered refreshes came after each moment, int64[n]."""
        moments = np.array([moment.timestamp() for moment in occurred])
        refreshes = np.array(sorted(moment.timestamp() for moment in self.at))
        return (len(refreshes) - np.searchsorted(refreshes, moments)).astype(np.int64)

    def after(self, fresh: Communities | None, signals: int, at: datetime) -> Memory:
        """Return the memory after a refresh; ``fresh`` is what a thorough one found."""
        remembered = replace(self, at=(*self.at, at)[-_REMEMBERED:])
        return (
            remembered if fresh is None else replace(remembered, identity=self.identity.after(fresh), signals=signals)
        )


def recall(store: Store, kind: str, encoder_id: str) -> Memory:
    """Return the memory of a kind. Another encoder starts with resolutions of its own. Raises StoreError."""
    kept = facts.recall(store, f"identity:{kind}")
    if not kept:
        return Memory(encoder_id)
    same = kept.get("encoder_id", encoder_id) == encoder_id
    return Memory(
        encoder_id,
        IdentityState(kept["refreshes"], tuple(kept["resolutions"]) if same else ()),
        kept.get("signals", 0) if same else 0,
        tuple(datetime.fromisoformat(moment) for moment in kept.get("at", ())),
    )


def keep(store: Store, kind: str, memory: Memory) -> None:
    """Keep the memory of a kind. Raises StoreError."""
    value = {
        "refreshes": memory.identity.refreshes,
        "resolutions": memory.identity.resolutions,
        "encoder_id": memory.encoder_id,
        "signals": memory.signals,
        "at": [moment.isoformat() for moment in memory.at],
    }
    facts.keep(store, f"identity:{kind}", value)
