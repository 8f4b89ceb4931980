"""Commands that care for the store and the people in it: backup, restore, check, erasure, retention, incidents, audit."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from pipelines.cli.people import local
from pipelines.cli.screen import console

incidents = typer.Typer(no_args_is_help=True, help="What may have cost records, or stopped the stream.")
topics = typer.Typer(no_args_is_help=True, help="The topics on the broker.")


def backup(file: Annotated[Path, typer.Argument(help="A new file for the copy.")]) -> None:
    """Copy the store to a file while everything goes on. Keep the privacy key too, in another place.

    Example: `earshot backup /backups/earshot-2026-11-22.backup`; a name that is not there yet.
    """
    from insights.settings import StoreSettings
    from insights.trust import backup as copies

    started = monotonic()
    size = copies.backup(StoreSettings().url, file)
    console.print(f"{file}: {size / 1e6:,.1f} MB in {monotonic() - started:.1f} s, and it is whole.", markup=False)


def export(
    folder: Annotated[Path, typer.Argument(help="A new folder for the files.")],
    analysts: Annotated[
        bool, typer.Option("--analysts", help="Only the two Parquet files: a row per conversation, a row per signal.")
    ] = False,
) -> None:
    """Write everything to files any program can read; `earshot restore` takes them into a store on either database."""
    from insights.trust import analyst, archive
    from pipelines import bootstrap

    with bootstrap.store(read_only=True) as store:
        if not analysts:
            kept = archive.write(store, folder)
            console.print(f"{folder}: {sum(kept.rows.values()):,} rows of {len(kept.rows)} tables.", markup=False)
        conversations, signals = analyst.write(store, folder / "parquet")
    console.print(f"{folder / 'parquet'}: {conversations:,} conversations, {signals:,} signals.", markup=False)


def restore(
    source: Annotated[Path, typer.Argument(help="A copy of `earshot backup`, or a folder of `earshot export`.")],
) -> None:
    """Put a copy where the store belongs. Stop everything first; nothing that is there is overwritten."""
    from insights import migrate
    from insights.settings import StoreSettings
    from insights.store import Store
    from insights.trust import archive
    from insights.trust import backup as copies

    if source.is_dir():
        url = StoreSettings().url
        migrate.upgrade(url)
        with Store(url) as store:
            kept = archive.read(store, source)
        console.print(f"Restored {sum(kept.rows.values()):,} rows of {len(kept.rows)} tables.", markup=False)
        return
    copies.restore(StoreSettings().url, source)
    console.print("Restored. What came since waits in the topic and is read again; next: `earshot db upgrade`.")


def check(
    audit_head: Annotated[str, typer.Option(help="A head that an earlier check printed: it must still be there.")] = "",
) -> None:
    """Look whether the store is whole: file, references, version of the tables, audit log. Exit code 1 when not."""
    from insights.settings import StoreSettings
    from insights.store import Store
    from insights.trust import backup as copies

    with Store(StoreSettings().url, read_only=True) as store:
        found = copies.check(store, audit_head)
    for damage in found.damage:
        console.print(f"fault {damage}", markup=False)
    console.print(
        f"tables {found.revision}; audit log: {found.audit_entries:,} entries"
        + (f", head {found.audit_head}" if found.audit_entries else "")
    )
    if found.damage:
        raise typer.Exit(1)
    console.print("The store is whole.")


def erase(
    customer: Annotated[str, typer.Argument(help="The customer's id as the sending system knows it.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Erase everything of one customer, and keep it from coming back. Prints the receipt. Example: `earshot erase cust-4711`."""
    from insights.trust import erasure
    from pipelines import bootstrap

    if not customer.strip():
        raise typer.BadParameter("a customer without an id cannot be told from others; give the id")
    if not yes and not typer.confirm("Erase this customer's notes for good?"):
        raise typer.Exit(1)
    key = bootstrap.pseudonyms().customer(customer)
    with bootstrap.store() as store:
        receipt, left = erasure.erase_for_good(store, key, raw_id=customer, by=local(store), at=datetime.now(UTC))
    rows = ", ".join(f"{count:,} x {name}" for name, count in receipt.counts.items()) or "nothing was found"
    console.print(f"Receipt {receipt.number}, {receipt.at:%Y-%m-%d %H:%M} UTC, by {receipt.by}: {rows}.", markup=False)
    console.print(
        "Copies made by `earshot backup` or `earshot export` before now still hold it, and the topic until its retention ends."
    )
    if left:
        console.print(f"{left[:1].upper()}{left[1:]}.", markup=False)
        raise typer.Exit(1)


def scrub() -> None:
    """Overwrite what deleted rows leave in the database's file. Erasing does so by itself; this is for when it could not."""
    from insights.trust import backup as copies
    from pipelines import bootstrap

    with bootstrap.store() as store:
        copies.scrub(store)
    console.print("Nothing that was deleted is left in the file.")


def retention() -> None:
    """Delete what is older than the settings promise (EARSHOT_KEEP_NOTES_DAYS and the like). Run it daily."""
    from insights.settings import StoreSettings
    from insights.trust import retention as old
    from pipelines import bootstrap

    settings = StoreSettings()
    keep = old.Keep(settings.keep_notes_days, settings.keep_dead_letters_days, settings.keep_events_days)
    with bootstrap.store() as store:
        gone = old.purge(store, keep, who=local(store).name, at=datetime.now(UTC))
    console.print(", ".join(f"{count:,} x {name}" for name, count in sorted(gone.items())) or "Nothing was too old.")


def audit(limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50) -> None:
    """Show who did what. `earshot db check` says whether the log is untouched."""
    from insights.trust import audit as log
    from pipelines import bootstrap

    with bootstrap.store(read_only=True) as store:
        entries = log.entries(store, limit=limit)
        if not entries:
            console.print("Nobody has done anything yet.")
        for entry in entries:
            row = f"{entry.number:>7}  {entry.at:%Y-%m-%d %H:%M:%S}  {entry.who:24} {entry.action:26} {entry.subject}"
            console.print(row, markup=False)


@incidents.command("list")
def incidents_listed() -> None:
    """Show incidents, newest first."""
    from insights.delivery import incidents as told
    from pipelines import bootstrap

    with bootstrap.store(read_only=True) as store:
        history = told.history(store)
        if not history:
            console.print("There was no incident.")
        for one in history:
            state = f"closed by {one.closed_by}" if one.closed_at else "OPEN"
            console.print(f"{one.id:>6}  {one.at:%Y-%m-%d %H:%M}  {one.kind:9} {one.place:30} {state}", markup=False)
            console.print(f"        {one.detail}", markup=False)


@incidents.command("close")
def incidents_closed(incident: Annotated[int, typer.Argument(help="Its number in `earshot incidents list`.")]) -> None:
    """Close an incident: you have seen to it. For the breaker: what is in the log may be set aside."""
    from insights.delivery import incidents as told
    from pipelines import bootstrap

    with bootstrap.store() as store:
        closed = told.close(store, incident, by=local(store), at=datetime.now(UTC))
    console.print("Closed." if closed else "It was closed already, or there is none of that number.")


@topics.command("create")
def topics_created() -> None:
    """Make the topics that are missing, with the retention that privacy needs; set it on those that are there."""
    from ingest.settings import IngestSettings
    from ingest.topics import create

    settings = IngestSettings()
    for name, days in create(settings):
        console.print(f"{name}: kept for {days} days", markup=False)
