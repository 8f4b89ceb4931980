"""Stopping in order: the first signal asks, the work in hand is finished."""

from __future__ import annotations

import signal


class StopSignal:
    """Becomes true at the first SIGINT or SIGTERM: the batch in work is finished, then the command ends."""

    def __init__(self) -> None:
        self._asked = False
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self._ask)

    def __call__(self) -> bool:
        return self._asked

    def _ask(self, *_: object) -> None:
        self._asked = True
