"""Feedback from files, as a Source like any other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ingest.feedback import InvalidFeedback, Origin, Received, Rejected
from ingest.formats.row import Row
from ingest.sources import Batch, Progress
from ingest.wire import Decoder


class FileSource:
    """Batches of the rows of one file. Rows that cannot be read become Rejected with their line."""

    def __init__(self, name: str, rows: Iterable[Row], decoder: Decoder, size: int = 200) -> None:
        self._name = name
        self._rows = rows
        self._decoder = decoder
        self._size = size

    def batches(self) -> Iterator[Batch]:
        items: list[Received] = []
        rejected: list[Rejected] = []
        for row in self._rows:
            origin = Origin(self._name, offset=row.line)
            try:
                if row.event is None:
                    raise (
                        InvalidFeedback(row.reason, row.detail)
                        if row.reason
                        else ValueError("a row without event needs a reason")
                    )
                items.append(Received(self._decoder.from_event(row.event), row.payload, origin))
            except InvalidFeedback as error:
                rejected.append(Rejected(error.reason, error.detail, row.payload, origin))
            if len(items) + len(rejected) >= self._size:
                yield Batch(tuple(items), tuple(rejected))
                items, rejected = [], []
        if items or rejected:
            yield Batch(tuple(items), tuple(rejected))

    def keep_alive(self) -> None:
        return

    def ack(self, batch: Batch) -> None:
        del batch

    def start_over(self) -> None:
        return

    def hold(self, parts: Sequence[Progress]) -> None:
        del parts

    def close(self) -> None:
        return
