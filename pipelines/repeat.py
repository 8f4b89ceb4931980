"""Work done again and again until it is asked to stop; a round that fails is told of and does not end them."""

from __future__ import annotations

import time
from collections.abc import Callable

LOOK = 0.5
"""Seconds after which a request to stop is noticed at the latest, between two rounds."""


def repeat(
    work: Callable[[], None],
    *,
    minutes: float,
    stopped: Callable[[], bool],
    told: Callable[[Exception], None],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Do ``work``, wait so many minutes, and go on until ``stopped``. The work in hand is finished first."""
    while not stopped():
        try:
            work()
        except (OSError, RuntimeError) as error:  # what Earshot's own errors are; a bug ends the rounds
            told(error)
        due = clock() + 60 * minutes
        while not stopped() and (left := due - clock()) > 0:
            sleep(min(LOOK, left))
