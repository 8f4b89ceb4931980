"""Seconds redaction takes: ``python -m bench.redaction FILE.jsonl ...`` prints milliseconds per note of 40 words, by file.

Each line is an object with ``text``. Processor time of one core is counted, so other work on the machine matters little.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import process_time

from nlp.redaction import Redactor

WORDS = 40


def measure(texts: list[str], redactor: Redactor) -> float:
    """Return the milliseconds of one core that a note of 40 words takes."""
    words = sum(len(text.split()) for text in texts)
    start = process_time()
    redactor.redact_many([[text] for text in texts])
    return (process_time() - start) * 1000 * WORDS / max(1, words)


def main(paths: list[str]) -> None:
    redactor = Redactor()
    redactor.redact_many([["my name is Ada, call 555-0100"], ["spoke with Zorba Quuxley about it"]])
    for path in paths:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
        texts = [json.loads(line)["text"] for line in lines]
        print(f"{Path(path).name}: {measure(texts, redactor):.2f} ms per {WORDS} words")


if __name__ == "__main__":
    main(sys.argv[1:])
