"""Workers as processes of their own: started, killed, frozen and stopped by a test, and never left behind."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from ingest.settings import IngestSettings
from tests.faults.worker import work

# Workers are forked from a process that has imported everything: a start costs a tenth of a second instead of three.
NURSERY = multiprocessing.get_context("forkserver")
NURSERY.set_forkserver_preload(["tests.faults.worker"])


class Worker:
    """One worker process and what it printed. A signal goes to it alone; its analysis child ends with it."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.log = log
        log.touch()
        self.process = NURSERY.Process(target=work, args=(environment, str(log)))
        self.process.start()

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    @property
    def code(self) -> int | None:
        """How it ended: 0 in order, below 0 by that signal."""
        return self.process.exitcode

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    @property
    def alive(self) -> bool:
        return self.process.is_alive()

    def send(self, what: signal.Signals) -> None:
        os.kill(self.pid, what)

    def kill(self) -> None:
        """As a power cut would: no warning, nothing flushed."""
        children = psutil.Process(self.pid).children(recursive=True) if self.alive else []
        self.process.kill()
        self.process.join()
        for child in children:
            if child.is_running():
                child.kill()

    def frozen(self) -> bool:
        return self.alive and psutil.Process(self.pid).status() == psutil.STATUS_STOPPED

    def starved_seconds(self) -> float:
        """How long it, and its analysis, would have worked and had no core so far (/proc/PID/schedstat, main threads)."""
        waited = 0
        with contextlib.suppress(psutil.NoSuchProcess, OSError):
            for process in (psutil.Process(self.pid), *psutil.Process(self.pid).children(recursive=True)):
                waited += int(Path(f"/proc/{process.pid}/schedstat").read_text().split()[1])
        return waited / 1e9

    def peak_megabytes(self) -> int:
        """The most memory it ever held."""
        (line,) = (one for one in Path(f"/proc/{self.pid}/status").read_text().splitlines() if one.startswith("VmHWM"))
        return int(line.split()[1]) // 1024


class Fleet:
    """All workers of one test, over one topic and one store."""

    def __init__(self, settings: IngestSettings, url: str, folder: Path) -> None:
        self._folder = folder
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("EARSHOT_")} | {
            "EARSHOT_DATABASE_URL": url,
            "EARSHOT_KAFKA_BOOTSTRAP": settings.kafka_bootstrap,
            "EARSHOT_KAFKA_TOPIC": settings.kafka_topic,
            "EARSHOT_KAFKA_GROUP": settings.kafka_group,
            "EARSHOT_KAFKA_PARTITIONS": str(settings.kafka_partitions),
            "EARSHOT_KAFKA_SESSION_TIMEOUT_MS": str(settings.kafka_session_timeout_ms),
            "EARSHOT_KAFKA_MAX_POLL_RECORDS": str(settings.kafka_max_poll_records),
            "EARSHOT_DATA_DIR": str(folder),
            "OMP_NUM_THREADS": "1",
        }
        self.workers: list[Worker] = []

    def start(self, fault: str = "", **environment: str) -> Worker:
        given = self._environment | environment | ({"EARSHOT_FAULT": fault} if fault else {})
        self.workers.append(Worker(given, self._folder / f"worker-{len(self.workers)}.log"))
        return self.workers[-1]

    @property
    def running(self) -> list[Worker]:
        return [worker for worker in self.workers if worker.alive]


@contextmanager
def fleet(settings: IngestSettings, url: str, folder: Path) -> Iterator[Fleet]:
    """A fleet whose workers are all gone at the end."""
    workers = Fleet(settings, url, folder)
    try:
        yield workers
    finally:
        for worker in workers.workers:
            if worker.alive:
                worker.kill()


def allowed(seconds: float) -> float:
    """Return how long so many seconds of an idle machine are on this one now: others may want its cores too."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def wait_for(done: Callable[[], object], seconds: float, what: str, fleet: Fleet | None = None) -> float:
    """Wait for a condition and return the seconds it took; a test that waits in vain says what for, and what was said.

    A test that asserts how long something took does so itself.
    """
    started = time.monotonic()
    while not done():
        if time.monotonic() - started > allowed(seconds):
            said = "\n".join(f"{worker.log.name}: {worker.said[-1500:]}" for worker in fleet.workers) if fleet else ""
            raise AssertionError(f"waited {time.monotonic() - started:.0f} s in vain: {what}\n{said}")
        time.sleep(0.1)
    return time.monotonic() - started
