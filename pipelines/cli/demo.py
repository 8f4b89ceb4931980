"""`earshot demo`: everything at once, on one machine, with nothing to install."""

from __future__ import annotations

from typing import Annotated

import typer


def demo(
    check: Annotated[
        bool,
        typer.Option(
            help="Do the same in a store of its own, without a person: look at what the board shows, exit 0 or 1."
        ),
    ] = False,
    port: Annotated[int, typer.Option(help="Port of the board.")] = 8501,
) -> None:
    """Start a broker, stream the shipped notes through Kafka and the language stage, find the themes, and open the board."""
    from pipelines.demo_run import run

    if not run(check=check, port=port):
        raise typer.Exit(1)
