"""Commands for themes: refresh them, decide on proposals, take a step back, change the encoder."""

from __future__ import annotations

import getpass
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.settings import LanguageSettings
from pipelines.cli.screen import console, errors, meter
from pipelines.settings import PipelineSettings

if TYPE_CHECKING:
    from insights.themes.curation import Decision
    from insights.themes.proposals import Proposal
    from pipelines.refresh import Report, Rules

app = typer.Typer(no_args_is_help=True, help="Themes: find, decide, take back, change the encoder.")

Why = Annotated[str, typer.Option(help="One sentence for the record.")]
Numbers = Annotated[list[int] | None, typer.Argument(help="Numbers, as `earshot themes proposals` shows them.")]


@app.command("refresh")
def refresh(
    thorough: Annotated[bool, typer.Option(help="Look at all signals now, not only at what is new.")] = False,
    every: Annotated[
        int | None, typer.Option(min=1, help="Go on, so many minutes after each refresh, until stopped.")
    ] = None,
) -> None:
    """Look for themes that are new, grown, merged, split or faded. EARSHOT_THEME_POLICY says what is done at once."""
    if every is None:
        say(_refreshed(thorough=thorough))
        return
    from pipelines.repeat import repeat
    from pipelines.stop import StopSignal

    # A refresh that fails, as when the store is away or another one runs, is said and tried again when its time comes.
    repeat(lambda: say(_refreshed(thorough=thorough)), minutes=every, stopped=StopSignal(), told=_failed)


@app.command("propose")
def propose() -> None:
    """Look at all signals and store what should change as proposals; no theme changes."""
    report = _refreshed(only_propose=True, thorough=True)
    console.print(f"{report.proposed:,} proposals wait; see them with `earshot themes proposals`.")


@app.command("proposals")
def list_proposals() -> None:
    """List the proposals that wait for a decision."""
    from insights.themes import proposals
    from pipelines import bootstrap

    found = proposals.waiting(bootstrap.store(read_only=True))
    for proposal in found:
        console.print(told(proposal), markup=False)
    console.print("Accept with `earshot themes accept NUMBER`." if found else "No proposal waits.")


@app.command("accept")
def accept(
    numbers: Numbers = None,
    everything: Annotated[bool, typer.Option("--all", help="Accept all that wait, in order.")] = False,
    why: Why = "",
) -> None:
    """Carry proposals out. What no longer fits, because its signals moved meanwhile, is left alone and said."""
    from insights.themes import proposals
    from pipelines import bootstrap, policy

    store, decision = bootstrap.store(), _decision(why)
    chosen = [one.id for one in proposals.waiting(store)] if everything else _named(numbers)
    for number in chosen:
        asked = len(proposals.one(store, number).suggestion.members)
        change = policy.accept(store, number, decision)
        if change is None:
            console.print(f"Proposal {number} is outdated: its signals or themes moved meanwhile. Nothing was changed.")
            continue
        steps = ", ".join(str(step) for step in change.steps)
        fits = "" if change.moved >= asked else f" of {asked:,}; the others had moved meanwhile"
        console.print(
            f"Proposal {number} done: theme {change.theme_id}, {change.moved:,} signals{fits} (step {steps})."
        )
    if not chosen:
        console.print("No proposal waits.")


@app.command("reject")
def reject(numbers: Numbers = None, why: Why = "") -> None:
    """Say no to proposals; they are not made again."""
    from pipelines import bootstrap, policy

    store, decision = bootstrap.store(), _decision(why)
    for number in _named(numbers):
        policy.reject(store, number, decision)
        console.print(f"Proposal {number} is rejected.")


@app.command("undo")
def undo(
    step: Annotated[int, typer.Argument(help="Number of the step, as the theme's page shows it.")], why: Why = ""
) -> None:
    """Take one step of a theme's history back, exactly."""
    from insights.themes import curation
    from pipelines import bootstrap

    done = curation.undo(bootstrap.store(), step, _decision(why))
    console.print(f"Step {step} is undone; {done.moved:,} notes' signals moved back. This is step {done.lineage_id}.")


