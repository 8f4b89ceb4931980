"""The circuit breaker: when too much of a partition cannot be read, stop rather than set everything aside.

One bad record is set aside; a hundred in a row mean that a sender, or this Earshot, is broken, and setting them all
aside would only make more work. The partition is held where it stands, the others go on, and it is tried again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

WINDOW = 1_000
SHARE = 0.05
IN_A_ROW = 100


@dataclass(slots=True)
class _Line:
    """What is known of one partition: the last records, bad ones as True, and where it is held or let through."""

    recent: deque[bool] = field(default_factory=lambda: deque(maxlen=WINDOW))
    held_at: int | None = None
    let_through_to: int = -1


class Breaker:
    """Judges the records of each partition in order; a partition is named by its place, ``topic[partition]``."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}

    def is_stale(self, place: str, start: int) -> bool:
        """True for records that were already on their way when the partition was held: they will come again."""
        held = self._line(place).held_at
        return held is not None and start != held

    def is_held(self, place: str) -> bool:
        return self._line(place).held_at is not None

    def let_through(self, place: str, to: int) -> None:
        """A person has seen it: what stands before offset ``to`` may be set aside."""
        self._line(place).let_through_to = to

    def passes(self, place: str, start: int, bad: Sequence[bool], next_offset: int) -> bool:
        """Judge the records from offset ``start`` on, one flag each. False holds the partition at ``start``."""
        line = self._line(place)
        seen = deque(line.recent, maxlen=WINDOW)
        run = 0
        tripped = False
        for one in reversed(seen):
            if not one:
                break
            run += 1
        for one in bad:
            seen.append(one)
            run = run + 1 if one else 0
            tripped = tripped or run >= IN_A_ROW
        tripped = tripped or sum(seen) > SHARE * WINDOW
        if tripped and next_offset > line.let_through_to:
            line.held_at = start
            return False
        line.held_at = None
        # What a person let through is not held against what follows.
        line.recent = deque(maxlen=WINDOW) if tripped else seen
        return True

    def _line(self, place: str) -> _Line:
        return self._lines.setdefault(place, _Line())
