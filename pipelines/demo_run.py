"""The demonstration, played: broker, topic, store, themes, board, live notes."""

from __future__ import annotations

import os
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from time import monotonic, sleep

from ingest.embedded_broker import EmbeddedBroker
from ingest.kafka_source import KafkaSource
from ingest.publisher import Publisher
from ingest.settings import IngestSettings
from insights import migrate
from insights.board.ranking import ThemeQuery, themes
from insights.delivery.offsets import Offsets
from insights.delivery.pipeline import status
from insights.settings import StoreSettings
from insights.store import Store
from insights.themes.known import live_themes
from nlp.settings import LanguageSettings
from pipelines import bootstrap
from pipelines.cli.board import start_board
from pipelines.cli.loading import loaded_processor
from pipelines.cli.screen import console, errors, meter
from pipelines.cli.themes import rules, say
from pipelines.demo import BROKEN, live_notes, missing, publish_history, shipped_today, split_live
from pipelines.emerging import Watch
from pipelines.hand_made import HandMadeWatch
from pipelines.process import Processor
from pipelines.refresh import KINDS, refresh
from pipelines.run import Tally, drain
from pipelines.stop import StopSignal
from pipelines.written import Courier

BOARD_SECONDS = 60.0
CATCH_UP_SECONDS = 300.0


def run(*, check: bool, port: int) -> bool:
    """Play the demonstration; with ``check``, in a store of its own and without a person. Return whether all is well."""
    with ExitStack() as stack:
        if check:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="earshot-check-"))
            os.environ["EARSHOT_DATABASE_URL"] = f"sqlite:///{folder}/check.db"
        else:
            os.environ.setdefault("EARSHOT_DATABASE_URL", f"sqlite:///{IngestSettings().data_dir}/demo.db")
        broker = stack.enter_context(EmbeddedBroker())
        os.environ["EARSHOT_KAFKA_BOOTSTRAP"] = broker.bootstrap
        settings = IngestSettings(kafka_session_timeout_ms=6_000)
        console.print(f"Broker: {broker.bootstrap} (embedded, memory only)")
        migrate.upgrade(StoreSettings().url)
        store = bootstrap.store()
        history, live = split_live(shipped_today())
        processor = stack.enter_context(loaded_processor(store))
        fresh = catch_up(settings, store, processor, history).stored
        if fresh or not live_themes(store):
            _find_themes(store)
        board = stack.enter_context(_board(port))
        console.print(f"\n[bold]The board is open at {board}[/bold]   (Ctrl-C stops everything)\n")
        if check:
            problems = list(_problems(store, settings, processor, history, live, board))
            for problem in problems:
                errors.print(f"[red]wrong:[/red] {problem}")
            console.print("Checked: the demo works." if not problems else f"{len(problems)} wrong.")
            return not problems
        _stay(settings, store, processor, missing(store, live))
        return True


def _find_themes(store: Store) -> None:
    with meter("Finding themes", len(KINDS)) as progress:
        report = refresh(store, LanguageSettings(), rules=rules(), progress=progress.at)
    say(report)


def catch_up(settings: IngestSettings, store: Store, processor: Processor, history: list[dict[str, object]]) -> Tally:
    """Publish what is not stored yet and stream until it is."""
    sent = publish_history(settings, store, history)
    if not sent:
        console.print(f"{len(history):,} notes are stored already.")
        return Tally()
    with meter("Kafka -> redaction -> language -> store", sent) as progress:
        source = KafkaSource(settings, bootstrap.decoder(), Offsets(store))
        started = monotonic()
        tally = drain(
            source, processor, limit=sent, timeout=CATCH_UP_SECONDS, on_progress=lambda tally: progress.at(tally.seen)
        )
    console.print(
        f"{tally.stored:,} notes stored, {tally.set_aside} set aside, in {monotonic() - started:.1f} s, through topic {settings.kafka_topic}."
    )
    return tally


def _stay(settings: IngestSettings, store: Store, processor: Processor, live: list[dict[str, object]]) -> None:
    """Keep streaming while live notes come in, until Ctrl-C."""
    stop = StopSignal()
    console.print(
        f"{len(live)} live notes will follow, one every few seconds." if live else "All shipped notes have been played."
    )
    watch = Watch(store, LanguageSettings(), fade_after=rules().fade_after)
    marked = HandMadeWatch(store, LanguageSettings())
    with live_notes(settings, live), Publisher(settings) as publisher:
        courier = Courier(store, publisher)
        source = KafkaSource(settings, bootstrap.decoder(), Offsets(store))
        drain(source, processor, stop=stop, meanwhile=lambda: (courier.look(), watch.look(), marked.look()))
    console.print("Stopped. Everything that was heard is kept; start again to go on.")


@contextmanager
def _board(port: int) -> Iterator[str]:
    """The board as a child process, until it answers; stopped on leaving."""
    address = f"http://127.0.0.1:{port}"
    process = start_board("127.0.0.1", port, quiet=True)
    try:
        started = monotonic()
        while not _answers(f"{address}/healthz"):
            if process.poll() is not None:
                raise RuntimeError(
                    f"the board ended with code {process.returncode}; is port {port} taken? Try `earshot demo --port {port + 1}`"
                )
            if monotonic() - started > BOARD_SECONDS:
                raise RuntimeError(f"the board did not answer at {address} within {BOARD_SECONDS:.0f} s")
            sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=10)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def _problems(
    store: Store,
    settings: IngestSettings,
    processor: Processor,
    history: list[dict[str, object]],
    live: list[dict[str, object]],
    board: str,
) -> Iterator[str]:
    """What is not as it should be on the board, in words."""
    now = datetime.now(UTC)
    page = themes(store, ThemeQuery(page_size=100), now.date())
    found = status(store, now)
    kinds = {row.kind for row in page.rows}
    if found.notes != len(history):
        yield f"{found.notes} notes are stored, {len(history)} were published"
    if found.set_aside != len(BROKEN):
        yield f"{found.set_aside} records were set aside, {len(BROKEN)} broken ones were sent"
    if found.partitions and any(part.lag for part in found.partitions):
        yield "the worker has not caught up with the topic"
    if not {"pain", "suggestion", "job", "praise"} <= kinds:
        yield f"themes of some kinds are missing; there are {', '.join(sorted(kinds)) or 'none'}"
    if not 20 <= page.matching <= 400:
        yield f"{page.matching} themes were found, between 20 and 400 were expected"
    if not any(row.customers >= 20 and sum(row.weeks) for row in page.rows):
        yield "no theme has 20 customers"
    if not _answers(board):
        yield f"the board does not answer at {board}"
    before = found.notes
    with live_notes(settings, live[:3], seconds=0.2):
        drain(KafkaSource(settings, bootstrap.decoder(), Offsets(store)), processor, limit=3, timeout=60)
    if status(store, now).notes != before + 3:
        yield "live notes did not reach the store"
    if publish_history(settings, store, history):
        yield "a second run would publish notes that are stored already"
