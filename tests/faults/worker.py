"""A real worker with a quick analyzer, which may be told to die or freeze at a named point.

EARSHOT_FAULT is ``what@point#time``: what is ``kill``, ``freeze`` or ``hang`` (every poll from then on), time counts
the batches that reach the point.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from kafka import KafkaConsumer
from sqlalchemy import Engine, event

from ingest import kafka_watchdog
from ingest.kafka_source import KafkaSource
from ingest.pseudonyms import Pseudonyms
from ingest.settings import IngestSettings
from ingest.wire import Decoder
from insights.delivery import writer
from insights.delivery.incidents import tell
from insights.delivery.offsets import Offsets
from insights.settings import StoreSettings
from insights.store import Store
from pipelines import process
from pipelines.analysis_process import AnalysisPool
from pipelines.process import Processor
from pipelines.run import drain
from pipelines.stop import StopSignal
from tests.faults.hearing import quick

POINTS = ("after poll", "after analysis", "after insert", "before commit", "after commit", "before the broker is told")


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _freeze() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def _hang() -> None:
    kafka_watchdog.HUNG_SECONDS = 0.5
    KafkaConsumer.poll = lambda *_, **__: time.sleep(600)


class Fault:
    """Kills or freezes this process, or lets its Kafka client hang, when a point is reached for the given time."""

    def __init__(self, asked: str) -> None:
        what, _, rest = asked.partition("@")
        self.point, _, time = rest.partition("#")
        self._do = {"kill": _kill, "freeze": _freeze, "hang": _hang}[what]
        self._left = int(time)

    def reached(self) -> None:
        self._left -= 1
        if self._left == 0:
            print(f"fault at {self.point}", flush=True)
            self._do()


def plant(fault: Fault) -> None:
    """Put the fault into the running code at its point."""
    begun = False

    def before(owner: Any, name: str, when: Callable[..., bool] = lambda *_: True) -> None:
        original = getattr(owner, name)

        def wrapped(*given: Any, **named: Any) -> Any:
            if when(*given):
                fault.reached()
            return original(*given, **named)

        setattr(owner, name, wrapped)

    def after(owner: Any, name: str, when: Callable[[Any], bool] = lambda _: True) -> None:
        original = getattr(owner, name)

        def wrapped(*given: Any, **named: Any) -> Any:
            answer = original(*given, **named)
            if when(answer):
                fault.reached()
            return answer

        setattr(owner, name, wrapped)

    def note_begin(*_: Any) -> bool:
        nonlocal begun
        begun = True
        return False

    if fault.point == "after poll":
        after(KafkaSource, "_batch", lambda batch: len(batch) > 0)
    elif fault.point == "after analysis":
        before(process, "write")
    elif fault.point == "after insert":
        before(writer, "advance")
    elif fault.point == "before commit":
        before(writer, "advance", note_begin)
        event.listen(Engine, "commit", lambda _: fault.reached() if begun else None)
    elif fault.point == "after commit":
        after(process, "write")
    elif fault.point == "before the broker is told":
        before(KafkaSource, "ack")
    else:
        sys.exit(f"no such point: {fault.point}")


def work(environment: dict[str, str], log: str) -> None:
    """Run a worker in this process until it is asked to stop; what it says goes to a file."""
    os.environ.clear()
    os.environ.update(environment)
    with open(log, "ab") as out:
        for stream in (1, 2):
            os.dup2(out.fileno(), stream)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stdout))
    if asked := environment.get("EARSHOT_FAULT"):
        plant(Fault(asked))
    stop = StopSignal()
    settings = IngestSettings()
    store = Store(StoreSettings().url, busy_ms=2_000)
    with AnalysisPool(quick) as pool:  # type: ignore[arg-type]
        source = KafkaSource(
            settings, Decoder(Pseudonyms(b"a key of the tests")), Offsets(store), tell=partial(tell, store)
        )
        print("ready", flush=True)
        tally = drain(source, Processor(store, pool), stop=stop, patience=3_600)
    print(f"stopped {tally}", flush=True)
