"""`earshot review`: the weekly review from the command line, the same services as on the board."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.people import local
from pipelines.cli.screen import console

if TYPE_CHECKING:
    from insights.review.reviews import Item, Review
    from insights.store import Store

app = typer.Typer(
    no_args_is_help=True, help="The weekly review: what is new, grown, faded or answered, and what was decided."
)


class Decision(StrEnum):
    """What can be decided, as it is typed."""

    ACT = "act"
    TRY = "try"
    WAIT = "wait"
    DECLINE = "decline"
    SEEN = "seen"
    CARRY = "carry"


class Format(StrEnum):
    MARKDOWN = "md"
    HTML = "html"


Week = Annotated[
    str, typer.Option(help="Any day of the review's week, as 2026-11-16; the newest review when left out.")
]


@app.command("open")
def open_week() -> None:
    """Open this week's review, or bring its agenda up to date."""
    from insights.review import reviewing
    from pipelines import bootstrap

    with bootstrap.store() as store:
        reviewing.open_week(store, by=local(store), at=_now())
        _show(_review(store, ""))


@app.command("agenda")
def agenda(week: Week = "") -> None:
    """Show the agenda of a review and what was decided."""
    from pipelines import bootstrap

    with bootstrap.store(read_only=True) as store:
        _show(_review(store, week))


@app.command("decide")
def decide(
    theme: Annotated[int, typer.Argument(help="The number of the theme, as the agenda shows it.")],
    decision: Annotated[Decision, typer.Argument(help="What is decided.")],
    reason: Annotated[str, typer.Option(help="One sentence that the agents will read.")] = "",
    owner: Annotated[str, typer.Option(help="Who does it.")] = "",
    by: Annotated[str, typer.Option(help="The day by which it is done, or looked at again, as 2026-12-04.")] = "",
) -> None:
    """Record a decision on a theme of the open review, with the evidence as it stands now."""
    from insights.review import reviewing
    from insights.review.reviewing import Choice, ReviewError
    from insights.review.reviews import Verdict
    from pipelines import bootstrap

    with bootstrap.store() as store:
        found = _review(store, "")
        item = next((one for one in found.items if one.theme_id == theme), None)
        if item is None:
            raise ReviewError(f"theme {theme} is not on the agenda; `earshot review agenda` shows what is")
        choice = Choice(Verdict[decision.name], reason, owner, _day(by) if by else None)
        reviewing.decide(store, item.id, choice, by=local(store), at=_now())
        console.print(_line(next(one for one in _review(store, "").items if one.id == item.id)), markup=False)


@app.command("close")
def close(
    carry_over: Annotated[bool, typer.Option("--carry-over", help="Put what is undecided on the next agenda.")] = False,
) -> None:
    """Close the review; what was seen and decided stays as it is."""
    from insights.review import reviewing
    from pipelines import bootstrap

    with bootstrap.store() as store:
        found = _review(store, "")
        reviewing.close(store, found.id, by=local(store), at=_now(), carry_rest=carry_over)
    console.print(f"The review of the week of {found.week} is closed.", markup=False)


@app.command("export")
def export(
    week: Week = "",
    format: Annotated[Format, typer.Option(help="md for Markdown, html for a page that prints.")] = Format.MARKDOWN,
    output: Annotated[Path | None, typer.Option(help="The file to write; the screen when left out.")] = None,
) -> None:
    """Write the minutes of a review."""
    from insights.review.minutes import FORMATS
    from pipelines import bootstrap

    with bootstrap.store(read_only=True) as store:
        text = FORMATS[format.value][1](_review(store, week), _now())
    if output is None:
        typer.echo(text, nl=False)
        return
    output.write_text(text, encoding="utf-8")
    console.print(f"{output} is written.", markup=False)


def _review(store: Store, week: str) -> Review:
    from insights.review import reviews
    from insights.review.reviewing import ReviewError

    found = reviews.review(store, _day(week) if week else None, _now().date())
    if found is None:
        raise ReviewError(
            "there is no review" + (f" in the week of {week}" if week else "; `earshot review open` opens one")
        )
    return found


def _show(found: Review) -> None:
    state = "open" if found.closed_at is None else "closed"
    console.print(
        f"Review, week of {found.week} ({state}): {len(found.items)} on the agenda, {len(found.undecided)} to decide"
    )
    for item in found.items:
        console.print(_line(item), markup=False)


def _line(item: Item) -> str:
    from insights.review.minutes import VERDICTS

    made = item.decision
    said = "to decide" if made is None else " ".join(part for part in (VERDICTS[made.verdict], made.owner) if part)
    due = f" by {made.due}" if made is not None and made.due else ""
    return f"  {item.theme_id:>6}  {item.reason:12}  {item.evidence.name}: {item.why}  [{said}{due}]"


def _day(text: str) -> date:
    from insights.review.reviewing import ReviewError

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ReviewError(f"{text!r} is no day; write it as 2026-11-16") from None


def _now() -> datetime:
    return datetime.now(UTC)
