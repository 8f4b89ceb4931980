"""The analyzer in a process of its own.

A pattern or a parser that holds the interpreter lock for seconds would stop the consumer's heartbeats (measured:
10 s of it cost the membership), and a hung one must be killable. So analysis lives in children. A child works in
chunks; a chunk that fails or takes too long is done again note by note, so that the note to blame stands alone. The
child interrupts itself when it has used too much of the processor, which a busy machine does not make longer; where
that does not help, it is killed and another goes on.
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

NOTE_SECONDS = 1.4
CHUNK_SECONDS = 1.0
"""Of the processor's time; most notes take milliseconds."""
CHARACTERS_A_SECOND = 10_000
"""A long note may take longer, by this measure."""
GRACE_SECONDS = 15.0
SLOWDOWN = 4.0
"""By the clock on the wall a child has so many times its limit, and the grace, before it is killed."""
CHUNK = 64
START_SECONDS = 120.0
ABANDON_SECONDS = 1.0

AnalyzerFactory = Callable[[], "Analyzer"]
"""Builds the analyzer inside the child; must be picklable, such as a function of a module or a partial of one."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A note that could not be analysed, and why. The detail never holds the note's words."""

    reason: Reason
    detail: str


Outcome = Analysis | Failed


@dataclass(frozen=True, slots=True)
class _Limits:
    """Seconds of the processor's time for a chunk and for a note alone, before what their length adds."""

    chunk: float
    note: float

    def seconds(self, notes: Sequence[Feedback]) -> float:
        length = sum(len(segment.text) for note in notes for segment in note.segments)
        return (self.note if len(notes) == 1 else self.chunk) + length / CHARACTERS_A_SECOND


@dataclass(frozen=True, slots=True)
class _At:
    """The child begins on notes ``start`` to ``stop`` and allows itself so many seconds."""

    start: int
    stop: int
    seconds: float


@dataclass(frozen=True, slots=True)
class _Done:
    """What became of the notes from ``start`` on."""

    start: int
    outcomes: list[Outcome]


class _TimeUp(Exception):
    """The child used more of the processor than it may."""


class AnalysisProcess:
    """One child with one analyzer. Work is given with ``start`` and fetched with ``finish``, one batch at a time."""

    def __init__(self, factory: AnalyzerFactory) -> None:
        self._factory = factory
        self._child: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None
        self._notes: Sequence[Feedback] = ()
        self._outcomes: dict[int, Outcome] = {}
        self._from = 0
        self._at = _At(0, 0, 0.0)
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
        self._notes, self._outcomes = list(notes), {}
        self._go_on(0)

    def is_done(self, wait_seconds: float = 0.0) -> bool:
        """Tell whether ``finish`` would return without waiting, but for the child's being replaced."""
        if self._pipe is None or not self._notes:
            return True
        until = monotonic() + wait_seconds
        try:
            while len(self._outcomes) < len(self._notes) and self._pipe.poll(max(0.0, until - monotonic())):
                self._hear()
        except (EOFError, ConnectionResetError):
            return True
        return len(self._outcomes) == len(self._notes) or monotonic() > self._deadline

    def finish(self) -> list[Outcome]:
        """Return one outcome per note of the batch that was started."""
        while len(self._outcomes) < len(self._notes):
            assert self._pipe is not None
            try:
                if not self._pipe.poll(max(0.0, self._deadline - monotonic())):
                    self._replace(Reason.ANALYSIS_TIMEOUT, "analysis took too long and could not be interrupted")
                else:
                    self._hear()
            except (EOFError, ConnectionResetError):
                self._replace(Reason.ANALYSIS_FAILED, "the analysis process died")
        notes, self._notes = self._notes, ()
        return [self._outcomes[at] for at in range(len(notes))]

    def abandon(self) -> None:
        """Forget the batch that was started: wait for its answer for a moment, else end the child."""
        if not self.is_done(ABANDON_SECONDS) or len(self._outcomes) < len(self._notes):
            self._kill()
        self._notes = ()

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

    def _go_on(self, start: int, singly_to: int = 0) -> None:
        """Give the child the notes from ``start`` on, those before ``singly_to`` to be done one by one."""
        if self._pipe is None:
            self.open()
        assert self._pipe is not None
        self._from = start
        rest = self._notes[start:]
        limits = _Limits(CHUNK_SECONDS, NOTE_SECONDS)
        self._at = _At(start, min(len(self._notes), start + CHUNK), 0.0)
        self._deadline = monotonic() + SLOWDOWN * limits.seconds(rest[:CHUNK]) + GRACE_SECONDS
        with contextlib.suppress(BrokenPipeError):
            self._pipe.send((rest, max(0, singly_to - start), limits))

    def _hear(self) -> None:
        """Take one message of the child. Raises EOFError when it is gone."""
        assert self._pipe is not None
        told = self._pipe.recv()
        if isinstance(told, _At):
            self._at = _At(self._from + told.start, self._from + told.stop, told.seconds)
            self._deadline = monotonic() + SLOWDOWN * told.seconds + GRACE_SECONDS
        else:
            first = self._from + told.start
            self._outcomes |= dict(enumerate(told.outcomes, start=first))

    def _replace(self, reason: Reason, detail: str) -> None:
        """End a child that hangs or died; blame the note it worked on, or look at its chunk note by note."""
        self._kill()
        at = self._at
        if at.stop - at.start <= 1:
            self._outcomes[at.start] = Failed(reason, detail)
        ahead = next((number for number in range(len(self._notes)) if number not in self._outcomes), None)
        if ahead is not None:
            self._go_on(ahead, singly_to=at.stop)

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
    signal.signal(signal.SIGPROF, _ring)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            notes, singly, limits = pipe.recv()
            _work(pipe, analyzer, notes, singly, limits)


def _work(pipe: Connection, analyzer: Analyzer, notes: Sequence[Feedback], singly: int, limits: _Limits) -> None:
    at = 0
    while at < len(notes):
        stop = at + 1 if at < singly else min(len(notes), at + CHUNK)
        seconds = limits.seconds(notes[at:stop])
        pipe.send(_At(at, stop, seconds))
        answer = _answer(analyzer, notes[at:stop], seconds)
        if not isinstance(answer, Failed):
            pipe.send(_Done(at, answer))
        elif stop == at + 1:
            pipe.send(_Done(at, [answer]))
        else:
            singly = stop
            continue
        at = stop


def _answer(analyzer: Analyzer, notes: Sequence[Feedback], seconds: float) -> list[Outcome] | Failed:
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        return list(analyzer.analyze(notes))
    except _TimeUp:
        return Failed(Reason.ANALYSIS_TIMEOUT, f"analysis took more than {seconds:.1f} s of the processor")
    except Exception as error:
        signal.setitimer(signal.ITIMER_PROF, 0)
        from nlp.redaction import RedactionFailed

        if isinstance(error, RedactionFailed):
            return Failed(Reason.REDACTION_FAILED, type(error.__cause__ or error).__name__)
        place = traceback.extract_tb(error.__traceback__)[-1]
        return Failed(Reason.ANALYSIS_FAILED, f"{type(error).__name__} in {place.name}, line {place.lineno}")
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _ring(*_: object) -> None:
    raise _TimeUp
