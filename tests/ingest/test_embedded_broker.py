"""The embedded broker listens to this machine only, ends with its owner, and says what is wrong when it cannot start."""

from __future__ import annotations

import socket

import psutil
import pytest

from ingest.embedded_broker import BrokerError, EmbeddedBroker


def test_it_listens_on_loopback_only_and_is_gone_afterwards() -> None:
    with EmbeddedBroker() as broker:
        process = psutil.Process(broker.pid)
        listening = [found.laddr.ip for found in process.net_connections() if found.status == psutil.CONN_LISTEN]
        assert listening == ["127.0.0.1"]
    assert not process.is_running()
    with pytest.raises(BrokerError, match="not running"):
        _ = broker.pid


def test_a_taken_port_is_named() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(BrokerError, match=str(port)):
            EmbeddedBroker(port).start()
