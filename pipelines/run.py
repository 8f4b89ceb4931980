"""One loop for every source: files, lists and Kafka differ only in where a batch comes from and what ``ack`` does."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from time import monotonic, sleep

import structlog

from ingest.sources import Source
from insights.delivery.writer import Written
from insights.store import Overtaken, Unavailable
from pipelines.process import Finished, Processor, Ticket

log = structlog.get_logger(__name__)

KEEP_ALIVE_SECONDS = 0.5
RETRY_SECONDS = (0.3, 60.0)


@dataclass(slots=True)
class Tally:
    """What a run did. ``unchanged`` counts records that were known already."""

    stored: int = 0
    updated: int = 0
    unchanged: int = 0
    set_aside: int = 0

    @property
    def seen(self) -> int:
        return self.stored + self.updated + self.unchanged + self.set_aside

    def add(self, written: Written) -> None:
        self.stored += written.stored
        self.updated += written.updated
        self.unchanged += written.unchanged
        self.set_aside += written.set_aside


def drain(
    source: Source,
    processor: Processor,
    *,
    limit: int | None = None,
    timeout: float | None = None,
    stop: Callable[[], bool] = lambda: False,
    on_progress: Callable[[Tally], None] = lambda _: None,
    meanwhile: Callable[[], object] = lambda: None,
    patience: float = 60.0,
) -> Tally:
    """Read, process and store until the source ends, ``limit`` records are done, ``timeout`` seconds passed, or ``stop``.

    The order for each batch:

    1. the analyses are made in another process, while this one keeps the source alive;
    2. one transaction writes notes, signals, dead letters and the offsets, by compare-and-set;
    3. only then is the source told (``ack``).

    ``meanwhile`` is called between batches, also while none comes. A store that does not take a batch is tried again
    for ``patience`` seconds, ever more seldom; then Unavailable is raised, and nothing of the batch is written.

    A crash before 2 replays the batch; a crash after it replays nothing, or finds everything already known.
    """
    tally = Tally()
    working: deque[Ticket] = deque()
    started = monotonic()

    def over() -> bool:
        return (
            stop()
            or (limit is not None and tally.seen >= limit)
            or (timeout is not None and monotonic() - started > timeout)
        )

    def finish_oldest() -> None:
        ticket = working[0]
        while not processor.is_done(ticket, KEEP_ALIVE_SECONDS):
            if stop():
                return
            source.keep_alive()
        try:
            finished = stored(ticket)
        except Overtaken as error:
            log.warning("overtaken", detail=str(error))
            processor.abandon(working)
            working.clear()
            source.start_over()
            return
        if finished is None:
            return
        working.popleft()
        tally.add(finished.written)
        source.hold(finished.held)
        source.ack(finished.batch)
        on_progress(tally)

    def stored(ticket: Ticket) -> Finished | None:
        """Store a batch, again and again while the store does not take it; None when asked to stop meanwhile."""
        gives_up = monotonic() + patience
        first, longest = RETRY_SECONDS
        for attempt in count():
            try:
                return processor.finish(ticket)
            except Unavailable as error:
                wait = min(longest, first * 2 ** min(attempt, 10)) * random.uniform(0.5, 1.0)
                if monotonic() + wait > gives_up:
                    raise
                log.warning("store_unavailable", detail=str(error), again_in=round(wait, 1))
            again = monotonic() + wait
            while monotonic() < again and not stop():
                source.keep_alive()
                sleep(min(KEEP_ALIVE_SECONDS, max(0.0, again - monotonic())))
            if stop():
                return None
        return None

    try:
        for batch in source.batches():
            if len(batch):
                working.append(processor.begin(batch))
            while working and (len(working) >= processor.workers or not len(batch)) and not stop():
                finish_oldest()
            meanwhile()
            if over():
                break
        while working and not stop():
            finish_oldest()
        processor.abandon(working)
    finally:
        source.close()
    return tally
