"""How fast one source may send."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic


class Pace:
    """A bucket per source that holds one second's worth and refills evenly."""

    def __init__(self, per_second: int, clock: Callable[[], float] = monotonic) -> None:
        self._rate = float(per_second)
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}

    def wait(self, source: str) -> float:
        """Take one post from the source's bucket; return 0, or the seconds until there is one to take."""
        now = self._clock()
        left, at = self._left.get(source, (self._rate, now))
        left = min(self._rate, left + (now - at) * self._rate)
        short = left < 1
        self._left[source] = (left if short else left - 1, now)
        return (1 - left) / self._rate if short else 0.0
