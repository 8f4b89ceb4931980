"""`earshot ledger`: let themes ask, answer them, ship what was promised, and prove that nobody changed what was said."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

import typer

from insights.listening.ledger import AnswerKind, Value
from pipelines.cli.people import local
from pipelines.cli.screen import console, errors

app = typer.Typer(no_args_is_help=True, help="The ledger of what was asked and answered.")

Theme = Annotated[int, typer.Argument(help="The theme's number, as in its link.")]
Reason = Annotated[str, typer.Option(help="A sentence that the agents will read.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day, as 2026-11-30.")]


@app.command("verify")
def verify(
    head: Annotated[
        str, typer.Option(help="A last hash kept from an earlier check; it must still be in the ledger.")
    ] = "",
) -> None:
    """Check every entry of the ledger; name the first one that was changed, or in front of which one is missing."""
    from insights.listening import ledger
    from pipelines import bootstrap

    with bootstrap.store(read_only=True) as store:
        found = ledger.check(store, head)
    if found.tampered is not None:
        row = found.tampered
        errors.print(
            f"Entry {row.number} ({row.event}, theme {row.theme_id}, by {row.who}) does not follow from the one before: "
            "it was changed, or one in front of it is missing.",
            markup=False,
        )
        raise typer.Exit(1)
    if found.head_missing:
        errors.print(f"The hash you kept is not in the ledger: entries after number {found.entries} were cut off.")
        raise typer.Exit(1)
    console.print(f"{found.entries:,} entries, all as they were written. Keep the last hash elsewhere: {found.head}")


@app.command("ask")
def ask() -> None:
    """Let every theme past its owner's threshold ask for an answer, tell late authors, and pass on forgotten questions."""
    from insights.listening import asking, echo, questions, say
    from pipelines import bootstrap

    now = datetime.now(UTC)
    with bootstrap.store() as store:
        asked = asking.ask_due(store, now)
        told = echo.catch_up(store, now)
        passed = questions.lapse(store, now)
        closed = say.close_due(store, now)
    console.print(
        f"{len(asked):,} themes ask; {told:,} authors were told late; {passed:,} questions passed on; {closed:,} votes ended."
    )


@app.command("answer")
def answer(
    theme: Theme,
    kind: Annotated[AnswerKind, typer.Argument(help="What the team answers.")],
    reason: Reason,
    change: Annotated[str, typer.Option(help="Accepted: what customers will notice.")] = "",
    due: Day = None,
    value: Annotated[
        Value, typer.Option(help="Accepted: whether the change gives to customers or takes.")
    ] = Value.NEITHER,
) -> None:
    """Answer a theme for its owner team. An earlier answer stays and shows."""
    from insights.listening import answers
    from pipelines import bootstrap

    by_day: date | None = due.date() if due else None
    with bootstrap.store() as store:
        number = answers.answer(
            store, theme, kind, reason, by=local(store), at=datetime.now(UTC), change=change, due=by_day, value=value
        )
    console.print(
        f"Entry {number}: theme {theme} is {kind.value}. The authors of its notes have been told.", markup=False
    )


@app.command("ship")
def ship(
    number: Annotated[int, typer.Argument(help="The entry that promised the change.")],
    what: Annotated[str, typer.Option(help="What customers notice now.")],
) -> None:
    """Say that a promised change is out."""
    from insights.listening import answers
    from pipelines import bootstrap

    with bootstrap.store() as store:
        made = answers.ship(store, number, what, by=local(store), at=datetime.now(UTC))
    console.print(f"Entry {made}: what entry {number} promised is out.", markup=False)


@app.command("close")
def close(theme: Theme, reason: Reason) -> None:
    """Close an answered theme, with a reason."""
    from insights.listening import answers
    from pipelines import bootstrap

    with bootstrap.store() as store:
        made = answers.close(store, theme, reason, by=local(store), at=datetime.now(UTC))
    console.print(f"Entry {made}: theme {theme} is closed.", markup=False)


@app.command("show")
def show(theme: Theme) -> None:
    """Show everything that was recorded about a theme."""
    from insights.listening import ledger
    from pipelines import bootstrap

    with bootstrap.store(read_only=True) as store:
        entries = ledger.of_theme(store, theme)
        if not entries:
            console.print(f"Theme {theme} was never asked about.")
        for entry in entries:
            facts = (entry.answer, entry.reason, entry.change, f"by {entry.due}" if entry.due else "")
            line = f"{entry.number:>5}  {entry.at:%Y-%m-%d}  {entry.event.value:10} {entry.who}"
            console.print("  ".join((line, *(fact for fact in facts if fact))), markup=False)
