"""Commands that run until stopped: the worker of the consumer group, and the relay of the outbox."""

from __future__ import annotations

from typing import Annotated

import typer

from ingest.settings import IngestSettings
from pipelines.cli.loading import loaded_processor
from pipelines.cli.screen import console, meter
from pipelines.stop import StopSignal

Limit = Annotated[int | None, typer.Option(help="Stop after this many records.")]
Seconds = Annotated[float | None, typer.Option(help="Stop after this many seconds.")]


def stream(limit: Limit = None, seconds: Seconds = None) -> None:
    """Read the topic as one worker of the consumer group, until Ctrl-C. Start as many as the topic has partitions."""
    from ingest.kafka_source import KafkaSource
    from insights.offsets import Offsets
    from nlp.settings import LanguageSettings
    from pipelines import bootstrap
    from pipelines.cli.themes import rules
    from pipelines.emerging import Watch
    from pipelines.run import drain

    settings = IngestSettings()
    stop = StopSignal()
    store = bootstrap.store()
    with loaded_processor(store) as processor, meter(f"Listening to {settings.kafka_topic}") as progress:
        source = KafkaSource(settings, bootstrap.decoder(), Offsets(store))
        watch = Watch(store, LanguageSettings(), fade_after=rules().fade_after)
        tally = drain(
            source,
            processor,
            limit=limit,
            timeout=seconds,
            stop=stop,
            on_progress=lambda tally: progress.at(tally.seen),
            meanwhile=watch.look,
        )
    console.print(
        f"Stopped: {tally.stored:,} stored, {tally.updated:,} updated, {tally.unchanged:,} known already, {tally.set_aside:,} set aside."
    )


def relay(
    once: Annotated[bool, typer.Option(help="Publish what waits now, then end.")] = False,
) -> None:
    """Publish what the board and the refreshes wrote to the outbox, so that other systems can listen."""
    from ingest.publisher import Publisher
    from pipelines import bootstrap
    from pipelines.relay import relay_waiting

    stop = StopSignal()
    with Publisher(IngestSettings()) as publisher:
        published = relay_waiting(bootstrap.store(), publisher, once=once, stop=stop)
    console.print(f"{published:,} events published.")
