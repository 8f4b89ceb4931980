"""Seconds and memory of discovery at 1,000 to 1,000,000 signals, each in a process of its own; sizes may be named instead.

The vectors are drawn around 400 centres of very uneven weight with the spread of real ones; no text is needed.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from time import perf_counter, process_time

from rich.console import Console
from rich.table import Table

SIZES = (1_000, 10_000, 100_000, 1_000_000)


def measure(size: int) -> dict[str, float]:
    """Discover once and return seconds, peak memory and the number of themes."""
    import numpy as np

    from nlp.discovery import discover

    rng = np.random.default_rng(0)
    centres = rng.standard_normal((400, 256)).astype(np.float32)
    weights = 1 / np.arange(1, 401) ** 0.8
    subjects = rng.choice(400, size=size, p=weights / weights.sum())
    vectors = 1.2 * rng.standard_normal((size, 256), dtype=np.float32)
    for start in range(0, size, 4096):
        vectors[start : start + 4096] += centres[subjects[start : start + 4096]]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    started, worked = perf_counter(), process_time()
    found = discover(vectors, seed=0)
    return {
        "seconds": perf_counter() - started,
        "worked": process_time() - worked,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "themes": float(found.count),
    }


def main() -> None:
    if sys.argv[1:2] == ["once"]:
        print(json.dumps(measure(int(sys.argv[2]))))
        return
    table = Table("signals", "seconds", "of the processor", "peak MB", "themes", title="Discovery")
    for size in [int(given) for given in sys.argv[1:]] or SIZES:
        command = [sys.executable, "-m", "bench.discovery", "once", str(size)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found = json.loads(done.stdout.strip().splitlines()[-1])
        seconds, worked = f"{found['seconds']:.1f}", f"{found['worked']:.1f}"
        table.add_row(f"{size:,}", seconds, worked, f"{found['peak_mb']:,.0f}", f"{found['themes']:.0f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
