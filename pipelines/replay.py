"""Dead letters read again without a broker: the same decoder, the same analysis, the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from ingest.feedback import InvalidFeedback, Origin, Received
from ingest.sources import ListSource
from ingest.wire import Decoder
from insights.delivery import dead_letters
from insights.delivery.feedback import known_ids
from insights.store import Store
from insights.trust.people import Person
from pipelines.process import Processor
from pipelines.run import drain

AT_ONCE = 200


def take_in(store: Store, ids: Sequence[int], processor: Processor, decoder: Decoder, *, by: Person) -> int:
    """Read dead letters again; return how many were stored. The others stay as they are. Raises NotAllowed, StoreError.

    Marked only once they are stored: a crash in between reads them again, which changes nothing.
    """
    taken = 0
    for start in range(0, len(ids), AT_ONCE):
        readable: dict[int, Received] = {}
        for one in ids[start : start + AT_ONCE]:
            letter = dead_letters.payload(store, one)
            if letter is None:
                continue
            try:
                feedback = decoder.decode(letter.payload)
            except InvalidFeedback:
                continue
            readable[one] = Received(feedback, letter.payload, Origin("dead letter", offset=one), letter.headers)
        drain(_Again(tuple(readable.values())), processor)
        stored = known_ids(store, [item.feedback.id for item in readable.values()])
        done = [one for one, item in readable.items() if item.feedback.id in stored]
        taken += dead_letters.mark_taken_in(store, done, by=by, at=datetime.now(UTC))
    return taken


class _Again(ListSource):
    """One batch of records, with the bytes they came in."""

    def __init__(self, received: Sequence[Received]) -> None:
        super().__init__(())
        self._items = tuple(received)
