"""Commands for themes: refresh them, list them, take a step back."""

from __future__ import annotations

import getpass
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.settings import LanguageSettings
from pipelines.cli.screen import console, meter

if TYPE_CHECKING:
    from pipelines.refresh import Report

app = typer.Typer(no_args_is_help=True, help="Themes: find, change, take back.")


@app.command("refresh")
def refresh() -> None:
    """Look for themes that are new, grown, merged or split, and accept them. Known themes keep their ids."""
    from pipelines import bootstrap
    from pipelines.refresh import KINDS
    from pipelines.refresh import refresh as refresh_themes

    with meter("Finding themes", len(KINDS)) as progress:
        report = refresh_themes(bootstrap.store(), LanguageSettings(), progress=progress.at)
    say(report)


@app.command("undo")
def undo(
    step: Annotated[int, typer.Argument(help="Number of the step, as the theme's page shows it.")],
    why: Annotated[str, typer.Option(help="One sentence for the record.")] = "",
) -> None:
    """Take one step of a theme's history back, exactly."""
    from insights import curation
    from insights.curation import Decision
    from pipelines import bootstrap

    done = curation.undo(bootstrap.store(), step, Decision(getpass.getuser(), why, datetime.now(UTC)))
    console.print(f"Step {step} is undone; {done.moved:,} notes' signals moved back. This is step {done.lineage_id}.")


def say(report: Report) -> None:
    """Print what a refresh did."""
    counts = Counter(change.action for change in report.changes)
    done = ", ".join(f"{number} {action.value}" for action, number in counts.items()) or "nothing changed"
    console.print(
        f"{report.themes:,} themes of {report.signals:,} signals ({done}); "
        f"{report.waiting:,} signals wait for others that say the same."
    )
