"""Protects: however the shipped notes are delivered, the tables end the same, and nothing is lost or doubled."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest

from ingest.feedback import Feedback, Reason
from ingest.files import FileSource
from ingest.formats import earshot_jsonl
from ingest.kafka_source import KafkaSource
from ingest.publisher import Publisher
from ingest.sources import ListSource
from ingest.wire import Decoder, encode
from insights.delivery import dead_letters
from insights.delivery.offsets import Offsets
from insights.store import Store
from pipelines.analysis_process import AnalysisPool
from pipelines.process import Processor
from pipelines.run import drain
from pipelines.shipped import shipped_events
from tests.kafka_brokers import Broker, settings_for
from tests.pipelines.tables import Rows, rows_of

NOTES = 1_275


@pytest.fixture(scope="module")
def events() -> list[dict[str, object]]:
    return list(shipped_events(date(2026, 11, 20)))


@pytest.fixture(scope="module")
def notes(events: list[dict[str, object]], decoder: Decoder) -> list[Feedback]:
    return [decoder.from_event(event) for event in events]


@pytest.fixture(scope="module")
def undisturbed(notes: list[Feedback], pool: AnalysisPool, fresh_store: Store) -> Rows:
    """The tables after the notes came once, in order, from memory."""
    tally = drain(ListSource(notes), Processor(fresh_store, pool))
    assert (tally.stored, tally.seen) == (NOTES, NOTES)
    return rows_of(fresh_store)


def test_twice_and_shuffled(notes: list[Feedback], pool: AnalysisPool, store: Store, undisturbed: Rows) -> None:
    again = notes * 2
    random.Random(7).shuffle(again)
    tally = drain(ListSource(again), Processor(store, pool))
    assert (tally.stored, tally.unchanged) == (NOTES, NOTES)
    assert rows_of(store) == undisturbed


def test_from_a_file(
    events: list[dict[str, object]],
    decoder: Decoder,
    pool: AnalysisPool,
    fresh_store: Store,
    tmp_path: Path,
    undisturbed: Rows,
) -> None:
    """A file with a broken line in it: the line is set aside with its number, everything else is as ever."""
    file = tmp_path / "notes.jsonl"
    lines = [encode(event) for event in events]
    lines.insert(40, b'{"source": "finchwheel", ')
    file.write_bytes(b"\n".join(lines))
    tally = drain(FileSource(file.name, earshot_jsonl.read(file), decoder), Processor(fresh_store, pool))
    assert (tally.stored + tally.unchanged, tally.set_aside) == (NOTES, 1)
    assert rows_of(fresh_store) == undisturbed
    (letter,) = dead_letters.listed(fresh_store)
    assert (letter.reason, letter.origin) == (Reason.NOT_JSON, "notes.jsonl:41")


def test_through_kafka_with_a_restart(
    events: list[dict[str, object]],
    decoder: Decoder,
    pool: AnalysisPool,
    store: Store,
    broker: Broker,
    undisturbed: Rows,
) -> None:
    """Published twice over, with poison; the worker stops half way and another goes on from the store's offsets."""
    settings = settings_for(broker)
    with Publisher(settings) as publisher:
        publisher.publish(events)
        publisher.send([("poison", b"\xff\xfe", ())])
        publisher.publish(events)
    total = 2 * NOTES + 1
    first = drain(KafkaSource(settings, decoder, Offsets(store)), Processor(store, pool), limit=900, timeout=240)
    assert first.seen >= 900
    rest = total - first.seen
    second = drain(KafkaSource(settings, decoder, Offsets(store)), Processor(store, pool), limit=rest, timeout=240)
    assert first.stored + second.stored == NOTES
    assert first.seen + second.seen == total
    assert rows_of(store) == undisturbed
    (letter,) = dead_letters.listed(store)
    assert letter.reason == Reason.NOT_UTF8
