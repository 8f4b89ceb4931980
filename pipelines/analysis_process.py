"""The analyzer in a process of its own.

A pattern or a parser that holds the interpreter lock for seconds would stop the consumer's heartbeats (measured:
10 s of it cost the membership), and a hung one must be killable. So analysis lives in children; a batch that
fails or takes too long is halved until the note to blame stands alone.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle
from multiprocessing.connection import Connection
from time import monotonic
from typing import TYPE_CHECKING

from ingest.feedback import Feedback, Reason
from nlp.analysis import Analysis

if TYPE_CHECKING:  # the language libraries are loaded in the child only
    from nlp.analyzer import Analyzer

NOTE_SECONDS = 2.0
START_SECONDS = 120.0

AnalyzerFactory = Callable[[], "Analyzer"]
"""Builds the analyzer inside the child; must be picklable, such as a function of a module or a partial of one."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A note that could not be analysed, and why. The detail never holds the note's words."""

    reason: Reason
    detail: str


Outcome = Analysis | Failed


class AnalysisProcess:
    """One child with one analyzer. Work is given with ``start`` and fetched with ``finish``, one batch at a time."""

    def __init__(self, factory: AnalyzerFactory) -> None:
        self._factory = factory
        self._child: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None
        self._notes: Sequence[Feedback] = ()
        self._deadline = 0.0

    def launch(self) -> None:
        """Start the child; it loads its analyzer while others are launched."""
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._child = context.Process(target=_serve, args=(theirs, self._factory), daemon=True, name="earshot-analysis")
        self._child.start()
        theirs.close()

    def open(self) -> None:
        """Wait until the child's analyzer is loaded. Raises RuntimeError with what the child said."""
        if self._pipe is None:
            self.launch()
        assert self._pipe is not None
        if not self._pipe.poll(START_SECONDS):
            self.close()
            raise RuntimeError(f"the analyzer did not load within {START_SECONDS:.0f} s; run `earshot doctor`")
        try:
            ready = self._pipe.recv()
        except EOFError:
            ready = "the analysis process ended while loading"
        if ready is not True:
            self.close()
            raise RuntimeError(f"{ready}; run `earshot doctor`")

    def start(self, notes: Sequence[Feedback]) -> None:
        """Hand a batch to the child and return at once."""
        if self._pipe is None:
            self.open()
        self._notes = notes
        self._deadline = monotonic() + NOTE_SECONDS * max(1, len(notes))
        self._send(notes)

    def is_done(self, wait_seconds: float = 0.0) -> bool:
        """Tell whether ``finish`` would return without waiting."""
        return self._pipe is None or self._pipe.poll(wait_seconds) or monotonic() > self._deadline

    def finish(self) -> list[Outcome]:
        """Return one outcome per note of the batch that was started."""
        notes, self._notes = self._notes, ()
        answer = self._receive()
        if not isinstance(answer, Failed):
            return answer
        if len(notes) == 1:
            return [answer]
        middle = len(notes) // 2
        return self._analyze(notes[:middle]) + self._analyze(notes[middle:])

    def close(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._child is not None:
            self._child.join(timeout=1)
            if self._child.is_alive():
                self._child.kill()
                self._child.join()
            self._child = None

    def _analyze(self, notes: Sequence[Feedback]) -> list[Outcome]:
        self.start(notes)
        return self.finish()

    def _send(self, notes: Sequence[Feedback]) -> None:
        assert self._pipe is not None
        with contextlib.suppress(BrokenPipeError):
            self._pipe.send(list(notes))

    def _receive(self) -> list[Outcome] | Failed:
        assert self._pipe is not None
        if not self._pipe.poll(max(0.0, self._deadline - monotonic())):
            self._kill()
            return Failed(Reason.ANALYSIS_TIMEOUT, f"analysis took longer than {NOTE_SECONDS:.0f} s a note")
        try:
            answer: list[Outcome] | Failed = self._pipe.recv()
        except (EOFError, ConnectionResetError):
            self._kill()
            return Failed(Reason.ANALYSIS_FAILED, "the analysis process died")
        return answer

    def _kill(self) -> None:
        if self._child is not None:
            self._child.kill()
        self.close()


class AnalysisPool:
    """Some analysis processes that take turns; open while the ``with`` block runs."""

    def __init__(self, factory: AnalyzerFactory, size: int = 1) -> None:
        self._processes = [AnalysisProcess(factory) for _ in range(size)]
        self._turns = cycle(self._processes)

    def __len__(self) -> int:
        return len(self._processes)

    def next(self) -> AnalysisProcess:
        return next(self._turns)

    def __enter__(self) -> AnalysisPool:
        for process in self._processes:
            process.launch()
        for process in self._processes:
            process.open()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.close()


def _serve(pipe: Connection, factory: AnalyzerFactory) -> None:
    """The child's loop: a batch in, its analyses out, until the parent closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        analyzer = factory()
    except Exception as error:
        pipe.send(f"the analyzer could not be loaded: {error}")
        return
    pipe.send(True)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            notes = pipe.recv()
            pipe.send(_answer(analyzer, notes))


def _answer(analyzer: Analyzer, notes: Sequence[Feedback]) -> list[Analysis] | Failed:
    from nlp.redaction import RedactionFailed

    try:
        return analyzer.analyze(notes)
    except RedactionFailed as error:
        return Failed(Reason.REDACTION_FAILED, type(error.__cause__ or error).__name__)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return Failed(Reason.ANALYSIS_FAILED, f"{type(error).__name__} in {place.name}, line {place.lineno}")
