"""Do the same texts give the same themes? ``python -m bench.lasting FILE``: other seeds, 90% subsamples, notes on one case.

FILE is a CSV with the column text; ``--case`` names a column whose equal values are notes by different people on one case.
"""

from __future__ import annotations

import argparse
import csv
from itertools import combinations
from pathlib import Path

import numpy as np

from nlp.discovery import Communities, discover
from nlp.encoders import Vectors, open_encoder
from nlp.granularity import Labels
from nlp.measures import ari, numbered
from nlp.wording import with_words


def main() -> None:
    wanted = argparse.ArgumentParser(prog="python -m bench.lasting", description=__doc__)
    wanted.add_argument("file", type=Path)
    wanted.add_argument("--encoder", choices=("static", "semantic"), default="static")
    wanted.add_argument("--model-dir", type=Path, default=None)
    wanted.add_argument("--seeds", type=int, default=5)
    wanted.add_argument("--case", default="", help="column that names the case, such as conversation_id")
    wanted.add_argument("--only", default="", help="COLUMN=VALUE: rows to keep, such as role=customer")
    given = wanted.parse_args()
    with given.file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    column, _, value = given.only.partition("=")
    rows = [row for row in rows if not column or row[column] == value]
    texts = [row["text"] for row in rows]
    vectors = open_encoder(given.encoder, given.model_dir).encode(texts)
    runs = [_found(vectors, texts, seed) for seed in range(given.seeds)]
    print(f"{given.file.name}, {given.encoder}: {len(rows):,} texts, {np.mean([run.count for run in runs]):.0f} themes")
    pairs = [ari(one.labels, other.labels) for one, other in combinations(runs, 2)]
    print(f"ARI between {given.seeds} seeds: mean {np.mean(pairs):.3f}, least {min(pairs):.3f}")
    again = [_on_part(vectors, texts, runs[0].labels, seed) for seed in range(given.seeds)]
    print(f"ARI with {given.seeds} runs on 90% of the texts: mean {np.mean(again):.3f}, least {min(again):.3f}")
    if given.case:
        for level, labels in (("themes", runs[0].labels), ("families", _families(runs[0]))):
            same, chance = same_case(labels, numbered([row[given.case] for row in rows]))
            count = len(np.unique(labels[labels >= 0]))
            print(f"Notes on one case in one of {count} {level}: {same:.3f} (any two notes: {chance:.3f})")


def same_case(found: Labels, cases: Labels) -> tuple[float, float]:
    """Return the share of pairs of notes on one case that share a theme, and the share of all pairs that do.

    An unassigned note shares its theme with none.
    """
    order = np.argsort(cases, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(cases[order])) + 1)
    pairs = np.array([pair for group in groups for pair in combinations(group.tolist(), 2)])
    one, other = found[pairs[:, 0]], found[pairs[:, 1]]
    sizes = np.bincount(found[found >= 0])
    n = len(found)
    return float(((one == other) & (one >= 0)).mean()), float((sizes * (sizes - 1)).sum() / (n * (n - 1)))


def _found(vectors: Vectors, texts: list[str], seed: int) -> Communities:
    return discover(with_words(vectors, texts), seed=seed)


def _on_part(vectors: Vectors, texts: list[str], whole: Labels, seed: int) -> float:
    rng = np.random.default_rng(seed + 100)
    rows = np.sort(rng.choice(len(texts), size=int(0.9 * len(texts)), replace=False))
    return ari(whole[rows], _found(vectors[rows], [texts[row] for row in rows], seed).labels)


def _families(found: Communities) -> Labels:
    """Themes under one parent count as one."""
    parents = np.array([found.parents.get(theme, -2 - theme) for theme in range(found.count)])
    return np.where(found.labels >= 0, numbered(parents)[found.labels], -1)


if __name__ == "__main__":
    main()
