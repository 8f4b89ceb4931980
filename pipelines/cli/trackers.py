"""`earshot trackers`: themes and the issues that stand for them where product work is planned."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from insights.listening.tracked import TrackError
from pipelines.cli.screen import console

app = typer.Typer(no_args_is_help=True, help="Themes and their issues in Jira, Linear, GitHub or GitLab.")

Theme = Annotated[int, typer.Argument(help="The theme's number, as its link shows it.")]
Name = Annotated[str, typer.Option(help="The tracker, by its name in EARSHOT_TRACKERS. Empty: the only one.")]


@app.command("list")
def listed() -> None:
    """Show every linked theme: its issue, how that stands, and what the ledger did not take."""
    from insights.listening import tracked
    from pipelines import bootstrap

    with bootstrap.store(read_only=True) as store:
        found = tracked.links(store)
    if not found:
        console.print("No theme is linked. `earshot trackers create THEME` makes an issue for one.", markup=False)
    for one in found:
        issue = one.issue
        console.print(
            f"{one.id:4}  theme {one.theme_id:<6} {one.tracker} {issue.key}  {issue.state}  {issue.url}", markup=False
        )
        if one.trouble:
            console.print(f"      {one.trouble}", markup=False)


@app.command("create")
def create(theme: Theme, tracker: Name = "") -> None:
    """Make an issue for a theme, with its evidence, and link the two."""
    from insights.listening import tracked
    from insights.settings import StoreSettings
    from pipelines import bootstrap
    from pipelines.cli.people import local
    from pipelines.settings import PipelineSettings
    from pipelines.trackers.evidence import title_and_body
    from pipelines.trackers.tracker import open_tracker

    settings, now = PipelineSettings(), datetime.now(UTC)
    name = _named(tracker)
    with bootstrap.store() as store:
        outside = store.seen_by(StoreSettings().min_customers)
        title, body = title_and_body(outside, theme, now.date(), settings.board_url)
        opened, connection = open_tracker(name, settings.trackers[name])
        with connection:
            issue = opened.create(title, body)
        tracked.link(store, theme, name, issue, by=local(store), at=now)
    console.print(f"{issue.key}: {issue.url}", markup=False)


@app.command("link")
def link(
    theme: Theme, issue: Annotated[str, typer.Argument(help="The issue as its tracker calls it.")], tracker: Name = ""
) -> None:
    """Link a theme to an issue that is there already."""
    from insights.listening import tracked
    from pipelines import bootstrap
    from pipelines.cli.people import local
    from pipelines.settings import PipelineSettings
    from pipelines.trackers.tracker import open_tracker

    name = _named(tracker)
    opened, connection = open_tracker(name, PipelineSettings().trackers[name])
    with connection, bootstrap.store() as store:
        found = opened.read(issue)
        made = tracked.link(store, theme, name, found, by=local(store), at=datetime.now(UTC))
    console.print(f"Theme {made.theme_id} is linked to {found.key}, {found.title} ({found.state}).", markup=False)


@app.command("unlink")
def unlink(
    number: Annotated[int, typer.Argument(help="The link's number, as `earshot trackers list` shows it.")],
) -> None:
    """Take a link away; the issue stays."""
    from insights.listening import tracked
    from pipelines import bootstrap
    from pipelines.cli.people import local

    with bootstrap.store() as store:
        tracked.unlink(store, number, by=local(store), at=datetime.now(UTC))
    console.print(f"Link {number} is gone.", markup=False)


@app.command("sync")
def sync() -> None:
    """Hear what became of all issues and tell what the ledger recorded. Run it every few minutes; exit code 1 on trouble."""
    from pipelines import bootstrap
    from pipelines.settings import PipelineSettings
    from pipelines.trackers import sync as rounds

    with bootstrap.store() as store:
        done = rounds.sync(store, PipelineSettings().trackers, datetime.now(UTC))
    console.print(f"{done.looked_at} looked at, {done.changed} changed, {done.told} told.", markup=False)
    for trouble in done.troubles:
        console.print(f"trouble {trouble}", markup=False)
    if done.troubles:
        raise typer.Exit(1)


def _named(name: str) -> str:
    """Return the tracker that was meant. Raises TrackError when there is none of that name, or several and none was named."""
    from pipelines.settings import PipelineSettings

    known = PipelineSettings().trackers
    if not known:
        raise TrackError("no tracker is configured; set EARSHOT_TRACKERS (docs/connectors/trackers.md)")
    if name in known or (not name and len(known) == 1):
        return name or next(iter(known))
    said = f"there is no tracker {name!r}" if name else "there are several trackers"
    raise TrackError(f"{said}; name one with --tracker: {', '.join(known)}")
