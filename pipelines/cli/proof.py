"""`earshot proof`: what became of a theme after its change was out, kept as a case, and told to whom it concerns."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from insights.numbers.pitch import Audience
from pipelines.cli.people import local
from pipelines.cli.screen import console, errors

app = typer.Typer(no_args_is_help=True, help="Proof: before and after a change, kept as cases.")


@app.command("make")
def make(theme: Annotated[int, typer.Argument(help="The theme's number, as in its link.")]) -> None:
    """Estimate what the shipped change of a theme did, against themes left alone, and keep it as a case."""
    from insights.numbers import pitch, proof
    from pipelines import bootstrap

    with bootstrap.store() as store:
        made = proof.prove(store, theme, by=local(store), at=datetime.now(UTC))
        case = next(one for one in proof.cases(store) if one.id == made)
    console.print(f"Case {made}: {pitch.verdict(case.effect)}", markup=False)


@app.command("list")
def list_cases(words: Annotated[str, typer.Argument(help="Words of the theme or the change.")] = "") -> None:
    """List the kept cases that have all the words."""
    from insights.numbers import pitch, proof
    from pipelines import bootstrap

    with bootstrap.store(read_only=True) as store:
        for one in proof.cases(store, words):
            console.print(f"{one.id:>4}  {one.changed_on}  {one.change}: {pitch.verdict(one.effect)}", markup=False)


@app.command("page")
def page(
    number: Annotated[int, typer.Argument(help="The case, as `earshot proof list` shows it.")],
    audience: Annotated[Audience, typer.Option(help="In whose words.")] = Audience.PRODUCT,
    to: Annotated[Path | None, typer.Option(help="Write it to this Markdown file.")] = None,
) -> None:
    """Print a case on one page, with five quotes and what it rests on."""
    from insights.numbers import pitch, proof
    from pipelines import bootstrap

    with bootstrap.store(read_only=True) as store:
        case = next((one for one in proof.cases(store) if one.id == number), None)
    if case is None:
        errors.print(f"There is no case {number}; `earshot proof list` shows all.")
        raise typer.Exit(1)
    told = pitch.page(case, audience)
    if to is None:
        console.print(told, markup=False)
    else:
        to.write_text(told, "utf-8")
        console.print(f"Written to {to}.", markup=False)
