"""D3, D4: a worker that freezes; a broker that freezes, loses its connections, or is killed and started again."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

import ingest.embedded_broker
from ingest.embedded_broker import EmbeddedBroker
from tests.faults.fleet import allowed, wait_for
from tests.faults.load import publish
from tests.faults.places import Manned, Opened, Record, on_both
from tests.faults.proxy import Proxy
from tests.faults.standing import notes, read_to, table_hash
from tests.kafka_brokers import ApacheKafka, Broker, frozen, running_apache, settings_for

pytestmark = pytest.mark.fault


@on_both
def test_d3_a_worker_frozen_in_the_midst_changes_nothing_when_it_wakes(
    broker: Broker, url: str, manned: Manned, opened: Opened, record_property: Record
) -> None:
    """Frozen with a batch analysed but not written; another worker takes over and finishes; then the first wakes.

    Seen to fail without the compare-and-set of `insights.delivery.books.advance`: the offset went back to the zombie's.
    """
    settings, store = settings_for(broker, kafka_partitions=2, kafka_max_poll_records=100), opened(url)
    load = publish(settings, 2_000, poison=0, twice=0)
    workers = manned(settings, url)
    zombie = workers.start(fault="freeze@after analysis#4")
    wait_for(zombie.frozen, 60, "the worker to freeze", workers)
    assert 0 < notes(store) < load.unique
    workers.start()
    wait_for(lambda: notes(store) == load.unique, 90, "the other worker to finish", workers)
    before, offsets = table_hash(store), read_to(store)
    zombie.send(signal.SIGCONT)
    woke = wait_for(
        lambda: "overtaken" in zombie.said or read_to(store) != offsets, 30, "the zombie to be refused", workers
    )
    assert (table_hash(store), read_to(store)) == (before, offsets)
    rejoined = wait_for(lambda: "consumer_rebuilt" in zombie.said, 30, "the zombie to start over", workers)
    record_property("seconds until it rejoined", round(woke + rejoined, 1))
    assert woke + rejoined <= allowed(10)
    publish(settings, 300, start=10_000, poison=0, twice=0)
    wait_for(lambda: notes(store) == load.unique + 300, 60, "both to go on", workers)


@on_both
def test_d4_a_broker_frozen_for_fifteen_seconds_costs_time_only(
    broker: Broker, url: str, manned: Manned, opened: Opened, record_property: Record
) -> None:
    """No worker is started anew.

    Not a test of one mechanism: it was seen to pass when an error of poll ends the worker, for kafka-python 3.0.12 waits
    such an outage out by itself.
    """
    settings, store = settings_for(broker, kafka_max_poll_records=100), opened(url)
    workers = manned(settings, url)
    worker = workers.start()
    publish(settings, 1_000, poison=0, twice=0)
    wait_for(lambda: notes(store) > 100, 60, "the first notes", workers)
    with frozen(broker):
        time.sleep(15)  # the outage itself, not a wait for something
        assert worker.alive
    publish(settings, 500, start=10_000, poison=0, twice=0)
    caught_up = wait_for(lambda: notes(store) == 1_500, 60, "everything to be stored", workers)
    record_property("seconds to catch up", round(caught_up, 1))
    assert caught_up <= allowed(10)
    assert read_to(store) == 1_500
    assert workers.running == [worker]


@dataclass(frozen=True, slots=True)
class Behind:
    """A broker that is reached through a proxy only."""

    proxy: Proxy
    pid: int

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.proxy.port}"


@pytest.fixture(params=["tansu", pytest.param("apache", marks=pytest.mark.apache)])
def behind_proxy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Behind]:
    """A broker of this test's own that tells clients the proxy's address as its own."""
    popen = ingest.embedded_broker.subprocess.Popen
    with Proxy() as proxy, ExitStack() as stack:

        def started(command: list[str], **given: object) -> object:
            command[command.index("--advertised-listener-url") + 1] = f"tcp://127.0.0.1:{proxy.port}"
            return popen(command, **given)  # type: ignore[call-overload]

        running: EmbeddedBroker | ApacheKafka
        if request.param == "tansu":
            with monkeypatch.context() as patched:
                patched.setattr(ingest.embedded_broker.subprocess, "Popen", started)
                running = stack.enter_context(EmbeddedBroker())
        else:
            running = stack.enter_context(running_apache(tmp_path / "kafka", advertised=proxy.port))
        proxy.to(running.port)
        yield Behind(proxy, running.pid)


def test_d4_connections_cut_ten_times_lose_nothing(
    behind_proxy: Behind, sqlite_url: str, manned: Manned, opened: Opened
) -> None:
    settings, store = settings_for(behind_proxy, kafka_max_poll_records=50), opened(sqlite_url)
    publish(settings, 3_000, poison=0, twice=0)
    workers = manned(settings, sqlite_url)
    worker = workers.start()
    cut = 0
    for goal in range(1, 11):
        wait_for(lambda goal=goal: notes(store) >= goal * 250, 90, f"{goal * 250} notes", workers)  # type: ignore[misc]
        cut += behind_proxy.proxy.cut()
    wait_for(lambda: notes(store) == 3_000, 90, "everything to be stored", workers)
    assert cut >= 10
    assert read_to(store) == 3_000
    assert workers.running == [worker]


@pytest.mark.apache
@pytest.mark.parametrize("kill", [True, False], ids=["killed", "restarted"])
def test_d4_a_broker_that_ends_and_starts_again_with_its_data_loses_nothing(
    tmp_path: Path, url: str, manned: Manned, opened: Opened, kill: bool
) -> None:
    """Seen to pass when an error of poll ends the worker: the client itself waits for the broker."""
    with running_apache(tmp_path / "kafka") as broker:
        settings, store = settings_for(broker, kafka_max_poll_records=50), opened(url)
        publish(settings, 2_000, poison=0, twice=0)
        workers = manned(settings, url)
        worker = workers.start()
        wait_for(lambda: notes(store) > 200, 90, "the first notes", workers)
        broker.stop(kill=kill)
        assert notes(store) < 2_000
        broker.start()
        publish(settings, 500, start=10_000, poison=0, twice=0)
        wait_for(lambda: notes(store) == 2_500, 120, "everything to be stored", workers)
        assert read_to(store) == 2_500
        assert workers.running == [worker]
