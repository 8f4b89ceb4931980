"""Protects: however the shipped notes are delivered, the tables end the same, and nothing is lost or doubled."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ingest.feedback import Feedback
from ingest.files import FileSource
from ingest.formats import earshot_jsonl
from ingest.kafka_source import KafkaSource
from ingest.pseudonyms import Pseudonyms
from ingest.publisher import Publisher
from ingest.settings import IngestSettings
from ingest.sources import ListSource, Source
from ingest.wire import Decoder
from insights import migrate
from insights.offsets import Offsets
from insights.store import Store
from nlp.settings import LanguageSettings
from pipelines import bootstrap
from pipelines.process import Processor
from pipelines.run import Tally, drain
from pipelines.shipped import shipped_events
from tests.pipelines.tables import KNOWLEDGE, rows_of

NOTES = 1_275


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    bootstrap.open_model(folder / "models")
    return folder


@pytest.fixture(scope="module")
def events() -> list[dict[str, Any]]:
    return list(shipped_events(date(2026, 11, 20)))


@pytest.fixture(scope="module")
def decoder() -> Decoder:
    return Decoder(Pseudonyms(b"a key for the tests"))


@pytest.fixture(scope="module")
def worker(models: Path) -> Iterator[Any]:
    """Run a source into a store with the real analyzer, loaded once for the module."""
    factory = partial(bootstrap.analyzer, LanguageSettings(), models)
    processors: list[Processor] = []

    def run(source: Source, store: Store, **limits: Any) -> Tally:
        processor = Processor(store, factory)
        if processors:
            processor.adopt(processors[0])
        else:
            processor.open()
            processors.append(processor)
        return drain(source, processor, **limits)

    yield run
    for processor in processors:
        processor.close()


@pytest.fixture(scope="module")
def undisturbed(worker: Any, events: Any, decoder: Decoder, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The tables after the notes came once, in order, from memory."""
    store = opened(tmp_path_factory.mktemp("undisturbed"))
    tally = worker(ListSource([decoder.from_event(event) for event in events]), store)
    assert (tally.stored, tally.seen) == (NOTES, NOTES)
    return rows_of(store, *KNOWLEDGE)


def opened(folder: Path) -> Store:
    url = f"sqlite:///{folder}/store.db"
    migrate.upgrade(url)
    return Store(url)
