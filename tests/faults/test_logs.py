"""D9: a log that was made again, ends too early, or lost records to retention is told, and nothing is overwritten."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from ingest.kafka_client import ensure_topic
from ingest.kafka_source import KafkaSource
from ingest.settings import IngestSettings
from insights.delivery import incidents
from insights.delivery.incidents import IncidentKind
from insights.tables import ConsumerOffsetRow
from pipelines.analysis_process import AnalysisPool
from pipelines.process import Processor
from pipelines.run import drain
from tests.faults.fleet import allowed, wait_for
from tests.faults.load import publish
from tests.faults.places import Manned, Opened, on_both
from tests.faults.reading import delete_records, source_of
from tests.faults.standing import notes, read_to, table_hash
from tests.ingest.test_kafka_source import make_again
from tests.kafka_brokers import Broker, settings_for

pytestmark = pytest.mark.fault


@on_both
def test_d9_a_topic_made_again_ends_the_worker_and_is_told(
    broker: Broker, url: str, manned: Manned, opened: Opened
) -> None:
    """Seen to fail on Tansu without `LogWatch.check`: the worker polled on without a word."""
    settings, store = settings_for(broker, kafka_partitions=1), opened(url)
    publish(settings, 30, poison=0, twice=0)
    before = ensure_topic(settings)
    workers = manned(settings, url)
    worker = workers.start()
    wait_for(lambda: notes(store) == 30, 60, "the first notes", workers)
    known = table_hash(store)
    make_again(settings)
    noticed = wait_for(lambda: not worker.alive, 30, "the worker to notice", workers)
    assert (worker.code, noticed <= allowed(30)) == (1, True), worker.said
    (incident,) = incidents.unsettled(store)
    assert incident.kind in (IncidentKind.RECREATED, IncidentKind.RESET)
    assert table_hash(store) == known
    if ensure_topic(settings).topic_id != before.topic_id:
        publish(settings, 5, start=100, poison=0, twice=0)
        workers.start()
        wait_for(lambda: notes(store) == 35, 60, "the new log to be read from its start", workers)


@on_both
def test_d9_an_offset_beyond_the_logs_end_ends_the_worker_and_stays_as_it_is(
    broker: Broker, url: str, manned: Manned, opened: Opened
) -> None:
    """Seen to fail on Tansu without `LogWatch.check`: the worker polled on without a word."""
    settings, store = settings_for(broker, kafka_partitions=1), opened(url)
    publish(settings, 30, poison=0, twice=0)
    workers = manned(settings, url)
    first = workers.start()
    wait_for(lambda: notes(store) == 30, 60, "the first notes", workers)
    first.kill()
    with store.begin() as connection:
        connection.execute(update(ConsumerOffsetRow).values(next_offset=100))
    worker = workers.start()
    wait_for(lambda: "ready" in worker.said, 60, "the worker to start", workers)
    noticed = wait_for(lambda: not worker.alive, 30, "the worker to notice", workers)
    assert (worker.code, noticed <= allowed(30)) == (1, True), worker.said
    assert [incident.kind for incident in incidents.unsettled(store)] == [IncidentKind.RESET]
    assert (notes(store), read_to(store)) == (30, 100)


@pytest.mark.apache
@pytest.mark.parametrize("when", ["before the start", "while it is read"])
def test_d9_records_that_retention_took_are_told_and_the_rest_is_read(
    apache: Broker, url: str, opened: Opened, quick_pool: AnalysisPool, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail without the looks at the log's beginning: the stream jumped, and nobody heard of it."""
    settings, store = settings_for(apache, kafka_partitions=1), opened(url)
    publish(settings, 50, poison=0, twice=0)
    if when == "before the start":
        drain(source_of(settings, store), Processor(store, quick_pool), limit=50, timeout=240)
        _lose_eighty(settings)
        drain(source_of(settings, store), Processor(store, quick_pool), limit=20, timeout=240)
    else:
        _lose_them_when_fifty_are_read(settings, monkeypatch)
        drain(source_of(settings, store), Processor(store, quick_pool), limit=70, timeout=240)
    (gap,) = incidents.unsettled(store)
    assert (gap.kind, gap.place) == (IncidentKind.GAP, f"{settings.kafka_topic}[0]")
    assert "offsets 50 to 79" in gap.detail
    assert (notes(store), read_to(store)) == (70, 100)


def _lose_them_when_fifty_are_read(settings: IngestSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    poll, taken = KafkaSource._poll, list[bool]()

    def lose_then_poll(self: KafkaSource, timeout_ms: int) -> Any:
        if 50 in self._members.position.values() and not taken:
            taken.append(True)
            self._consumer.pause(*self._members.placed())
            _lose_eighty(settings)
            self._consumer.resume(*self._members.placed())
        return poll(self, timeout_ms)

    monkeypatch.setattr(KafkaSource, "_poll", lose_then_poll)


def _lose_eighty(settings: IngestSettings) -> None:
    """Fifty more records come, and of all the hundred retention takes eighty, at once."""
    publish(settings, 50, start=100, poison=0, twice=0)
    delete_records(settings, 0, before=80)
