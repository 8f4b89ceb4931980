"""How the board is started: as a child process, so that its work never delays a worker."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

ENTRY = Path(__file__).parent / "asgi.py"


def command(host: str, port: int) -> list[str]:
    """Return the command line that serves the board at ``http://host:port``."""
    return [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(ENTRY),
        f"--server.address={host}",
        f"--server.port={port}",
    ]


def environment(base: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment for `command`: the parent's, or ``base``.

    Streamlit asks for an e-mail address at its first start on a machine unless it runs headless, and reports how it
    is used; both are turned off here as well as in ``.streamlit/config.toml``, which another folder's may override.
    """
    return {
        **(os.environ if base is None else base),
        "STREAMLIT_SERVER_HEADLESS": "true",
        "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
    }
