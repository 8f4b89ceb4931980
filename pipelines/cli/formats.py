"""The command that lists the formats, with a sample of each, and what `import` and `publish` share to read a file of any."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Annotated

import typer

from ingest.formats.files import FormatFile
from ingest.formats.known import FORMATS, named
from ingest.formats.mapping import MappingError, parse_pairs
from ingest.formats.row import Row
from ingest.formats.samples import sample
from pipelines.cli.screen import console

FormatName = Annotated[
    str, typer.Option("--format", help="Where the file comes from, such as zendesk; `earshot formats` lists them.")
]
Own = Annotated[
    str,
    typer.Option(
        "--own", help="For mailboxes: your own mail domains, separated by commas; their mail is your agents'."
    ),
]


def formats(
    name: Annotated[str, typer.Argument(help="One format.")] = "",
    sample_wanted: Annotated[
        bool, typer.Option("--sample", help="Print a sample of it, to look at or to import.")
    ] = False,
) -> None:
    """List the formats Earshot reads, or print a sample of one."""
    if name and sample_wanted:
        sys.stdout.buffer.write(sample(named(name).name).content)
        sys.stdout.buffer.flush()
        return
    for found in [named(name)] if name else FORMATS.values():
        console.print(f"{found.name:12} {found.title}: {found.looks}", markup=False, highlight=False, soft_wrap=True)
    if not name:
        console.print(
            "csv          any table with a header line: `earshot import FILE --map text=COLUMN`", markup=False
        )
        console.print("jsonl        Earshot's own events, one a line (docs/feedback-schema.md)", markup=False)
        console.print(
            "`earshot formats zendesk --sample` prints a sample, docs/connectors/ says what becomes of each field."
        )


def read_format(file: Path, name: str, map: str, set: str, own: str) -> tuple[Iterator[Row], Counter[str]]:
    """Return the rows of a file of a named format, and the count, filled while they are read, of what was passed over.

    Raises MappingError for options that do not go with a format, UnknownFormat, NotThisFormat.
    """
    given = parse_pairs(set)
    if map or given.keys() - {"source"}:
        raise MappingError("with --format the fields are known: only --set source=NAME may be given, and no --map")
    domains = tuple(part.strip() for part in own.split(",") if part.strip())
    found = FormatFile(file, named(name), source=given.get("source", ""), own=domains)
    rows = found.rows()
    # The first is read now: a file of another format must be told before the models are loaded.
    first = list(islice(rows, 1))
    return chain(first, rows), found.passed


def told_passed(passed: Counter[str]) -> str:
    """Return a sentence on what was no feedback, or ""."""
    if not passed:
        return ""
    kinds = ", ".join(f"{count:,} {reason}" for reason, count in passed.most_common())
    return f"Passed over, as no one's words: {kinds}."
