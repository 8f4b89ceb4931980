"""What commands print: progress bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

PLAIN_SECONDS = 5.0


class Meter(Protocol):
    """Something that is told how far a piece of work has come."""

    def at(self, done: int) -> None:
        """``done`` units of the work are finished, in all."""
        ...


@contextmanager
def meter(what: str, total: int | None = None) -> Iterator[Meter]:
    """Show progress of ``what``: a bar on a terminal, otherwise a line every few seconds."""
    if console.is_terminal:
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=console, transient=True) as bars:
            yield _Bar(bars, what, total)
    else:
        yield _Lines(what, total)


class _Bar:
    def __init__(self, bars: Progress, what: str, total: int | None) -> None:
        self._bars = bars
        self._task = bars.add_task(what, total=total)

    def at(self, done: int) -> None:
        self._bars.update(self._task, completed=done)


class _Lines:
    def __init__(self, what: str, total: int | None) -> None:
        self._what = what
        self._total = f" of {total:,}" if total else ""
        self._spoken = monotonic()

    def at(self, done: int) -> None:
        if monotonic() - self._spoken >= PLAIN_SECONDS:
            self._spoken = monotonic()
            console.print(f"{self._what}: {done:,}{self._total}")
            sys.stdout.flush()
