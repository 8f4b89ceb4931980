"""Events that other systems sent, on their way: through the topic, or straight to the analysis where there is none.

An event is done only when its feedback is stored. A broker that forgets, as the embedded one does, costs a second sending.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import structlog

from ingest.feedback import InvalidFeedback, Origin, Received, Rejected
from ingest.publisher import NotPublished, Publisher
from ingest.sources import Batch, Progress
from ingest.wire import Decoder, encode
from insights.delivery import intake
from insights.delivery.intake import Waiting
from insights.store import Store, Unavailable

log = structlog.get_logger(__name__)

BATCHES = 20
"""Batches sent at one look: others who share the loop must not wait for long."""
PATIENCE_SECONDS = 5.0

Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


class Carrier:
    """Sends what was taken in to the topic, and again, ever more seldom, until it is stored. Call ``look`` at will."""

    def __init__(self, store: Store, publisher: Publisher, *, clock: Clock = _now) -> None:
        self._store = store
        self._publisher = publisher
        self._clock = clock
        self._not_before: datetime | None = None

    def look(self) -> int:
        """Let go of what has arrived and send what is due; return how many were sent.

        A store or a broker that is away is tried again at a later look: nobody else must wait for this.
        """
        now = self._clock()
        if self._not_before and now < self._not_before:
            return 0
        self._not_before = None
        carried = 0
        try:
            intake.settle(self._store)
            for _ in range(BATCHES):
                events = intake.due(self._store, now)
                if not events:
                    break
                self._publisher.publish(one.event for one in events)
                intake.sent(self._store, events, now)
                carried += len(events)
        except (NotPublished, Unavailable) as error:
            log.warning("events taken in wait", detail=str(error))
            self._not_before = datetime.fromtimestamp(now.timestamp() + PATIENCE_SECONDS, UTC)
        return carried


class IntakeSource:
    """What was taken in as a source: for a deployment without a topic. Ends when nothing is due."""

    def __init__(self, store: Store, decoder: Decoder, *, clock: Clock = _now) -> None:
        self._store = store
        self._decoder = decoder
        self._clock = clock

    def batches(self) -> Iterator[Batch]:
        """Yield what is due, oldest first. A batch that is not stored comes again after a while."""
        while events := intake.due(self._store, self._clock()):
            intake.sent(self._store, events, self._clock())
            yield self._batch(events)

    def keep_alive(self) -> None:
        return

    def ack(self, batch: Batch) -> None:
        del batch
        intake.settle(self._store)

    def start_over(self) -> None:
        return

    def hold(self, parts: Sequence[Progress]) -> None:
        del parts

    def close(self) -> None:
        return

    def _batch(self, events: Sequence[Waiting]) -> Batch:
        items: list[Received] = []
        rejected: list[Rejected] = []
        for one in events:
            payload, origin = encode(one.event), Origin("intake", offset=one.id)
            try:
                items.append(Received(self._decoder.decode(payload), payload, origin))
            except InvalidFeedback as error:
                rejected.append(Rejected(error.reason, error.detail, payload, origin))
        return Batch(tuple(items), tuple(rejected))
