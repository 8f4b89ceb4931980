"""How the board is started: as a child process, so that its work never delays a worker."""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from dashboard.settings import BoardSettings

ENTRY = Path(__file__).parent / "asgi.py"
HERE = ("localhost", "127.0.0.1", "::1")


class OpenToOthers(RuntimeError):
    """Local mode was asked to listen where other machines reach it; the message names the mend."""


def command(host: str, port: int, hosts: tuple[str, ...] = ()) -> list[str]:
    """Return the command line that serves the board at ``http://host:port``, under the names ``hosts`` only."""
    return [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(ENTRY),
        f"--server.address={host}",
        f"--server.port={port}",
        *(f"--server.allowedHosts={name}" for name in hosts),
    ]


def allowed_hosts(settings: BoardSettings) -> tuple[str, ...]:
    """Return the names under which the board may be opened: a page elsewhere cannot talk to it under its own."""
    given = [urlsplit(settings.board_url).hostname or "", *settings.board_hosts.split(",")]
    return (*HERE, *dict.fromkeys(name.strip() for name in given if name.strip()))


def check_door(host: str, settings: BoardSettings) -> None:
    """Raise OpenToOthers when nobody signs in and other machines could reach the board."""
    if not (settings.signs_in or settings.board_trust_network or _is_loopback(host)):
        raise OpenToOthers(
            f"nobody signs in here, so the board listens on this machine only, not on {host}; configure sign-in "
            "(EARSHOT_OIDC_METADATA_URL, docs/operations.md), or set EARSHOT_BOARD_TRUST_NETWORK=true where a "
            "container or a proxy keeps others out"
        )


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


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
