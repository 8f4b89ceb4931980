"""`earshot alerts`: look for rises now, tell of them, and say how well alerts would have done on the past."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from pipelines.cli.screen import console, errors

app = typer.Typer(no_args_is_help=True, help="Alerts: themes of which more is heard than expected.")


@app.command("look")
def look(
    channel: Annotated[str, typer.Option(help="Tell of new ones by this channel of EARSHOT_NOTICE_CHANNELS.")] = "",
    every: Annotated[
        int | None, typer.Option(min=1, help="Go on, so many minutes after each look, until stopped.")
    ] = None,
) -> None:
    """Look at every theme now. `earshot stream` does the same once a minute while notes come in."""
    from pipelines.repeat import repeat
    from pipelines.stop import StopSignal

    if every is None:
        _look(channel)
        return
    repeat(lambda: _look(channel), minutes=every, stopped=StopSignal(), told=_failed)


@app.command("backtest")
def backtest(
    days: Annotated[int, typer.Option(min=14, max=730, help="Days of the past to go through.")] = 84,
    times: Annotated[float, typer.Option(min=1.1, help="How many times the usual rate a planted rise is.")] = 3.0,
    planted: Annotated[int, typer.Option(min=0, help="Rises to plant into the past, one at a time.")] = 100,
) -> None:
    """Go through the past day by day, then plant rises into it; print precision, recall and time to detect."""
    from insights.numbers import alerts
    from insights.numbers.backtest import backtest as run
    from pipelines import bootstrap

    with bootstrap.store(read_only=True) as store:
        found = run(store, datetime.now(UTC), days=days, times=times, planted=planted)
        useful, noise = alerts.verdicts(store)
    console.print(f"{found.days} days, {found.themes} themes: {found.alerts} alerts.")
    if found.judged:
        console.print(
            f"Precision {found.precision:.2f}: after {found.right} of {found.judged} the next week was above the base too."
        )
    if found.planted:
        console.print(
            f"Recall {found.recall:.2f}: {found.found} of {found.planted} planted rises (x{times:g}) were named; "
            f"half of all within {found.median_days:g} days of data."
        )
    if useful + noise:
        console.print(f"People called {useful} alerts useful and {noise} noise.")


def _failed(error: Exception) -> None:
    errors.print(f"This look failed and will be tried again: {error}", markup=False)


def _look(channel: str) -> None:
    from insights.numbers import alerts
    from insights.settings import NoticeSettings
    from pipelines import bootstrap
    from pipelines.alerting import send

    now = datetime.now(UTC)
    with bootstrap.store() as store:
        opened = alerts.look(store, now)
        out, left = send(store, channel, NoticeSettings().addresses, now) if channel else (0, 0)
    told = f"; {out:,} told, {left:,} wait" if channel else ""
    console.print(f"{len(opened):,} alerts opened{told}.")
