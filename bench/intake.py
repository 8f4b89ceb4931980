"""The intake under load: signed posts at a steady rate, `kill -9` in between, and a count of what was answered against what is kept.

``python -m bench.intake [--seconds 60] [--rate 500] [--kills 1]``: a server of its own on loopback, a sender that signs as Zendesk does
and sends again what was not answered. Times are from when a post was due, not from when it was sent: a server that stalls cannot hide it.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import hmac
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psutil

from insights import migrate
from insights.delivery import intake
from insights.store import Store

SECRET = "a secret for measuring"
LINES = 64


def body(number: int) -> bytes:
    """Return one Zendesk webhook of a comment."""
    at = f"2026-03-{1 + number % 28:02}T10:00:00Z"
    detail = {
        "id": str(number),
        "status": "OPEN",
        "requester_id": str(5_000 + number % 900),
        "assignee_id": "9001",
        "subject": "Export stays empty",
        "description": "The export has been empty since Monday; I need it for the tax office.",
        "created_at": at,
        "updated_at": at,
        "tags": ["billing", "export"],
        "via": {"channel": "email"},
    }
    words = f"It is still empty, try {number}. I keep a copy in a spreadsheet, which takes me an hour every week."
    author = {"id": detail["requester_id"], "is_staff": False}
    comment = {"id": str(10_000_000 + number), "body": words, "is_public": True, "author": author}
    event = {"type": "zen:event-type:ticket.comment_added", "time": at, "detail": detail, "event": {"comment": comment}}
    return json.dumps(event).encode()


def headers(content: bytes) -> dict[str, str]:
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    made = base64.b64encode(hmac.new(SECRET.encode(), at.encode() + content, hashlib.sha256).digest()).decode()
    return {
        "content-type": "application/json",
        "x-zendesk-webhook-signature": made,
        "x-zendesk-webhook-signature-timestamp": at,
    }


@dataclass
class Sent:
    """Seconds of each answered post, the answers, the ids answered, and what the server used: its time and processor time."""

    took: list[float] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    taken: set[str] = field(default_factory=set)
    down: float = 0.0
    cpu: float = 0.0


class Server:
    """`earshot intake` as a process that can be killed."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"sqlite:///{folder}/earshot.db"
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("EARSHOT_")},
            "EARSHOT_DATABASE_URL": self.url,
            "EARSHOT_DATA_DIR": str(folder),
            "EARSHOT_INTAKE_SOURCES": json.dumps({"zendesk": {"secret": SECRET}}),
        }

    def start(self) -> None:
        command = [sys.executable, "-c", "from pipelines.cli import main; main()", "intake", "--port", str(self.port)]
        self.process = subprocess.Popen(command, env=self._environment, stdout=subprocess.DEVNULL)
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"the intake ended with code {self.process.returncode}; it says why above")
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=1)
                times = psutil.Process(self.process.pid).cpu_times()
                self._started = times.user + times.system
                return
            except httpx.HTTPError:
                time.sleep(0.1)

    def kill(self) -> float:
        """End it as a power cut does; return the processor seconds it used after its start."""
        times = psutil.Process(self.process.pid).cpu_times()
        self.process.kill()
        self.process.wait()
        return times.user + times.system - self._started


class Line:
    """One kept-open connection. A client library would take more of the machine than the server that is measured."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, content: bytes) -> int:
        """Return the status of the answer. Raises OSError when there is none."""
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection("127.0.0.1", self._port)
            reader, writer = self._streams
            named = headers(content) | {"host": "127.0.0.1", "content-length": str(len(content))}
            lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
            writer.write(f"POST /intake/zendesk HTTP/1.1\r\n{lines}\r\n".encode() + content)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            await reader.readexactly(length)
            return int(head[9:12])
        except (OSError, asyncio.IncompleteReadError) as error:
            self.close()
            raise ConnectionError("no answer") from error

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def send(server: Server, rate: int, seconds: float, kills: int) -> Sent:
    """Send at a steady rate, killing the server in between; a post that is not answered is sent again."""
    sent = Sent()
    free: asyncio.Queue[Line] = asyncio.Queue()
    lines = [Line(server.port) for _ in range(LINES)]
    for line in lines:
        free.put_nowait(line)

    async def one(number: int, due: float) -> None:
        content = body(number)
        while True:
            line = await free.get()
            try:
                status = await line.post(content)
            except ConnectionError:
                status = 0
            finally:
                free.put_nowait(line)
            sent.answers[status] += 1
            if status in (200, 202):
                sent.took.append(time.monotonic() - due)
                sent.taken.add(f"{number}-{10_000_000 + number}")
                return
            await asyncio.sleep(0.5)

    began = time.monotonic()
    killings = [seconds * (at + 1) / (kills + 1) for at in range(kills)]
    tasks: list[asyncio.Task[None]] = []
    for number in range(int(rate * seconds)):
        if killings and time.monotonic() - began >= killings[0]:
            killings.pop(0)
            stopped = time.monotonic()
            sent.cpu += server.kill()
            await asyncio.to_thread(server.start)
            sent.down += time.monotonic() - stopped
            began += time.monotonic() - stopped
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        tasks.append(asyncio.create_task(one(number, due)))
    await asyncio.gather(*tasks)
    for line in lines:
        line.close()
    return sent


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--seconds", type=float, default=60)
    asked.add_argument("--rate", type=int, default=500)
    asked.add_argument("--kills", type=int, default=1)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        migrate.upgrade(server.url)
        server.start()
        began = time.monotonic()
        try:
            sent = asyncio.run(send(server, given.rate, given.seconds, given.kills))
        finally:
            cpu = server.kill()
        lasted = time.monotonic() - began - sent.down
        with Store(server.url) as store:
            kept = Counter(
                str(one.event["external_id"]) for one in intake.due(store, datetime.now(UTC), limit=10_000_000)
            )
        took, taken = sorted(sent.took), sent.taken
        print(
            f"{len(taken):,} posts answered in {lasted:.0f} s ({len(taken) / lasted:.0f} a second); answers {dict(sent.answers)}"
        )
        parts = (
            f"p{part} {1000 * took[min(len(took) - 1, len(took) * part // 100)]:.0f} ms" for part in (50, 95, 99, 100)
        )
        print(f"from due to answered: {', '.join(parts)}")
        print(f"processor time of the server: {1000 * (sent.cpu + cpu) / len(taken):.2f} ms a post")
        print(
            f"kept {len(kept):,}; answered but lost {len(taken - kept.keys())}; doubled {sum(one > 1 for one in kept.values())}"
        )


if __name__ == "__main__":
    main()
