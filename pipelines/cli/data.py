"""Commands that bring Feedback in: from a file to the store, from a file to the topic; and the database itself."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from ingest.formats import earshot_jsonl
from ingest.formats.csv_mapped import Table
from ingest.formats.mapping import ColumnMapping, MappingError, guess, parse_pairs
from ingest.formats.row import Row
from ingest.settings import IngestSettings
from pipelines.cli.formats import FormatName, Own, read_format, told_passed
from pipelines.cli.loading import loaded_processor
from pipelines.cli.screen import console, errors, meter
from pipelines.settings import PipelineSettings

File = Annotated[
    Path,
    typer.Argument(
        help="A .csv file with a header line, .jsonl in Earshot's own format, or any file of a --format.",
        exists=True,
        dir_okay=False,
    ),
]
Map = Annotated[
    str,
    typer.Option(
        "--map",
        help="FIELD=COLUMN pairs, such as text=body,occurred_at=date. Without it the mapping is guessed and shown.",
    ),
]
Set = Annotated[
    str, typer.Option("--set", help="FIELD=VALUE pairs that hold for every row, such as source=crm,product=App.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether a guessed mapping is right.")]

database = typer.Typer(no_args_is_help=True, help="The database.")


def import_file(
    file: File, format: FormatName = "", map: Map = "", set: Set = "", own: Own = "", yes: Yes = False
) -> None:
    """Read a file straight into the store, without Kafka. Importing it again changes nothing."""
    from ingest.files import FileSource
    from pipelines import bootstrap
    from pipelines.run import drain

    rows, passed = read_rows(file, format, map, set, own, ask=not yes)
    with loaded_processor() as processor, meter(f"Reading {file.name}") as progress:
        source = FileSource(file.name, rows, bootstrap.decoder(), size=PipelineSettings().batch_size)
        tally = drain(source, processor, on_progress=lambda tally: progress.at(tally.seen))
    console.print(
        f"{file.name}: {tally.stored:,} stored, {tally.updated:,} updated, {tally.unchanged:,} known already, {tally.set_aside:,} set aside."
    )
    if passed:
        console.print(told_passed(passed))
    if tally.set_aside:
        console.print("What was set aside, and why, is on the board's Pipeline page.")
    if tally.stored or tally.updated:
        console.print("Next: `earshot themes refresh`, then `earshot board`.")


def publish(file: File, format: FormatName = "", map: Map = "", set: Set = "", own: Own = "", yes: Yes = False) -> None:
    """Send a file's records to the topic, where `earshot stream` reads them."""
    from ingest.publisher import Publisher

    refused = 0
    rows, passed = read_rows(file, format, map, set, own, ask=not yes)

    def events() -> Iterator[dict[str, object]]:
        nonlocal refused
        for row in rows:
            if row.event is None:
                refused += 1
                errors.print(f"{file.name}, line {row.line}: {row.reason}: {row.detail}")
            else:
                yield dict(row.event)

    with Publisher(IngestSettings()) as publisher:
        sent = publisher.publish(events())
    console.print(f"{file.name}: {sent:,} records published to {IngestSettings().kafka_topic}.")
    if passed:
        console.print(told_passed(passed))
    if refused:
        console.print(f"{refused:,} rows could not be read and were not sent; they are named above.")
        raise typer.Exit(1)


def read_rows(
    file: Path, format: str, map: str, set: str, own: str, *, ask: bool
) -> tuple[Iterator[Row], Counter[str]]:
    """Return the rows of a file, and the count of what was passed over in it, filled while the rows are read.

    Raises MappingError, NotThisFormat and UnknownFormat, which name the mend.
    """
    if format not in ("", "csv", "jsonl"):
        return read_format(file, format, map, set, own)
    if format == "jsonl" or (not format and file.suffix.lower() in {".jsonl", ".ndjson", ".json"}):
        if map or set:
            raise MappingError(
                "--map and --set are for tables; a .jsonl file holds whole events (docs/feedback-schema.md)"
            )
        return earshot_jsonl.read(file), Counter()
    table = Table(file)
    mapping = ColumnMapping(parse_pairs(map), parse_pairs(set)) if map else _guessed(table, parse_pairs(set), ask)
    mapping.check(table.header)
    return table.events(mapping), Counter()


def _guessed(table: Table, constants: dict[str, str], ask: bool) -> ColumnMapping:
    found = guess(table.header, table.sample)
    mapping = ColumnMapping(
        {name: column for name, column in found.columns.items() if name not in constants}, constants
    )
    mapping.check(table.header)
    console.print(f"The columns of {table.path.name} are read like this:")
    for name, column in mapping.columns.items():
        example = next((row[column] for row in table.sample if row.get(column)), "")
        console.print(f"  {name:16} from column {column!r}, such as {example[:50]!r}", markup=False)
    for name, value in constants.items():
        console.print(f"  {name:16} {value!r} in every row", markup=False)
    kept = [column for column in table.header if column not in mapping.columns.values()]
    if kept:
        console.print(f"  kept as further fields: {', '.join(kept)}", markup=False)
    if "occurred_at" not in {**mapping.columns, **constants}:
        console.print(
            "  occurred_at      no column looks like a date: the file's own date is used; or give --set occurred_at=2025-01-31"
        )
    pairs = ",".join(f"{name}={column}" for name, column in mapping.columns.items())
    console.print(f"The same by hand: --map {pairs}", markup=False)
    if ask and sys.stdin.isatty() and not typer.confirm("Is that right?", default=True):
        raise typer.Exit(1)
    return mapping


@database.command("upgrade")
def upgrade() -> None:
    """Bring the database to this version's schema; makes it if it is not there."""
    from insights import migrate
    from insights.settings import StoreSettings

    settings = StoreSettings()
    migrate.upgrade(settings.url)
    console.print(f"The database is at version {migrate.head()}.")


@database.command("recount")
def recount(
    repair: Annotated[bool, typer.Option("--repair", help="Count anew what does not agree.")] = False,
) -> None:
    """Compare everything counted on the board with a count from the raw notes; the exit code is 1 when they differ."""
    from insights.counting import recount as counting
    from pipelines import bootstrap

    opened = bootstrap.store()
    found = counting.recount(opened)
    if found.right:
        console.print(f"{found.records:,} records: all agree with the notes.")
        return
    console.print(
        f"{found.surplus:,} records stand for nothing, {found.missing:,} are missing, "
        f"{found.unsearchable:,} notes cannot be searched."
    )
    if not repair:
        errors.print("`earshot db recount --repair` counts anew.")
        raise typer.Exit(1)
    counting.repair(opened)
    console.print(f"Counted anew: {counting.recount(opened).records:,} records agree with the notes.")
