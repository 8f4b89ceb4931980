"""Texts drawn at random with the signals heard in them, to be read by eye: ``python -m bench.reading FILE.csv ... [--count 200]``.

Each file is a CSV with a column ``text`` or ``note``; a file counts as care notes when its name says so. The same seed draws the same texts.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from pathlib import Path

from ingest.feedback import Segment, Speaker
from nlp.hearing import Hearer
from nlp.model import open_model
from nlp.redaction import Redactor


def drawn(files: list[Path], count: int, seed: int) -> list[tuple[Speaker, str]]:
    """Return ``count`` texts, as many of each file, with who speaks."""
    csv.field_size_limit(sys.maxsize)
    chance = random.Random(seed)
    found: list[tuple[Speaker, str]] = []
    for file in files:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
        column = next(name for name in ("text", "note") if name in rows[0])
        speaker = Speaker.NOTE if "note" in file.stem else Speaker.CUSTOMER
        found += [(speaker, row[column]) for row in chance.sample(rows, count // len(files))]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--model", type=Path, default=Path("var/models"))
    given = parser.parse_args()
    texts = drawn(given.files, given.count, given.seed)
    safe = Redactor().redact_many([[text] for _, text in texts])
    segments = [[Segment(speaker, one[0].text)] for (speaker, _), one in zip(texts, safe, strict=True)]
    heard = Hearer(open_model(given.model)).hear_many(segments, ["en"] * len(segments))
    for number, (note, signals) in enumerate(zip(segments, heard, strict=True), 1):
        print(f"{number}. {' '.join(note[0].text.split())}")
        for signal in signals:
            print(f"     {signal.kind.value} {signal.confidence:.2f}: {' '.join(signal.text.split())}")


if __name__ == "__main__":
    main()
