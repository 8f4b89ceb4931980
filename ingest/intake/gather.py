"""Deliveries that come at the same time are kept in one transaction: each waits for its own, none for its turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from starlette.concurrency import run_in_threadpool

from ingest.intake.delivery import Delivery

Keep = Callable[[Sequence[Delivery]], Sequence[bool]]
"""Keeps deliveries durably, all or none, and tells for each whether it was new. Raises what the store raises."""

AT_ONCE = 200


class TooBusy(RuntimeError):
    """More deliveries wait to be kept than is sound."""


class Gathering:
    """Hands deliveries to ``keep`` in batches, one batch at a time. For one event loop."""

    def __init__(self, keep: Keep, *, most: int = 5_000) -> None:
        self._keep = keep
        self._most = most
        self._waiting: list[tuple[Delivery, asyncio.Future[bool]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def put(self, delivery: Delivery) -> bool:
        """Return when the delivery is kept: True if it was new. Raises TooBusy, and what ``keep`` raises."""
        if len(self._waiting) >= self._most:
            raise TooBusy(f"{self._most:,} deliveries wait to be stored")
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((delivery, future))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        return await future

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            try:
                fresh = await run_in_threadpool(self._keep, [delivery for delivery, _ in batch])
            except Exception as error:
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
                continue
            for (_, future), new in zip(batch, fresh, strict=True):
                # Whoever hung up meanwhile is not waiting any more; the delivery is kept all the same.
                if not future.done():
                    future.set_result(new)
