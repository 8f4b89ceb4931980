"""``python -m bench.peers FILE``: a CSV with the columns text and label; prints one table, means over the seeds."""

from __future__ import annotations

import argparse
import csv
import threading
import time
from pathlib import Path

import numpy as np
import psutil

from bench.peers.methods import METHODS, Method, earshot
from nlp.encoders import Vectors, open_encoder
from nlp.evaluation_themes import scores
from nlp.granularity import Labels
from nlp.measures import numbered

COLUMNS = ("nmi", "ari", "ari_singletons", "acc", "coverage")


def main() -> None:
    wanted = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    wanted.add_argument("file", type=Path, help="CSV with the columns text and label")
    wanted.add_argument("--encoder", choices=("static", "semantic"), default="static")
    wanted.add_argument("--model-dir", type=Path, default=None, help="folder of the semantic encoder")
    wanted.add_argument("--seeds", type=int, default=5)
    given = wanted.parse_args()
    with given.file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    if not rows or not {"text", "label"} <= rows[0].keys():
        wanted.error(f"{given.file} needs the columns text and label, and at least one row")
    vectors = open_encoder(given.encoder, given.model_dir).encode([row["text"] for row in rows])
    truth = numbered([row["label"] for row in rows])
    print(
        f"{given.file.name}: {len(rows):,} texts, {int(truth.max()) + 1} subjects, {given.encoder} encoder, {given.seeds} seeds"
    )
    print("ARI counts left-out texts as one theme; ARI alone counts each as a theme of its own.\n")
    print("| method | themes | NMI | ARI | ARI alone | ACC | coverage | seconds | MB |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, method in {**METHODS, "Earshot": earshot([row["text"] for row in rows])}.items():
        # What is compiled on the first call is not timed.
        method(vectors[: min(len(vectors), 300)], 0)
        print(_line(name, [_measured(method, vectors, truth, seed) for seed in range(given.seeds)]), flush=True)


def _measured(method: Method, vectors: Vectors, truth: Labels, seed: int) -> dict[str, float]:
    process = psutil.Process()
    before = peak = process.memory_info().rss
    done = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.02):
            peak = max(peak, process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    start = time.perf_counter()
    try:
        found = method(vectors, seed)
        seconds = time.perf_counter() - start
    finally:
        done.set()
        watcher.join()
    themes = len(set(found[found >= 0].tolist()))
    return {**scores(truth, found), "themes": themes, "seconds": seconds, "megabytes": (peak - before) / 1e6}


def _line(name: str, runs: list[dict[str, float]]) -> str:
    mean = {key: float(np.mean([run[key] for run in runs])) for key in runs[0]}
    middle = " | ".join(f"{mean[column]:.3f}" for column in COLUMNS)
    return f"| {name} | {mean['themes']:.0f} | {middle} | {mean['seconds']:.1f} | {mean['megabytes']:.0f} |"


if __name__ == "__main__":
    main()
