"""What every source of Feedback does: hand out batches, and be told when one is safely stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from ingest.feedback import Feedback, Origin, Received, Rejected


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch reaches in one partition: it holds the offsets ``start <= offset < next``.

    The store moves its own offset from ``start`` to ``next`` in the same transaction as the notes; a source
    that finds another number there has been overtaken (a zombie) and is refused.
    ``end`` is the log's end as last seen, for lag.
    """

    cluster: str
    topic: str
    topic_id: str
    partition: int
    start: int
    next: int
    end: int | None = None

    @property
    def place(self) -> str:
        """Name the partition, for people."""
        return f"{self.topic}[{self.partition}]"

    @property
    def log(self) -> str:
        """Name the log: a topic that was made again is another one, its offsets must not be taken for the old one's."""
        return f"{self.topic}#{self.topic_id}" if self.topic_id else self.topic


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something a source met that people must hear of. ``kind`` is one of gap, reset, recreated, swollen."""

    kind: str
    place: str
    detail: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Some records, decoded. ``progress`` is empty for sources that are read from the start each time."""

    items: tuple[Received, ...]
    rejected: tuple[Rejected, ...] = ()
    progress: tuple[Progress, ...] = ()

    def __len__(self) -> int:
        return len(self.items) + len(self.rejected)


class Source(Protocol):
    """A stream of batches. An endless source yields empty batches while it waits, so that callers can stop."""

    def batches(self) -> Iterator[Batch]:
        """Yield batches in order."""
        ...

    def keep_alive(self) -> None:
        """Tell the other side that the batch is still in work; called at least every second."""
        ...

    def ack(self, batch: Batch) -> None:
        """The batch is committed in the store; the source may forget it."""
        ...

    def start_over(self) -> None:
        """The store refused the batches in hand: forget them and read again from where the store stands."""
        ...

    def hold(self, parts: Sequence[Progress]) -> None:
        """These parts of a batch were not stored, on purpose: hand them out again in a while, and nothing behind them."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


class ListSource:
    """Feedback from memory: for tests, notebooks and the demo."""

    def __init__(self, items: Sequence[Feedback], rejected: Sequence[Rejected] = (), size: int = 200) -> None:
        self._items = tuple(Received(item, b"", Origin("memory", offset=at)) for at, item in enumerate(items))
        self._rejected = tuple(rejected)
        self._size = size
        self.acked: list[Batch] = []

    def batches(self) -> Iterator[Batch]:
        if self._rejected:
            yield Batch((), self._rejected)
        for start in range(0, len(self._items), self._size):
            yield Batch(self._items[start : start + self._size])

    def keep_alive(self) -> None:
        return

    def ack(self, batch: Batch) -> None:
        self.acked.append(batch)

    def start_over(self) -> None:
        return

    def hold(self, parts: Sequence[Progress]) -> None:
        del parts

    def close(self) -> None:
        return
