"""50,000 tickets pulled from a stand-in that limits, stumbles and hangs up, by a puller that is killed five times.

``python -m bench.pull [--tickets 50000] [--kills 5]``; the stand-in is a process of its own (tests/ingest/pull/stand_in.py).
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from insights import migrate
from insights.delivery import intake
from insights.store import Store
from tests.ingest.pull.stand_in import ids
from tests.pipelines.killing import pulled_with_kills


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--tickets", type=int, default=50_000)
    asked.add_argument("--kills", type=int, default=5)
    given = asked.parse_args()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "tests.ingest.pull.stand_in", str(port), str(given.tickets)]
    server = subprocess.Popen(command)
    expected = ids("zendesk", given.tickets)
    try:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder) / 'earshot.db'}"
            migrate.upgrade(url)
            sources = {
                "zendesk": {"address": f"http://127.0.0.1:{port}", "user": "ann@finch.example", "token": "right"}
            }
            began = time.monotonic()
            with Store(url) as store:
                killed = pulled_with_kills(store, url, sources, "zendesk", len(expected), given.kills)
                lasted = time.monotonic() - began
                events = intake.due(store, datetime.now(UTC), limit=10_000_000)
            kept = Counter(str(one.event["external_id"]) for one in events)
    finally:
        server.kill()
        server.wait()
    print(f"{given.tickets:,} tickets, {len(expected):,} messages in {lasted:.0f} s, killed {killed} times")
    print(
        f"lost {len(expected - kept.keys())}; doubled {sum(one > 1 for one in kept.values())}; strangers {len(kept.keys() - expected)}"
    )


if __name__ == "__main__":
    main()
