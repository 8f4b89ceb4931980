"""`python -m dashboard`: serve the board."""

from __future__ import annotations

import argparse
import os
import sys

from pydantic import ValidationError

from dashboard.run import OpenToOthers, allowed_hosts, check_door, command, environment
from dashboard.settings import settings


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m dashboard", description="Serve the board.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=8501, help="port to listen on (default: 8501)")
    asked = parser.parse_args()
    try:
        check_door(asked.host, settings())
    except (OpenToOthers, ValidationError) as error:
        sys.exit(f"Earshot: {error}")
    words = command(asked.host, asked.port, allowed_hosts(settings()))
    # The server takes this process's place, so that whoever started it can stop it by the id it knows.
    os.execve(words[0], words, environment())


if __name__ == "__main__":
    main()
