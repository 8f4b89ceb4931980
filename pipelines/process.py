"""A batch becomes knowledge: analyse, give every signal its theme, write it all in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.feedback import Received, Rejected
from ingest.sources import Batch
from insights.store import Store
from insights.writer import Written, write
from nlp.analysis import Analysis
from pipelines.analysis_process import AnalysisPool, AnalysisProcess, Failed
from pipelines.homes import ThemeIndex


@dataclass(slots=True)
class Ticket:
    """A batch in work, and the process that works on it."""

    batch: Batch
    process: AnalysisProcess


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
        return not ticket.batch.items or ticket.process.is_done(wait_seconds)

    def finish(self, ticket: Ticket) -> Written:
        """Wait for the analyses and store them. Raises Overtaken when another worker has the partition."""
        batch = ticket.batch
        outcomes = ticket.process.finish() if batch.items else []
        analyses: list[Analysis] = []
        received: list[Received] = []
        rejected: list[Rejected] = list(batch.rejected)
        for item, outcome in zip(batch.items, outcomes, strict=True):
            if isinstance(outcome, Failed):
                rejected.append(item.reject(outcome.reason, outcome.detail))
            else:
                analyses.append(outcome)
                received.append(item)
        homes = self._themes.homes(analyses)
        return write(
            self._store, analyses, homes, rejected, batch.progress, received_at=self._clock(), received=received
        )

    def abandon(self, tickets: Sequence[Ticket]) -> None:
        """Forget batches in work; their source will hand them out again."""
        for ticket in tickets:
            if ticket.batch.items:
                ticket.process.finish()
