"""A Kafka client that hangs, hands out nothing or chokes: calls with a deadline, faults that are counted, and back-off."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

HUNG_SECONDS = 30.0
STALLED_SECONDS = 60.0
HANGS_ALLOWED = 2
UNREADABLE_TRIES = 3
BACKOFF_SECONDS = (0.3, 30.0)

log = structlog.get_logger(__name__)


class Hung(RuntimeError):
    """A call of the Kafka client did not come back."""


class Stuck(RuntimeError):
    """The client hung again and again although it was built anew each time; a fresh process may fare better."""


class Unreadable(RuntimeError):
    """The log holds bytes that this machine cannot unpack; the message names the mend. Nothing was skipped."""


class Watchdog:
    """Counts the faults in a row, over all clients that were built, and knows how long none handed out a record."""

    def __init__(self) -> None:
        self._hangs = self._unreadable = 0
        self._since = time.monotonic()

    def fed(self) -> None:
        """Records came: what went wrong before is forgiven."""
        self._hangs = self._unreadable = 0
        self.start_anew()

    def start_anew(self) -> None:
        """Nothing can be asked for now, or the client is new: its time starts here."""
        self._since = time.monotonic()

    def is_due(self) -> bool:
        """True once in STALLED_SECONDS without a record: time to ask whether some wait."""
        if time.monotonic() - self._since < STALLED_SECONDS:
            return False
        self.start_anew()
        return True

    def hung(self, how: str) -> None:
        """Count a hang. Raises Stuck after too many in a row."""
        self._hangs += 1
        log.error("consumer_hung", how=how, times=self._hangs)
        if self._hangs > HANGS_ALLOWED:
            raise Stuck(
                f"the Kafka client hung {self._hangs} times in a row ({how}); the worker ends, so that whoever watches it "
                "starts it anew"
            )

    def unreadable(self, topic: str, error: Exception) -> None:
        """Count records that could not be unpacked. Raises Unreadable when they cannot be time and again."""
        self._unreadable += 1
        log.error("records_unreadable", error=type(error).__name__, times=self._unreadable)
        if self._unreadable >= UNREADABLE_TRIES:
            raise Unreadable(
                f"records of {topic} cannot be unpacked ({type(error).__name__}: {error}); install the codecs "
                "(kafka-python[crc32c,lz4,snappy,zstd]), or look at the broker's disk if they are damaged"
            ) from error


def backoff(failures: int) -> float:
    """Return the seconds to wait after so many failures in a row: none, then ever longer, never two workers alike."""
    first, longest = BACKOFF_SECONDS
    return min(longest, first * 2 ** min(failures - 2, 10)) * random.uniform(0.5, 1.0) if failures > 1 else 0.0


@contextmanager
def deadline(seconds: float, what: str) -> Iterator[None]:
    """Raise Hung inside the block when it takes longer. Needs the main thread, where a worker reads; elsewhere no limit."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_: object) -> None:
        raise Hung(f"{what} took longer than {seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