@app.command("reencode")
def reencode(
    publish: Annotated[bool, typer.Option("--publish", help="Let the themes live by the configured encoder.")] = False,
    rollback: Annotated[bool, typer.Option("--rollback", help="Return to the encoder before.")] = False,
) -> None:
    """Give all signals vectors of the configured encoder (stop and go on at will), and show what themes would keep."""
    from pipelines import bootstrap
    from pipelines import reencode as change

    store, settings = bootstrap.store(), LanguageSettings()
    if rollback:
        console.print(f"The themes live by {change.roll_back(store).encoder_id} again. Restart the workers.")
        return
    target = change.configured(settings)
    with meter(f"Encoding with {target.encoder_id}", change.to_do(store, target)) as progress:
        report = change.prepare(store, settings, target, progress=progress.at)
    for line in report.lines():
        console.print(line, markup=False)
    if publish:
        change.publish_prepared(store, settings, target)
        console.print(f"Published: the themes live by {target.encoder_id}. Restart the workers; --rollback returns.")
    else:
        console.print("Nothing has changed yet; `earshot themes reencode --publish` switches.")


def rules() -> Rules:
    """Return what this deployment decided about its themes."""
    from pipelines.policy import Policy
    from pipelines.refresh import Rules

    settings = PipelineSettings()
    return Rules(Policy(settings.theme_policy), timedelta(weeks=settings.theme_fade_weeks))


def say(report: Report) -> None:
    """Print what a refresh did."""
    counts = Counter(change.action for change in report.changes)
    done = ", ".join(f"{number} {action}" for action, number in counts.items()) or "nothing changed"
    console.print(
        f"{report.themes:,} themes of {report.signals:,} signals ({done}); "
        f"{report.waiting:,} signals wait for others that say the same."
    )
    if report.proposed:
        console.print(f"{report.proposed:,} proposals wait for a decision: `earshot themes proposals`.")


def told(proposal: Proposal) -> str:
    """Return a proposal in one line: number, what would happen to which themes, and how much stands behind it."""
    wish = proposal.suggestion
    theme = f"theme {wish.theme_id} “{proposal.theme}”"
    target = f"theme {wish.target_id} “{proposal.target}”" if wish.target_id else f"a new theme “{wish.name}”"
    words = {
        "new": f"new theme “{wish.name}”",
        "confirm": f"confirm emerging {theme}",
        "grow": f"let {theme} grow",
        "merge": f"merge {theme} into {target}",
        "split": f"split {theme}: a part goes to {target}",
        "fade": f"mark {theme} as faded",
    }
    size = f"{len(wish.members):,} signals of {wish.customers:,} customers" if wish.members else "no signal moves"
    clear = f", {wish.purity:.0%} held together" if wish.action in ("merge", "split") else ""
    return f"{proposal.id:>5}  {wish.kind:<11} {words[wish.action]} ({size}{clear})"


def _refreshed(*, only_propose: bool = False, thorough: bool = False) -> Report:
    from pipelines import bootstrap
    from pipelines.refresh import KINDS
    from pipelines.refresh import refresh as refresh_themes

    with meter("Finding themes", len(KINDS)) as progress:
        return refresh_themes(
            bootstrap.store(),
            LanguageSettings(),
            rules=rules(),
            only_propose=only_propose,
            thorough=thorough,
            progress=progress.at,
        )


def _failed(error: Exception) -> None:
    errors.print(f"This refresh failed and will be tried again: {error}", markup=False)


def _decision(why: str) -> Decision:
    from insights.themes.curation import Decision

    return Decision(getpass.getuser(), why, datetime.now(UTC))


def _named(numbers: list[int] | None) -> list[int]:
    if not numbers:
        raise RuntimeError("name at least one proposal by its number; `earshot themes proposals` lists them")
    return numbers
