"""Pull one system: each page is kept together with the cursor behind it, so a pull that is killed goes on as if it had not been."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.formats.known import FORMATS
from ingest.intake.delivery import read_page
from ingest.pull.client import Client, PullFailed
from ingest.pull.connectors import CONNECTORS, Connector, pages
from ingest.pull.settings import PullSettings, PullSource
from ingest.wire import Decoder
from insights.delivery import intake
from insights.store import Store


@dataclass(frozen=True, slots=True)
class PullTally:
    """What one pull did: pages, messages kept, parts that were no feedback, and parts set aside."""

    pages: int = 0
    taken: int = 0
    passed: int = 0
    set_aside: int = 0


def opened(settings: PullSettings, name: str) -> tuple[Connector, PullSource, Client]:
    """Return what pulls a configured source. Raises PullFailed, which names the setting."""
    given = settings.pull_sources.get(name)
    if given is None:
        known = ", ".join(settings.pull_sources) or "none yet"
        raise PullFailed(f"EARSHOT_PULL_SOURCES names no source {name!r}; it names {known} (docs/connectors/)")
    kind = given.kind or name
    if kind not in CONNECTORS:
        raise PullFailed(f"{name}: there is nothing to pull {kind!r} with; kinds are {', '.join(CONNECTORS)}")
    connector = CONNECTORS[kind]
    how = connector.connect(given)
    address = str(how.pop("address", given.address))
    if not address.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise PullFailed(f"{name}: give its address, beginning with https://, in EARSHOT_PULL_SOURCES")
    if kind == "github" and given.repository.count("/") != 1:
        raise PullFailed(f"{name}: give the repository as owner/name in EARSHOT_PULL_SOURCES")
    patience = 60 * settings.pull_patience_minutes
    return connector, given, Client(address, timeout=settings.pull_timeout_seconds, patience=patience, **how)


def pull(
    store: Store,
    settings: PullSettings,
    name: str,
    decoder: Decoder,
    *,
    since: datetime | None = None,
    on_page: Callable[[PullTally], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> PullTally:
    """Pull a source from where the last pull stopped, or from ``since`` on, until it has no more; return what was done.

    Raises PullFailed, StoreError; what was kept until then stays.
    """
    connector, given, client = opened(settings, name)
    before = intake.pulled(store, name)
    if before is None and since is None:
        raise PullFailed(f"{name} was never pulled; say from when on, by --since 2026-01-01")
    cursor = connector.start(since, given) if since is not None else (before.cursor if before else {})
    tally = PullTally()
    try:
        for page in pages(connector, client, cursor):
            delivery, rejected = read_page(page.document, FORMATS[connector.format], name, decoder)
            before = intake.keep_page(store, delivery, page.cursor, datetime.now(UTC), before=before, rejected=rejected)
            tally = PullTally(
                tally.pages + 1,
                tally.taken + len(delivery.arrivals),
                tally.passed + len(delivery.passed),
                tally.set_aside + len(rejected),
            )
            on_page(tally)
            if stop():
                break
    finally:
        client.close()
    return tally
