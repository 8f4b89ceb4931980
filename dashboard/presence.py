"""Who has which conversation open, on this board: a courtesy that keeps two people off one note. The store does the rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock

STALE = timedelta(minutes=5)


class Presence:
    """Remembers the last conversation each person opened. Safe to share between threads."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock
        self._lock = Lock()
        self._open: dict[str, tuple[str, datetime]] = {}

    def opened(self, who: str, note: str) -> None:
        """Note that a person looks at a conversation now; one they looked at already keeps its time until it is stale."""
        with self._lock:
            before = self._open.get(who)
            if before is None or before[0] != note or self._is_stale(before[1]):
                self._open[who] = (note, self._clock())

    def elsewhere(self, who: str) -> dict[str, tuple[str, datetime]]:
        """Return what others have open: note to who, and since when."""
        with self._lock:
            return {
                note: (name, since)
                for name, (note, since) in self._open.items()
                if name != who and not self._is_stale(since)
            }

    def _is_stale(self, since: datetime) -> bool:
        return self._clock() - since > STALE


presence = Presence()
