"""Earshot's redaction beside Presidio's, on the same texts: what leaks, what is taken for nothing, and how long it takes.

``python -m bench.presidio --python PYTHON FILE.jsonl ...``: PYTHON is the interpreter of an environment with
presidio-analyzer and a spaCy model; each line of a file has ``text``, ``pii`` and ``ignore`` as `earshot eval redaction` reads them.
Processor time of one core is counted.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from time import process_time
from typing import Any

from rich.console import Console
from rich.table import Table

from nlp.evaluation_redaction import evaluate_redaction
from nlp.redaction import Redactor
from nlp.redaction.findings import Finding, Redacted

SPANS = Path(__file__).parent / "peers/presidio_spans.py"


class Recorded(Redactor):
    """Findings that another program made, given in the order of its texts."""

    def __init__(self, spans: Sequence[Sequence[tuple[int, int]]]) -> None:
        self._spans = spans

    def redact_many(self, tickets: Sequence[Sequence[str]]) -> list[list[Redacted]]:
        return [
            [Redacted(ticket[0], tuple(Finding("", start, end, "", start) for start, end in spans))]
            for ticket, spans in zip(tickets, self._spans, strict=True)
        ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", required=True)
    parser.add_argument("files", nargs="+", type=Path)
    given = parser.parse_args()
    table = Table("file", "redaction", "leak", "of names", "false per 1,000 words", "texts a second of one core")
    for file in given.files:
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        for name, found, seconds in (("Earshot", *_ours(rows)), ("Presidio", *_theirs(rows, given.python))):
            names = 1 - found["recall"].get("PERSON", 1.0)
            figures = (f"{found['leak']:.1%}", f"{names:.1%}", f"{found['false_per_1000_words']:.1f}")
            table.add_row(file.stem, name, *figures, f"{len(rows) / seconds:,.0f}")
    Console().print(table)


def _ours(rows: list[dict[str, Any]]) -> tuple[dict[str, Any], float]:
    redactor = Redactor()
    redactor.redact_many([["My name is Ada Quux, call 212-555-0100."]])
    start = process_time()
    redactor.redact_many([[row["text"]] for row in rows])
    return evaluate_redaction(rows, redactor), process_time() - start


def _theirs(rows: list[dict[str, Any]], python: str) -> tuple[dict[str, Any], float]:
    texts = "".join(json.dumps(row["text"]) + "\n" for row in rows)
    done = subprocess.run([python, str(SPANS)], input=texts, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    return evaluate_redaction(rows, Recorded(answer["spans"])), float(answer["seconds"])


if __name__ == "__main__":
    main()
