"""What one worker did since it started, for Prometheus, on a port of its own. The board's `/metrics` tells of all of them."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from pipelines.run import Tally

OUTCOMES = ("stored", "updated", "unchanged", "set_aside")


class WorkerMetrics:
    """Serves ``/metrics`` at ``address:port`` until `close`; port 0 lets the system choose one."""

    def __init__(self, port: int, address: str = "127.0.0.1") -> None:
        registry = CollectorRegistry()
        self._records = Counter("earshot_worker_records", "Records by outcome.", ["outcome"], registry=registry)
        self._moved = Gauge(
            "earshot_worker_last_batch_timestamp_seconds", "When a batch was last stored.", registry=registry
        )
        self._clients = Counter("earshot_worker_clients", "Kafka clients built, the first included.", registry=registry)
        self._seen = dict.fromkeys(OUTCOMES, 0)
        self._built = 0
        self._server, self._thread = start_http_server(port, addr=address, registry=registry)

    @property
    def port(self) -> int:
        return int(self._server.server_port)

    def at(self, tally: Tally, clients: int = 0) -> None:
        """Take over a worker's tally after a batch, and how many clients it has built."""
        for outcome in OUTCOMES:
            now = int(getattr(tally, outcome))
            self._records.labels(outcome).inc(now - self._seen[outcome])
            self._seen[outcome] = now
        self._clients.inc(max(0, clients - self._built))
        self._built = max(self._built, clients)
        self._moved.set(time.time())

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
