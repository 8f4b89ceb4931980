"""The board's command."""

from __future__ import annotations

import subprocess
import sys
from time import sleep
from typing import Annotated

import typer

from pipelines.stop import StopSignal

Host = Annotated[
    str,
    typer.Option(
        help="Address to listen on. Anything but 127.0.0.1 lets other machines in: put a proxy with sign-in before it."
    ),
]
Port = Annotated[int, typer.Option(help="Port to listen on.")]


def board(host: Host = "127.0.0.1", port: Port = 8501) -> None:
    """Serve the board."""
    from pipelines import bootstrap

    bootstrap.store(read_only=True).close()
    stop = StopSignal()
    process = start_board(host, port)
    while process.poll() is None and not stop():
        sleep(0.2)
    process.terminate()
    if not stop() and process.wait():
        raise typer.Exit(process.returncode)


def start_board(host: str, port: int, *, quiet: bool = False) -> subprocess.Popen[bytes]:
    """Start the board as a process of its own: it shares nothing with the pipelines but the store."""
    out = subprocess.DEVNULL if quiet else None
    return subprocess.Popen(
        [sys.executable, "-m", "dashboard", "--host", host, "--port", str(port)], stdout=out, stderr=out
    )
