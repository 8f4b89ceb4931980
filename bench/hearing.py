"""How many notes of about 40 words are redacted and heard a second, stage by stage, beside Presidio on the same texts.

OMP_NUM_THREADS=1 python -m bench.hearing [--notes 2000] [--model FOLDER] [--presidio PYTHON]

The stages are processor time of one core. The last lines are what the clock says of two processes side by side, and the memory
of the larger one. PYTHON is the interpreter of an environment with presidio-analyzer and a spaCy model (bench/peers/requirements.txt).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ingest.feedback import Segment, Speaker
from nlp import examples, job_features, jobs, patterns
from nlp.ensemble import Ensemble
from nlp.features import Featurizer
from nlp.hearing import Hearer
from nlp.model import open_model
from nlp.redaction import Redactor
from nlp.scoring import head_probabilities, unit_odds
from nlp.static_encoder import StaticEncoder
from nlp.units import passage

BATCH = 200
CORES = 2
PRESIDIO_TEXTS = 200
SPANS = Path(__file__).parent / "peers/presidio_spans.py"


def notes(count: int, words: int = 40) -> list[str]:
    """Return ``count`` notes of about ``words`` words, put together from the training sentences in order."""
    texts = [example.text for example in examples.read(examples.shipped())]
    made: list[str] = []
    at = 0
    while len(made) < count:
        parts: list[str] = []
        while sum(len(part.split()) for part in parts) < words - 6:
            parts.append(texts[at % len(texts)])
            at += 1
        made.append(" ".join(part if part[-1] in ".!?" else part + "." for part in parts))
    return made


class Both:
    """Redaction and hearing, as a worker has them, with the first words already met."""

    def __init__(self, folder: Path, first: list[str]) -> None:
        self.model = open_model(folder)
        self._redactor, self._hearer = Redactor(), Hearer(self.model)
        self.hear(self.redact(first))

    def redact(self, texts: list[str]) -> list[str]:
        return [safe[0].text for safe in self._redactor.redact_many([[text] for text in texts])]

    def hear(self, texts: list[str]) -> None:
        self._hearer.hear_many([[Segment(Speaker.NOTE, text)] for text in texts], ["en"] * len(texts))


def stages(both: Both, many: list[str]) -> dict[str, float]:
    """Return the milliseconds of one core that a note takes, by stage."""
    networks = Ensemble(both.model.networks)
    featurizer = Featurizer(StaticEncoder(), patterns.shipped())
    networks.odds(featurizer.rows([passage(text, "n")[0] for text in many[:BATCH]])[1])
    spent: dict[str, float] = {}
    began = 0.0

    def took(name: str) -> None:
        nonlocal began
        ended = time.process_time()
        spent[name] = spent.get(name, 0.0) + 1000 * (ended - began) / len(many)
        began = time.process_time()

    for start in range(0, len(many), BATCH):
        began = time.process_time()
        batch = both.redact(many[start : start + BATCH])
        took("redaction")
        both.hear(batch)
        took("hearing, all of it")
        passages = [passage(text, "n") for text in batch]
        took("- sentences, clauses, words")
        rows, words = featurizer.rows([read for read, _ in passages])
        took("- features and patterns")
        odds, around = networks.odds(words)
        took("- networks")
        head_probabilities(both.model, rows, unit_odds(words, odds, around, len(rows.sentence)))
        took("- heads")
        for read, spans in passages:
            for sentence in jobs.sentences(read, spans, "n"):
                for candidate in sentence.candidates[:2]:
                    job_features.start_features(sentence, candidate)
        took("- job candidates")
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, default=2000)
    parser.add_argument("--model", type=Path, default=Path("var/models"))
    parser.add_argument(
        "--presidio", default=os.environ.get("PRESIDIO", ""), help="interpreter that has presidio-analyzer"
    )
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    many = notes(given.notes)
    both = Both(given.model, many)
    if given.worker:
        _work(both, many)
        return
    length = sum(len(text.split()) for text in many) / len(many)
    spent = stages(both, many)
    table = Table("stage", "ms a note, one core", "notes/s", title=f"{len(many):,} notes of {length:.0f} words")
    for name, milliseconds in spent.items():
        table.add_row(name, f"{milliseconds:.3f}", f"{1000 / milliseconds:,.0f}")
    total = spent["redaction"] + spent["hearing, all of it"]
    table.add_row("redaction and hearing", f"{total:.3f}", f"{1000 / total:,.0f}")
    if given.presidio:
        seconds = _presidio(given.presidio, many[:PRESIDIO_TEXTS]) / PRESIDIO_TEXTS
        table.add_row("Presidio, redaction only", f"{1000 * seconds:.3f}", f"{1 / seconds:,.0f}")
    rate, peak = _side_by_side(given.model, given.notes)
    table.add_row(f"redaction and hearing, {CORES} processes by the clock", "", f"{rate:,.0f}")
    Console().print(table)
    print(f"peak memory of one process: {peak:.0f} MB")


def _work(both: Both, many: list[str]) -> None:
    """Wait for the word to go, work, and tell when it began and ended and how much memory was held."""
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.monotonic()
    for start in range(0, len(many), BATCH):
        both.hear(both.redact(many[start : start + BATCH]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"began": began, "ended": time.monotonic(), "peak": peak}))


def _side_by_side(folder: Path, count: int) -> tuple[float, float]:
    """Return notes a second of CORES processes that each read ``count`` notes, and the peak megabytes of the larger one."""
    command = [sys.executable, "-m", "bench.hearing", "--worker", "--notes", str(count), "--model", str(folder)]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(CORES)
    ]
    for worker in workers:
        assert worker.stdout is not None
        worker.stdout.readline()
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    told = [json.loads(worker.communicate()[0]) for worker in workers]
    seconds = max(one["ended"] for one in told) - min(one["began"] for one in told)
    return CORES * count / seconds, max(one["peak"] for one in told)


def _presidio(python: str, texts: list[str]) -> float:
    """Return the seconds of one core that Presidio takes for ``texts``."""
    lines = "".join(json.dumps(text) + "\n" for text in texts)
    done = subprocess.run([python, str(SPANS)], input=lines, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout)["seconds"])


if __name__ == "__main__":
    main()
