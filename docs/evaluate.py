"""Write the table of docs/methods.md anew: what `earshot eval` prints on each labelled set.

``python docs/evaluate.py DATA [MODEL]``: DATA is the folder with the labelled sets, MODEL the semantic encoder's folder.
Sets that are not there keep no row; our own truth always has its rows.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TRUTH = HERE.parent / "pipelines/finchwheel/truth.jsonl"
PAGE = HERE / "methods.md"
START, END = "<!-- eval: written by `make eval` -->", "<!-- eval: end -->"


@dataclass(frozen=True, slots=True)
class Run:
    """One call of `earshot eval` and the words for its row."""

    name: str
    kind: str
    file: Path
    options: tuple[str, ...] = ()


def runs(data: Path, model: Path | None, folder: Path) -> Iterator[Run]:
    """Yield what to measure with the sets that are there; some are first brought into the shape that `eval` reads."""
    yield Run("Finchwheel notes, our own truth", "truth", TRUTH)
    signals, redaction, themes = data / "signals", data / "redaction", data / "themes"
    if (signals / "suggestions_software_forum.csv").exists():
        forum = signals / "suggestions_software_forum.csv"
        yield Run("software forum, train part", "signals", _forum(forum, folder), ("--kind", "suggestion"))
        reviews = signals / "app_reviews.csv"
        wanted, broken = _reviews(reviews, folder)
        yield Run("app reviews: feature requests", "signals", wanted, ("--kind", "suggestion"))
        yield Run("app reviews: bug reports", "signals", broken, ("--kind", "pain"))
        yield Run("support sentences and care notes", "jobs", signals / "jobs.jsonl")
    if redaction.exists():
        for name in ("complaint_sentences", "templated", "support_chat"):
            yield Run(name.replace("_", " "), "redaction", redaction / f"{name}.jsonl")
    if themes.exists():
        for name in ("clinc150", "support_calls_finance", "support_calls_insurance", "support_chat_intents"):
            yield Run(name, "themes", themes / f"{name}.csv", ("--encoder", "static"))
            if model is not None:
                yield Run(name, "themes", themes / f"{name}.csv", ("--encoder", "semantic", "--model-dir", str(model)))
        yield Run("clinc150 by week", "stability", themes / "clinc150_weekly.csv", ("--encoder", "static"))


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    data = Path(sys.argv[1])
    model = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    lines = ["| kind | set | figures | missed and false |", "|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        for run in runs(data, model, Path(folder)):
            found = _measured(run)
            encoder = f" ({run.options[1]} encoder)" if run.kind in {"themes", "stability"} else ""
            lines.append(
                f"| {run.kind} | {run.name}{encoder} | {_figures(run.kind, found)} | {_failures(run.kind, found)} |"
            )
            print(lines[-1], flush=True)
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(START)
    _, after = rest.split(END)
    PAGE.write_text(f"{before}{START}\n" + "\n".join(lines) + f"\n{END}{after}", encoding="utf-8")


def _measured(run: Run) -> dict[str, Any]:
    command = ["earshot", "eval", run.kind, str(run.file), *run.options, "--json"]
    done = subprocess.run(
        [str(Path(sys.executable).with_name(command[0])), *command[1:]], capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _figures(kind: str, found: dict[str, Any]) -> str:
    if kind == "truth":
        kinds = ", ".join(f"{name} {value['f1']:.3f}" for name, value in found.items() if isinstance(value, dict))
        return f"macro F1 {found['macro_f1']:.3f}, F1 of words {found['span_f1']:.3f}; F1 {kinds}"
    if kind == "signals":
        names = ("precision", "recall", "f1", "macro_f1")
        return ", ".join(f"{name} {found[name]:.3f}" for name in names) + f", n {int(found['n']):,}"
    if kind == "jobs":
        whole = found["overall"]
        return f"precision {whole['precision']:.3f}, recall {whole['recall']:.3f}, f1 {whole['f1']:.3f}, F1 of words {whole['span_f1']:.3f}"
    if kind == "redaction":
        return f"leak {found['leak']:.3f}, false alarms per 1,000 words {found['false_per_1000_words']:.2f}"
    names = ("acc", "nmi", "ari", "coverage") if kind == "themes" else (
        "ari_final", "ari_batch", "ari_ratio", "unexplained_churn_max", "visible_change_max",
    )  # fmt: skip
    return ", ".join(f"{name} {found[name]:.3f}" for name in names) + f", themes {int(found['themes'])}"


def _failures(kind: str, found: dict[str, Any]) -> str:
    if kind == "truth":
        named = {name: value for name, value in found.items() if isinstance(value, dict)}
        return ", ".join(f"{name} {value['missed']} and {value['false']}" for name, value in named.items())
    if kind == "redaction":
        missed = {name: 1 - value for name, value in found["recall"].items() if name != "overall" and value < 1}
        return "missed: " + (", ".join(f"{name} {value:.1%}" for name, value in missed.items()) or "none")
    if kind == "jobs":
        return ", ".join(f"{name}: recall {found[name]['recall']:.3f}" for name in ("want", "purpose"))
    return ""


def _forum(file: Path, folder: Path) -> Path:
    rows = [row for row in _rows(file) if row["split"] == "train"]
    return _written(folder / "forum.csv", [(row["text"], row["label"]) for row in rows])


def _reviews(file: Path, folder: Path) -> tuple[Path, Path]:
    rows = _rows(file)
    wanted = _written(folder / "wanted.csv", [(row["text"], row["feature"]) for row in rows])
    return wanted, _written(folder / "broken.csv", [(row["text"], row["bug"]) for row in rows])


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _written(file: Path, rows: list[tuple[str, str]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([("text", "label"), *rows])
    return file


if __name__ == "__main__":
    main()
