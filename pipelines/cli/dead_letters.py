"""`earshot dead-letters`: look at what was set aside, export it, send it in again, purge it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.people import local
from pipelines.cli.screen import console

app = typer.Typer(no_args_is_help=True, help="Records that were set aside because they could not be read.")

Ids = Annotated[list[int] | None, typer.Argument(help="Ids as `list` shows them; none: all that wait.")]
Reason = Annotated[str, typer.Option(help="Only those set aside for this reason, such as not_json.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


class NothingWaits(RuntimeError):
    """There is no such record; the message says where to look."""


@app.command("list")
def listed(reason: Reason = "", limit: Annotated[int, typer.Option(help="How many, newest first.")] = 50) -> None:
    """Show what waits: id, when, why, where it came from, size. Never its words."""
    from insights.delivery import dead_letters
    from pipelines import bootstrap

    with bootstrap.store(read_only=True) as store:
        for one in dead_letters.listed(store, reason=reason, limit=limit):
            row = (
                f"{one.id:>8}  {one.at:%Y-%m-%d %H:%M}  {one.reason:18} {one.origin:34} {one.size:>9,} B  {one.detail}"
            )
            console.print(row, markup=False)
        counts = ", ".join(f"{count:,} x {why}" for why, count in dead_letters.counts(store))
        console.print(counts or "Nothing is set aside.", markup=False)


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="A new .jsonl file. It will hold personal data.")],
    ids: Ids = None,
    reason: Reason = "",
) -> None:
    """Write records with their bytes (base64) to a file that only you can read."""
    from insights.delivery import dead_letters
    from pipelines import bootstrap

    if file.exists():
        raise OSError(f"{file} is there already; give a new name")
    with bootstrap.store() as store:
        wanted = _chosen(ids, dead_letters.waiting_ids(store, reason=reason))
        rows = dead_letters.export(store, wanted, by=local(store), at=_now())
    file.touch(mode=0o600)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    console.print(f"{len(rows):,} records written to {file}.", markup=False)


@app.command("replay")
def replay(
    ids: Ids = None,
    reason: Reason = "",
    direct: Annotated[
        bool, typer.Option(help="Without Kafka: read them here and now. Needs the language models.")
    ] = False,
) -> None:
    """Send records in again, whole. What still cannot be read is set aside anew; nothing is stored twice.

    Example: `earshot dead-letters replay --reason not_json`, after the sender was mended.
    """
    from insights.delivery import dead_letters
    from pipelines import bootstrap

    with bootstrap.store() as store:
        wanted = _chosen(ids, dead_letters.waiting_ids(store, reason=reason))
        if not direct:
            sent = dead_letters.send_again(store, wanted, by=local(store), at=_now())
            console.print(f"{sent:,} records go out with `earshot relay`, and come back through the stream.")
            return
        from pipelines.cli.loading import loaded_processor
        from pipelines.replay import take_in

        with loaded_processor(store) as processor:
            taken = take_in(store, wanted, processor, bootstrap.decoder(), by=local(store))
    console.print(f"{taken:,} of {len(wanted):,} records were read this time.")


@app.command("purge")
def purge(ids: Ids = None, reason: Reason = "", yes: Yes = False) -> None:
    """Delete records for good."""
    from insights.delivery import dead_letters
    from pipelines import bootstrap

    with bootstrap.store() as store:
        wanted = _chosen(ids, dead_letters.waiting_ids(store, reason=reason))
        if not yes and not typer.confirm(f"Delete {len(wanted):,} records for good?"):
            raise typer.Exit(1)
        gone = dead_letters.purge(store, wanted, by=local(store), at=_now())
    console.print(f"{gone:,} records deleted.")


def _chosen(ids: Sequence[int] | None, waiting: Sequence[int]) -> Sequence[int]:
    """Those that were named, else all that wait. Raises NothingWaits when none does, or not the one named."""
    if not waiting:
        raise NothingWaits("nothing is set aside for this reason, or at all; `earshot dead-letters list` shows what is")
    if strangers := sorted(set(ids or ()) - set(waiting)):
        named = ", ".join(map(str, strangers))
        raise NothingWaits(f"no record of the id {named} waits; `earshot dead-letters list` shows those that do")
    return [one for one in waiting if one in set(ids)] if ids else waiting


def _now() -> datetime:
    return datetime.now(UTC)
