"""Commands that run until stopped: the worker of the consumer group, and the relay of the outbox."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.settings import IngestSettings
from pipelines.cli.loading import loaded_processor
from pipelines.cli.screen import Meter, console, meter
from pipelines.settings import PipelineSettings
from pipelines.stop import StopSignal

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.kafka_source import KafkaSource
    from pipelines.run import Tally

Limit = Annotated[int | None, typer.Option(help="Stop after this many records.")]
Seconds = Annotated[float | None, typer.Option(help="Stop after this many seconds.")]


def stream(limit: Limit = None, seconds: Seconds = None) -> None:
    """Read the topic as one worker of the consumer group, until Ctrl-C. Start as many as the topic has partitions."""
    from ingest.kafka_source import KafkaSource
    from insights.delivery.incidents import tell
    from insights.delivery.offsets import Offsets
    from nlp.settings import LanguageSettings
    from pipelines import bootstrap
    from pipelines.alerting import AlertWatch
    from pipelines.cli.themes import rules
    from pipelines.emerging import Watch
    from pipelines.hand_made import HandMadeWatch
    from pipelines.run import drain

    settings = IngestSettings()
    stop = StopSignal()
    # A worker tries again by itself and must end within seconds when asked: it does not sit in a lock for long.
    store = bootstrap.store(busy_ms=2_000)
    with loaded_processor(store) as processor, meter(f"Listening to {settings.kafka_topic}") as progress:
        source = KafkaSource(settings, bootstrap.decoder(), Offsets(store), tell=partial(tell, store))
        watch = Watch(store, LanguageSettings(), fade_after=rules().fade_after)
        marked = HandMadeWatch(store, LanguageSettings())
        alert = AlertWatch(store)
        told = _telling(progress, source)
        tally = drain(
            source,
            processor,
            limit=limit,
            timeout=seconds,
            stop=stop,
            on_progress=told,
            meanwhile=lambda: (watch.look(), marked.look(), alert.look()),
            patience=math.inf,
        )
    console.print(
        f"Stopped: {tally.stored:,} stored, {tally.updated:,} updated, {tally.unchanged:,} known already, {tally.set_aside:,} set aside."
    )


def _telling(progress: Meter, source: KafkaSource) -> Callable[[Tally], None]:
    """What is done after each batch: the line on the screen, and Prometheus' numbers when a port is set for them."""
    from pipelines.metrics import WorkerMetrics

    settings = PipelineSettings()
    metrics = WorkerMetrics(settings.metrics_port, settings.metrics_host) if settings.metrics_port else None

    def told(tally: Tally) -> None:
        progress.at(tally.seen)
        if metrics is not None:
            metrics.at(tally, source.clients)

    return told


def relay(
    once: Annotated[bool, typer.Option(help="Publish what waits now, then end.")] = False,
    direct: Annotated[
        bool, typer.Option(help="Without Kafka: take notes written on the desk straight into the store.")
    ] = False,
) -> None:
    """Publish what the board and the refreshes wrote to the outbox, so that other systems can listen."""
    from ingest.publisher import Publisher
    from pipelines import bootstrap
    from pipelines.relay import relay_waiting, take_in_written

    stop = StopSignal()
    if direct:
        with loaded_processor(bootstrap.store()) as processor:
            taken = take_in_written(bootstrap.store(), processor, bootstrap.decoder(), once=once, stop=stop)
        console.print(f"{taken:,} written notes taken in.")
        return
    with Publisher(IngestSettings()) as publisher:
        published = relay_waiting(bootstrap.store(), publisher, once=once, stop=stop)
    console.print(f"{published:,} events published.")
