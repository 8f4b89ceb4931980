"""A pull that is killed again and again, as `test_pulling` and `bench/pull.py` do it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from insights.delivery import intake
from insights.store import Store

ROOT = Path(__file__).parents[2]


def pulled_with_kills(
    store: Store, url: str, sources: dict[str, dict[str, str]], name: str, whole: int, kills: int
) -> int:
    """Pull a source to its end, ending the puller by SIGKILL each time another share of ``whole`` messages is there.

    Returns how often it was killed. Raises RuntimeError when the puller ends by itself with an error.
    """
    environment = {key: value for key, value in os.environ.items() if not key.startswith("EARSHOT_")}
    environment |= {"EARSHOT_DATABASE_URL": url, "EARSHOT_PULL_SOURCES": json.dumps(sources)}
    killed = 0
    first = ["--since"]
    while True:
        command = [sys.executable, "-m", "tests.pipelines.puller", name, *first]
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
        while process.poll() is None:
            found = intake.pulled(store, name)
            first = [] if found else first
            if killed < kills and found and found.taken >= whole * (killed + 1) // (kills + 2):
                process.kill()
                break
            time.sleep(0.02)
        ended = process.wait()
        if ended == 0:
            return killed
        if ended != -9:
            raise RuntimeError(f"the pull ended with code {ended}")
        killed += 1
