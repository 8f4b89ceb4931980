"""The command that fetches from help desks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from pipelines.cli.screen import console, meter


def pull(
    source: Annotated[str, typer.Argument(help="A source of EARSHOT_PULL_SOURCES, such as zendesk.")],
    since: Annotated[
        datetime | None,
        typer.Option(
            help="From when on (UTC), at the first pull, or to fetch again. Without it the last pull goes on.",
            formats=["%Y-%m-%d"],
        ),
    ] = None,
) -> None:
    """Fetch what was said in a help desk since the last pull; `earshot relay` takes it further. A killed pull goes on where it was."""
    from ingest.pull.settings import PullSettings
    from pipelines import bootstrap
    from pipelines.pulling import pull as fetch
    from pipelines.stop import StopSignal

    begin = since.replace(tzinfo=UTC) if since else None
    with meter(f"Pulling {source}") as progress:
        done = fetch(
            bootstrap.store(),
            PullSettings(),
            source,
            bootstrap.decoder(),
            since=begin,
            on_page=lambda tally: progress.at(tally.taken),
            stop=StopSignal(),
        )
    console.print(
        f"{source}: {done.taken:,} messages in {done.pages:,} pages kept, {done.passed:,} passed over, {done.set_aside:,} set aside."
    )
