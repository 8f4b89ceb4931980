"""Analyzers that misbehave, for the tests of the process that must survive them. They run in the child."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Sequence

import numpy as np

from ingest.feedback import Feedback
from nlp.analysis import Analysis
from nlp.redaction import RedactionFailed


class Troubled:
    """Understands nothing, quickly; a note that says so crashes it, hangs it, or cannot be redacted."""

    def analyze(self, notes: Sequence[Feedback]) -> list[Analysis]:
        for note in notes:
            words = note.segments[0].text
            if words == "crash":
                raise ValueError("no luck")
            if words == "die":
                os._exit(3)
            if words == "hang":
                time.sleep(60)
            if words == "hang deaf":
                _spin_through_alarms(60)
            if words == "evil":
                re.fullmatch(r"(a+)+b", "a" * 40)
            if words == "unsafe":
                raise RedactionFailed("no")
        return [Analysis(note, (), np.zeros((0, 4), np.float32), "none", "en", unread=False) for note in notes]


def _spin_through_alarms(seconds: float) -> None:
    """Like a library's own code that never comes back to Python: the alarm is not heard."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGPROF})
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        pass


def troubled() -> Troubled:
    return Troubled()


def unloadable() -> Troubled:
    raise OSError("the weights are gone")
