"""``python -m dashboard``: serve the board; how the `earshot board` command starts it."""

from __future__ import annotations

import argparse
import os

from dashboard.run import command, environment
from dashboard.settings import settings

if __name__ == "__main__":
    options = argparse.ArgumentParser(prog="dashboard", description="Serve the board.")
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=8501)
    given = options.parse_args()
    words = command(given.host, given.port)
    os.execve(words[0], words, environment(settings().url))
