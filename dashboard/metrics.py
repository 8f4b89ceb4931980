"""`/metrics`: the stream in Prometheus' text format, from the store, so that one place tells of all workers."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dashboard import session
from insights.delivery.measures import Measures, measures

TYPE = "text/plain; version=0.0.4; charset=utf-8"


class _Stream(Collector):
    """The measures as Prometheus' families."""

    def __init__(self, found: Measures) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        found = self._found
        yield GaugeMetricFamily("earshot_notes", "Notes stored.", found.notes)
        yield GaugeMetricFamily("earshot_signals", "Signals heard in them.", found.signals)
        yield GaugeMetricFamily("earshot_signals_unassigned", "Signals that wait for a theme.", found.unassigned)
        yield GaugeMetricFamily("earshot_outbox_waiting", "Events not yet published.", found.outbox_waiting)
        stored = found.last_stored_at.timestamp() if found.last_stored_at else 0.0
        yield GaugeMetricFamily("earshot_last_stored_timestamp_seconds", "When the last note was stored.", stored)
        letters = GaugeMetricFamily("earshot_dead_letters", "Records set aside that wait.", labels=["reason"])
        for reason, count in found.dead_letters:
            letters.add_metric([reason], count)
        yield letters
        told = GaugeMetricFamily("earshot_incidents_open", "Incidents nobody has closed.", labels=["kind"])
        for kind, count in found.incidents:
            told.add_metric([kind], count)
        yield told
        places = ["topic", "partition"]
        records = GaugeMetricFamily("earshot_lag_records", "Records that wait in the stream.", labels=places)
        seconds = GaugeMetricFamily("earshot_lag_seconds", "Seconds since a partition with lag moved.", labels=places)
        offsets = GaugeMetricFamily("earshot_next_offset", "The next offset to be read.", labels=places)
        for lag in found.lags:
            place = [lag.topic, str(lag.partition)]
            records.add_metric(place, lag.records)
            seconds.add_metric(place, lag.seconds)
            offsets.add_metric(place, lag.next_offset)
        yield from (records, seconds, offsets)


def exposition(found: Measures) -> bytes:
    """Return the measures as Prometheus reads them."""
    registry = CollectorRegistry()
    registry.register(_Stream(found))
    return generate_latest(registry)


async def metrics(_request: Request) -> Response:
    """Answer 200 with the measures, or 503 with nothing when the store does not answer."""

    def look() -> bytes:
        return exposition(measures(session.whole(), session.now()))

    try:
        return Response(await run_in_threadpool(look), media_type=TYPE)
    except Exception as error:
        return PlainTextResponse(f"# the store does not answer: {type(error).__name__}\n", status_code=503)
