"""What goes onto the topic in the fault tests: unique notes, some of them twice, and poison between them."""

from __future__ import annotations

import random
from dataclasses import dataclass

from ingest.feedback import feedback_id
from ingest.publisher import Publisher
from ingest.settings import IngestSettings
from ingest.wire import encode
from tests.ingest.poison import GOOD

AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Load:
    """How much was published. Poison is different each time, so each is a dead letter of its own."""

    unique: int
    duplicates: int
    poison: int

    @property
    def records(self) -> int:
        return self.unique + self.duplicates + self.poison


def note(number: int) -> dict[str, object]:
    return GOOD | {
        "external_id": f"n-{number:07}",
        "customer_id": f"c-{number % 997}",
        "segments": [{"speaker": "customer", "text": f"The app logs me out every {number % 5_003} minutes."}],
    }


def publish(
    settings: IngestSettings, count: int, *, start: int = 0, twice: float = 0.1, poison: float = 0.01, seed: int = 7
) -> Load:
    """Publish ``count`` notes in a shuffled order; a repetition lands on another partition."""
    chance = random.Random(seed)
    messages: list[tuple[str, bytes, tuple[tuple[str, bytes], ...]]] = []
    for number in range(start, start + count):
        event = note(number)
        messages.append((feedback_id("desk", str(event["external_id"])), encode(event), ()))
    again = chance.sample(messages, int(count * twice))
    messages += [(f"again-{chance.random()}", body, ()) for _, body, _ in again]
    bad = [
        (f"poison-{chance.random()}", b'{"source": "desk", "number": %d, ' % (start + at), ())
        for at in range(int(count * poison))
    ]
    messages += bad
    chance.shuffle(messages)
    with Publisher(settings) as publisher:
        for first in range(0, len(messages), AT_ONCE):
            publisher.send(messages[first : first + AT_ONCE])
    return Load(count, len(again), len(bad))
