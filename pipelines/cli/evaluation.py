"""`earshot eval`: the product's own code on a labelled file, and the measures."""

from __future__ import annotations

import csv
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.table import Table

from ingest.settings import IngestSettings
from nlp.encoders import open_encoder
from nlp.settings import LanguageSettings
from pipelines import bootstrap
from pipelines.cli.screen import console


class Kind(StrEnum):
    """What is measured."""

    THEMES = "themes"
    STABILITY = "stability"
    SIGNALS = "signals"
    JOBS = "jobs"
    REDACTION = "redaction"
    TRUTH = "truth"


class Unreadable(RuntimeError):
    """The labelled file is not of the shape this kind needs."""


def evaluate(
    kind: Annotated[Kind, typer.Argument(help="What to measure.")],
    file: Annotated[Path, typer.Argument(help="The labelled file.", exists=True, dir_okay=False)],
    encoder: Annotated[
        Literal["static", "semantic"] | None, typer.Option(help="The encoder; the configured one by default.")
    ] = None,
    model_dir: Annotated[Path | None, typer.Option(help="Folder with the semantic encoder's files.")] = None,
    signal: Annotated[
        str, typer.Option("--kind", help="For signals: pain, suggestion, praise, compensation or handoff.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Run the product's own code on a labelled file and print how well it does."""
    language = LanguageSettings()
    chosen = (encoder or language.encoder, model_dir or language.model_dir)
    if kind is Kind.SIGNALS and signal not in {"pain", "suggestion", "praise", "compensation", "handoff"}:
        raise typer.BadParameter("say which signal by --kind pain|suggestion|praise|compensation|handoff")
    found = _measure(kind, file, signal, chosen)
    if as_json:
        typer.echo(json.dumps(found))
    else:
        _print(kind, file, found)


def _measure(kind: Kind, file: Path, signal: str, chosen: tuple[Literal["static", "semantic"], Path]) -> dict[str, Any]:
    """Each kind brings its own libraries, and takes only those it needs."""
    if kind is Kind.THEMES:
        from nlp.evaluation_themes import evaluate_themes

        texts, labels = _columns(file, "text", "label")
        return dict(evaluate_themes(texts, labels, open_encoder(*chosen)))
    if kind is Kind.STABILITY:
        from nlp.evaluation_themes import evaluate_stability

        texts, labels, weeks = _weekly(file)
        return dict(evaluate_stability(texts, labels, weeks, open_encoder(*chosen)))
    if kind is Kind.SIGNALS:
        from nlp.evaluation_signals import evaluate_signals

        texts, marks = _binary(file)
        return dict(evaluate_signals(texts, marks, signal, bootstrap.hearer(IngestSettings().data_dir)))
    if kind is Kind.JOBS:
        from nlp.evaluation_jobs import evaluate_jobs

        return dict(evaluate_jobs(_objects(file), bootstrap.hearer(IngestSettings().data_dir)))
    if kind is Kind.TRUTH:
        from nlp.evaluation_truth import evaluate_truth

        notes, truth = _notes(file), {item["external_id"]: item["marks"] for item in _objects(file, "external_id")}
        return dict(evaluate_truth(notes, truth, bootstrap.hearer(IngestSettings().data_dir)))
    from nlp.evaluation_redaction import evaluate_redaction

    return dict(evaluate_redaction(_objects(file)))


def _columns(file: Path, *names: str) -> tuple[list[str], ...]:
    csv.field_size_limit(16 * 1024 * 1024)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        missing = [name for name in names if name not in (reader.fieldnames or ())]
        if missing:
            raise Unreadable(f"{file.name} lacks the column {missing[0]!r}; it needs {', '.join(names)}")
        rows = list(reader)
    return tuple([row[name] for row in rows] for name in names)


def _weekly(file: Path) -> tuple[list[str], list[str], list[int]]:
    texts, labels, weeks = _columns(file, "text", "label", "week")
    try:
        return texts, labels, [int(week) for week in weeks]
    except ValueError as error:
        raise Unreadable(f"{file.name}: the column 'week' must hold whole numbers ({error})") from None


def _binary(file: Path) -> tuple[list[str], list[int]]:
    texts, labels = _columns(file, "text", "label")
    wrong = next((label for label in labels if label not in {"0", "1"}), None)
    if wrong is not None:
        raise Unreadable(f"{file.name}: the column 'label' must hold 0 or 1, not {wrong[:20]!r}")
    return texts, [int(label) for label in labels]


def _notes(truth: Path) -> list[dict[str, Any]]:
    """The notes that a file of marks speaks of stand beside it, in ``notes.jsonl``."""
    beside = truth.with_name("notes.jsonl")
    if not beside.exists():
        raise Unreadable(f"{truth.name} holds marks only; put the notes beside it, as {beside.name}")
    return _objects(beside, "external_id")


def _objects(file: Path, needed: str = "text") -> list[dict[str, Any]]:
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except ValueError as error:
            raise Unreadable(f"{file.name}, line {number}: not JSON ({error})") from None
        if not isinstance(item, dict) or not isinstance(item.get(needed), str):
            raise Unreadable(f"{file.name}, line {number}: an object with {needed!r} is needed")
        found.append(item)
    return found


def _print(kind: Kind, file: Path, found: dict[str, Any]) -> None:
    table = Table("measure", "value", title=f"{kind} on {file.name}")
    for name, value in _flat(found):
        table.add_row(
            name, f"{value:.3f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
        )
    console.print(table)


def _flat(found: dict[str, Any], before: str = "") -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for name, value in found.items():
        rows.extend(_flat(value, f"{before}{name}.") if isinstance(value, dict) else [(before + name, value)])
    return rows
