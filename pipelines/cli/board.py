"""The board's command."""

from __future__ import annotations

import subprocess
import sys
from typing import Annotated

import typer

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
    process = start_board(host, port)
    try:
        code = process.wait()
    except KeyboardInterrupt:
        process.terminate()
        code = process.wait(timeout=5)
    raise typer.Exit(0 if code in {0, -15} else code)


def start_board(host: str, port: int, *, quiet: bool = False) -> subprocess.Popen[bytes]:
    """Start the board as a process of its own: it shares nothing with the pipelines but the store."""
    out = subprocess.DEVNULL if quiet else None
    return subprocess.Popen(
        [sys.executable, "-m", "dashboard", "--host", host, "--port", str(port)], stdout=out, stderr=out
    )
