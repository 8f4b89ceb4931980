"""A batch becomes knowledge: analyse, give every signal its theme, write it all in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from ingest.feedback import Received, Rejected
from ingest.sources import Batch, Progress
from insights.delivery import incidents
from insights.delivery.incidents import IncidentKind
from insights.delivery.writer import Written, write
from insights.store import Store, StoreError
from nlp.analysis import Analysis
from pipelines.analysis_process import AnalysisPool, AnalysisProcess, Failed, Outcome
from pipelines.breaker import Breaker
from pipelines.homes import ThemeIndex

log = structlog.get_logger(__name__)

WRITE_PATIENCE = 2.0
"""Seconds in which a busy store is tried again at once; after that the loop waits, and keeps its source alive."""


@dataclass(slots=True)
class Ticket:
    """A batch in work, and the process that works on it; then its analyses, and the parts that are held back."""

    batch: Batch
    process: AnalysisProcess
    outcomes: list[Outcome] | None = None
    held: tuple[Progress, ...] | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """What was written, how far the source may be told, and the parts that were held back."""

    written: Written
    batch: Batch
    held: tuple[Progress, ...] = ()


class Processor:
    """Takes batches in, finishes them in the order in which they came.

    Up to ``workers`` batches are analysed at once, one a process, while the oldest is being written.
    """

    def __init__(
        self, store: Store, pool: AnalysisPool, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._store = store
        self._pool = pool
        self._clock = clock
        self._themes = ThemeIndex(store)
        self._breaker = Breaker()
        self._told: set[str] | None = None

    @property
    def workers(self) -> int:
        return len(self._pool)

    def begin(self, batch: Batch) -> Ticket:
        """Start on a batch. The caller finishes the oldest before more than ``workers`` are in work."""
        ticket = Ticket(batch, self._pool.next())
        if batch.items:
            ticket.process.start([item.feedback for item in batch.items])
        return ticket

    def is_done(self, ticket: Ticket, wait_seconds: float = 0.0) -> bool:
        return not ticket.batch.items or ticket.outcomes is not None or ticket.process.is_done(wait_seconds)

    def finish(self, ticket: Ticket) -> Finished:
        """Wait for the analyses and store them.

        Raises Overtaken when another worker has the partition, and Unavailable when the store does not take it now:
        the ticket may then be finished again.
        """
        if ticket.outcomes is None:
            ticket.outcomes = ticket.process.finish() if ticket.batch.items else []
        analyses: list[Analysis] = []
        received: list[Received] = []
        rejected: list[Rejected] = list(ticket.batch.rejected)
        for item, outcome in zip(ticket.batch.items, ticket.outcomes, strict=True):
            if isinstance(outcome, Failed):
                rejected.append(item.reject(outcome.reason, outcome.detail))
            else:
                analyses.append(outcome)
                received.append(item)
        if ticket.held is None:
            ticket.held = self._judge(ticket.batch, received, rejected)
        held = ticket.held
        if held:
            logs = {(part.log, part.partition) for part in held}
            kept = [(item.origin.place, item.origin.partition) not in logs for item in received]
            analyses = [analysis for analysis, keep in zip(analyses, kept, strict=True) if keep]
            received = [item for item, keep in zip(received, kept, strict=True) if keep]
            rejected = [item for item in rejected if (item.origin.place, item.origin.partition) not in logs]
        progress = tuple(part for part in ticket.batch.progress if part not in held)
        written = write(
            self._store,
            analyses,
            self._themes.homes(analyses),
            rejected,
            progress,
            received_at=self._clock(),
            received=received,
            patience=WRITE_PATIENCE,
        )
        return Finished(written, Batch((), (), progress), held)

    def abandon(self, tickets: Sequence[Ticket]) -> None:
        """Forget batches in work; their source will hand them out again."""
        for ticket in tickets:
            if ticket.batch.items and ticket.outcomes is None:
                ticket.process.abandon()

    def _judge(self, batch: Batch, received: Sequence[Received], rejected: Sequence[Rejected]) -> tuple[Progress, ...]:
        """Return the parts of a batch that the breaker holds back, and tell people of it."""
        flags: defaultdict[tuple[str, int], list[tuple[int, bool]]] = defaultdict(list)
        for bad, items in ((False, received), (True, rejected)):
            for item in items:
                flags[item.origin.place, item.origin.partition].append((item.origin.offset, bad))
        held: list[Progress] = []
        for part in batch.progress:
            records = [bad for _, bad in sorted(flags[part.log, part.partition])]
            if self._breaker.is_stale(part.place, part.start) or not self._passes(part, records):
                held.append(part)
        return tuple(held)

    def _passes(self, part: Progress, bad: Sequence[bool]) -> bool:
        if self._told is None:
            self._told = {one.place for one in incidents.unsettled(self._store) if one.kind is IncidentKind.BREAKER}
        if self._breaker.is_held(part.place) and part.place in self._told and not self._is_open(part.place):
            self._breaker.let_through(part.place, part.end if part.end is not None else part.next)
        passes = self._breaker.passes(part.place, part.start, bad, part.next)
        try:
            if passes and part.place in self._told:
                incidents.settle(self._store, IncidentKind.BREAKER, part.place, self._clock())
                self._told.discard(part.place)
            elif not passes:
                log.error("breaker_open", place=part.place, offset=part.start, bad=sum(bad), of=len(bad))
                incidents.record(
                    self._store, IncidentKind.BREAKER, part.place, _held(part, sum(bad), len(bad)), self._clock()
                )
                self._told.add(part.place)
        except StoreError as error:
            log.error("incident_not_kept", place=part.place, error=str(error))
        return passes

    def _is_open(self, place: str) -> bool:
        return any(one.place == place and one.kind is IncidentKind.BREAKER for one in incidents.unsettled(self._store))


def _held(part: Progress, bad: int, of: int) -> str:
    return (
        f"{bad} of the {of} records from offset {part.start} on cannot be read; nothing was skipped. Mend the sender or "
        "install the Earshot that reads them, or close this incident to have them set aside"
    )
