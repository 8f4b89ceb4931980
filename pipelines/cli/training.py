"""`earshot train`: build the heads, learn from what people annotated, or go back."""

from __future__ import annotations

import getpass
import time
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from ingest.settings import IngestSettings
from pipelines.cli.screen import console


def train(
    from_annotations: Annotated[
        bool,
        typer.Option(
            "--from-annotations", help="Learn from what agents accepted, corrected and added; switch only if better."
        ),
    ] = False,
    rollback: Annotated[bool, typer.Option("--rollback", help="Return to the model that was in use before.")] = False,
    history: Annotated[bool, typer.Option("--history", help="List what was tried, and with what gain.")] = False,
    why: Annotated[str, typer.Option("--why", help="The reason, for --rollback.")] = "",
    who: Annotated[str, typer.Option("--who", help="Your name, as the history will show it.")] = "",
) -> None:
    """Build the heads from our annotated sentences, or learn from your agents' annotations."""
    if sum((from_annotations, rollback, history)) > 1:
        raise typer.BadParameter("choose one of --from-annotations, --rollback and --history")
    if from_annotations:
        _learn(who or getpass.getuser())
    elif rollback:
        _roll_back(who or getpass.getuser(), why)
    elif history:
        _history()
    else:
        _build()


def _build() -> None:
    from nlp import evaluation_training
    from nlp.model import build

    began = time.monotonic()
    found = evaluation_training.held_back()
    table = Table("kind", "precision", "recall", "F1", title=f"On the {found.texts} sentences held back")
    for kind, tally in found.kinds.items():
        table.add_row(kind, f"{tally.precision:.3f}", f"{tally.recall:.3f}", f"{tally.f1:.3f}")
    table.add_row("macro", "", "", f"{found.macro_f1:.3f}")
    console.print(table)
    path = build(IngestSettings().data_dir / "models")
    console.print(f"Trained on all {found.all_texts:,} sentences: {path}, {time.monotonic() - began:.0f} s in all.")


def _learn(who: str) -> None:
    from pipelines import bootstrap, learning

    console.print("Training beside the model in use (about a minute) ...")
    with bootstrap.store() as store:
        found = learning.learn(store, IngestSettings().data_dir / "models", who)
    table = Table(
        "kind", "before", "now", title=f"Learnt from {found.learnt_from} texts, judged on {found.held_back} others"
    )
    for kind, before in found.old.items():
        table.add_row(kind, f"{before:.3f}", f"{found.new[kind]:.3f}")
    table.add_row("macro", f"{found.old_macro:.3f}", f"{found.new_macro:.3f}")
    console.print(table)
    if found.better:
        console.print(f"Switched: {found.reason}. Restart `earshot stream`; `earshot train --rollback` goes back.")
    else:
        console.print(f"Not switched: {found.reason}.")


def _roll_back(who: str, why: str) -> None:
    from insights.desk import models
    from pipelines import bootstrap

    with bootstrap.store() as store:
        found = models.roll_back(store, at=datetime.now(UTC), who=who, why=why)
    console.print(f"Back to {'the model that ships' if found is None else f'trial {found}'}. Restart `earshot stream`.")


def _history() -> None:
    from insights.desk import models
    from pipelines import bootstrap

    with bootstrap.store(read_only=True) as store:
        trials = models.history(store)
    if not trials:
        console.print("Nothing was tried yet. `earshot train --from-annotations` learns from your agents' annotations.")
        return
    table = Table("trial", "when", "who", "outcome", "why", "in use")
    for one in trials:
        row = (str(one.id), f"{one.at:%d %b %Y %H:%M}", one.who, one.outcome.value, one.reason)
        table.add_row(*row, "yes" if one.in_use else "")
    console.print(table)
