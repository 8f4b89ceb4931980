"""`earshot doctor`: what is wrong with this installation, and the command that mends it."""

from __future__ import annotations

import typer

from pipelines.cli.screen import console


def doctor() -> None:
    """Check this installation; every fault comes with the command that mends it. Exit code 1 when something is wrong."""
    from pipelines.checkup import Ill, checks

    ill = 0
    for check in checks():
        try:
            console.print(f"[green]ok[/green]    {check.name}: {check.run()}")
        except Ill as fault:
            ill += 1
            console.print(f"[red]fault[/red] {check.name}: {fault.what}")
            console.print(f"      mend: {fault.mend}", markup=False)
    console.print("Everything is in order." if not ill else f"{ill} to mend.")
    if ill:
        raise typer.Exit(1)
