"""The two brokers the tests run against: the embedded one, and Apache Kafka itself, one KRaft node from its jars.

``make kafka`` puts the jars into the user's cache; without them the Apache half of every test is skipped by name.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from xml.etree import ElementTree

import pytest

from ingest.embedded_broker import EmbeddedBroker
from ingest.settings import IngestSettings

SESSION_TIMEOUT_MS = 3_000
START_SECONDS = 120.0

_POM = Path(__file__).parent / "kafka" / "pom.xml"
_HEAP = ("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dlog4j2.level=ERROR")


class Broker(Protocol):
    """What a test may do to a broker. ``freeze`` stops its process without closing a connection."""

    @property
    def bootstrap(self) -> str: ...

    @property
    def pid(self) -> int: ...


class ApacheKafka:
    """One broker and controller on loopback, with its data in ``folder``; ``stop`` keeps the data, ``start`` finds it.

    ``advertised`` is the port that clients are told, when a proxy stands in between.
    """

    def __init__(self, folder: Path, advertised: int = 0) -> None:
        self.folder = folder
        self._advertised = advertised
        self.port, self.controller_port = _free_ports(2)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError("the broker is not running")
        return self._process.pid

    def start(self, properties: str = "") -> ApacheKafka:
        """Format the storage on first use, start the broker, and wait until it accepts connections.

        ``properties`` replaces the configuration that suits the tests.
        """
        settings = self.folder / "server.properties"
        if not settings.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            settings.write_text(properties or self._properties())
            cluster = uuid.uuid4().hex[:22]
            self._java("kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(settings)).wait(START_SECONDS)
        self._process = self._java("kafka.Kafka", str(settings))
        deadline = time.monotonic() + START_SECONDS
        while not _accepts(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"Apache Kafka did not start:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.1)
        return self

    def stop(self, *, kill: bool = False) -> None:
        """End the broker: in order, or with SIGKILL as a power cut would."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGCONT)
        self._process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    @property
    def log(self) -> Path:
        return self.folder / "broker.log"

    def _java(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = ["java", *_HEAP, "-cp", f"{apache_jars()}/*", *arguments]
        with self.log.open("ab") as log:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def _properties(self) -> str:
        return "\n".join(
            (
                "process.roles=broker,controller",
                "node.id=1",
                f"controller.quorum.voters=1@127.0.0.1:{self.controller_port}",
                f"listeners=PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self.controller_port}",
                f"advertised.listeners=PLAINTEXT://127.0.0.1:{self._advertised or self.port}",
                "controller.listener.names=CONTROLLER",
                f"log.dirs={self.folder / 'data'}",
                "auto.create.topics.enable=false",
                "group.initial.rebalance.delay.ms=0",
                f"group.min.session.timeout.ms={SESSION_TIMEOUT_MS}",
                "offsets.topic.num.partitions=4",
                "offsets.topic.replication.factor=1",
                "transaction.state.log.num.partitions=1",
                "transaction.state.log.replication.factor=1",
                "transaction.state.log.min.isr=1",
                "",
            )
        )


def apache_jars() -> Path:
    """Return the folder with the broker's jars (it may not exist); ``make kafka`` fills it."""
    version = ElementTree.parse(_POM).findtext(".//{*}kafka.version")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "earshot" / f"kafka-{version}"


def missing_for_apache() -> str:
    """Return why Apache Kafka cannot run here, with the mend, or an empty string."""
    if shutil.which("java") is None:
        return "Apache Kafka needs Java 17; install a JDK 17 and Maven, then run `make kafka`"
    if not any(apache_jars().glob("kafka_*.jar")):
        return "Apache Kafka's jars are not in the cache; run `make kafka` (needs Maven)"
    return ""


@contextmanager
def frozen(broker: Broker) -> Iterator[None]:
    """The broker's process stands still inside the block: connections stay open, nothing answers."""
    os.kill(broker.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(broker.pid, signal.SIGCONT)


def settings_for(broker: Broker, **given: Any) -> IngestSettings:
    """Return settings for a topic and a group that no other test uses."""
    name = uuid.uuid4().hex[:12]
    return IngestSettings(
        **{
            "kafka_bootstrap": broker.bootstrap,
            "kafka_topic": f"feedback.{name}",
            "kafka_group": f"group.{name}",
            "kafka_session_timeout_ms": SESSION_TIMEOUT_MS,
        }
        | given
    )


@pytest.fixture(scope="session")
def tansu() -> Iterator[EmbeddedBroker]:
    """The embedded broker."""
    with EmbeddedBroker() as broker:
        yield broker


@contextmanager
def running_apache(folder: Path, advertised: int = 0) -> Iterator[ApacheKafka]:
    """Apache Kafka, gone with its data at the end; or a skip that says what is missing."""
    if missing := missing_for_apache():
        pytest.skip(missing)
    broker = ApacheKafka(folder, advertised).start()
    try:
        yield broker
    finally:
        broker.stop(kill=True)
        shutil.rmtree(broker.folder / "data", ignore_errors=True)


@pytest.fixture(scope="session")
def apache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApacheKafka]:
    """The Apache Kafka that tests share."""
    with running_apache(tmp_path_factory.mktemp("kafka")) as broker:
        yield broker


@pytest.fixture(scope="session", params=["tansu", pytest.param("apache", marks=pytest.mark.apache)])
def broker(request: pytest.FixtureRequest) -> Broker:
    """Each broker in turn."""
    running: Broker = request.getfixturevalue(request.param)
    return running


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0
