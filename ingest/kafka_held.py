"""Partitions that stand still on purpose: for a while, or for as long as this worker lives."""

from __future__ import annotations

import math
import time

from kafka import TopicPartition

FOR_GOOD = math.inf


class Held:
    """Which partitions are held, and until when."""

    def __init__(self) -> None:
        self._until: dict[TopicPartition, float] = {}

    def __contains__(self, place: object) -> bool:
        return place in self._until

    def __len__(self) -> int:
        return len(self._until)

    def keep(self, place: TopicPartition, seconds: float) -> None:
        self._until[place] = time.monotonic() + seconds

    def due(self) -> list[TopicPartition]:
        """Let go of those whose time has come, and return them."""
        found = [place for place, until in self._until.items() if time.monotonic() >= until]
        for place in found:
            del self._until[place]
        return found

    def start_anew(self) -> None:
        """The client is new and reads every partition from the store's offset: only what is held for good stays so."""
        self._until = {place: until for place, until in self._until.items() if until == FOR_GOOD}
