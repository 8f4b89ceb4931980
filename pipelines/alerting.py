"""Alerts while notes come in: a look at most once a minute, and only when something new was stored; notices by Apprise."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import apprise
import structlog

from insights.delivery.recent import latest_arrival
from insights.numbers import alerts
from insights.numbers.alerts import Alert
from insights.store import Store, Unavailable

log = structlog.get_logger(__name__)
EVERY_SECONDS = 60.0


class AlertWatch:
    """Looks for rises between batches."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._clock, self._ticks = store, clock, ticks
        self._due = ticks()
        self._newest: datetime | None = None

    def look(self) -> tuple[int, ...]:
        """Look when a minute has passed and notes have come; return the threads opened. A busy store is asked next time."""
        if self._ticks() < self._due:
            return ()
        self._due = self._ticks() + EVERY_SECONDS
        try:
            newest = latest_arrival(self._store)
            if newest is None or newest == self._newest:
                return ()
            opened = alerts.look(self._store, self._clock())
            self._newest = newest
        except Unavailable as error:
            log.warning("alerts_wait", detail=str(error))
            return ()
        if opened:
            log.info("alerts_opened", alerts=opened)
        return opened


def send(store: Store, channel: str, channels: Mapping[str, str], now: datetime) -> tuple[int, int]:
    """Send a notice of every open alert that none went out of, by one channel; return how many went, and how many wait.

    A crash between sending and noting sends it again; the alert's number tells. Raises StoreError.
    """
    address, out, left = channels.get(channel), 0, 0
    for one in alerts.untold(store):
        sender = apprise.Apprise()
        ready = address is not None and sender.add(address)
        if ready and sender.notify(title=title(one), body=body(one), body_format=apprise.NotifyFormat.TEXT):
            alerts.told(store, one.id, now)
            out += 1
        else:
            left += 1
    return out, left


def title(one: Alert) -> str:
    return f"{'New' if one.kind is alerts.Kind.EMERGING else 'Rising'}: {one.name}"


def body(one: Alert) -> str:
    """Return the message in plain text."""
    facts = one.facts
    span = "24 hours" if facts["days"] == 1 else f"{facts['days']} days"
    return (
        f"{facts['seen']} customers in {span}; {facts['expected']:.1f} were to be expected by the four weeks before and by how many "
        f"others were in touch.\nAlert {one.id}, theme {one.theme_id}"
    )
