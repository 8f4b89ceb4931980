"""Notes written on the desk, on their way: through the topic like any other, or straight to the analysis where there is none.

A note is done only when its feedback is stored. A broker that forgets, as the embedded one does, costs a second sending.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from time import monotonic

import structlog

from ingest.feedback import InvalidFeedback, Origin, Received, Rejected
from ingest.publisher import NotPublished, Publisher
from ingest.sources import Batch, Progress
from ingest.wire import Decoder, encode
from insights.delivery.written import Waiting, settle, waiting
from insights.store import Store, Unavailable

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
AGAIN_SECONDS = 30.0
LONGEST_WAIT = 3_600.0


class Courier:
    """Sends written notes to the topic, and again, ever more seldom, until they are stored. Call ``look`` at will."""

    def __init__(
        self,
        store: Store,
        publisher: Publisher,
        *,
        seconds: float = LOOK_SECONDS,
        again: float = AGAIN_SECONDS,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._store = store
        self._publisher = publisher
        self._seconds = seconds
        self._again = again
        self._clock = clock
        self._looked = float("-inf")
        self._next: dict[str, tuple[float, float]] = {}

    def look(self) -> int:
        """Send what is due and close what has arrived; return how many were sent. Raises StoreError.

        A store or a broker that is away is tried again at the next look: nobody else must wait for this.
        """
        if self._clock() - self._looked < self._seconds:
            return 0
        self._looked = self._clock()
        try:
            settle(self._store, datetime.now(UTC))
            open_notes = waiting(self._store)
            due = [note for note in open_notes if self._is_due(note)]
            sent = self._publisher.publish(note.event for note in due) if due else 0
        except (NotPublished, Unavailable) as error:
            log.warning("written notes wait", detail=str(error))
            return 0
        for note in due:
            wait = (
                min(LONGEST_WAIT, 2 * self._next[note.feedback_id][1])
                if note.feedback_id in self._next
                else self._again
            )
            self._next[note.feedback_id] = (self._clock() + wait, wait)
        still = {note.feedback_id for note in open_notes}
        self._next = {note: times for note, times in self._next.items() if note in still}
        return sent

    def _is_due(self, note: Waiting) -> bool:
        return self._clock() >= self._next.get(note.feedback_id, (float("-inf"), 0.0))[0]


class WrittenSource:
    """Written notes as a source: for a deployment without a topic. Ends when none waits."""

    def __init__(
        self, store: Store, decoder: Decoder, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._store = store
        self._decoder = decoder
        self._clock = clock

    def batches(self) -> Iterator[Batch]:
        """Yield what waits, oldest first. A batch that is not stored is not followed by another."""
        seen: set[str] = set()
        while fresh := [note for note in waiting(self._store) if note.feedback_id not in seen]:
            seen |= {note.feedback_id for note in fresh}
            yield self._batch(fresh)

    def keep_alive(self) -> None:
        return

    def ack(self, batch: Batch) -> None:
        del batch
        settle(self._store, self._clock())

    def start_over(self) -> None:
        return

    def hold(self, parts: Sequence[Progress]) -> None:
        del parts

    def close(self) -> None:
        return

    def _batch(self, notes: list[Waiting]) -> Batch:
        items: list[Received] = []
        rejected: list[Rejected] = []
        for note in notes:
            payload, origin = encode(note.event), Origin(f"desk {note.feedback_id}")
            try:
                items.append(Received(self._decoder.decode(payload), payload, origin))
            except InvalidFeedback as error:
                rejected.append(Rejected(error.reason, error.detail, payload, origin))
        return Batch(tuple(items), tuple(rejected))
