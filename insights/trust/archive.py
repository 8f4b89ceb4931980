"""Everything, in files any program can read: to move to the other database, to keep for good, to analyse.

A folder with a manifest, one file of JSON lines per table, and two Parquet files for analysts. What is counted and searched
follows from the rest and is made anew. The rows come back exactly, so an archive of what was restored is the same archive.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Date, LargeBinary, Select, Table, func, insert, select, text, update

from insights import schema_version
from insights.columns import Base, Utc, table
from insights.counting import settling
from insights.counting.wording import index_words
from insights.store import Store, StoreError
from insights.tables import (
    CountBlockRow,
    CountRevisionRow,
    CountTouchedRow,
    FacetValueRow,
    FeedbackRow,
    SearchNoteRow,
)

FORMAT = 1
MANIFEST = "manifest.json"
AT_ONCE = 1_000
MADE_ANEW = frozenset(map(table, (CountBlockRow, CountRevisionRow, CountTouchedRow, FacetValueRow, SearchNoteRow)))


class ArchiveError(StoreError):
    """The archive cannot be written or taken in; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How many rows of each table an archive holds."""

    rows: Mapping[str, int]


def write(store: Store, folder: Path) -> Kept:
    """Write everything, as it is at one moment, into a folder that is empty or not there. Raises ArchiveError, StoreError."""
    if folder.exists() and any(folder.iterdir()):
        raise ArchiveError(f"{folder} is not empty; name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    told: dict[str, dict[str, Any]] = {}
    with store.connect() as connection:
        for one in _tables():
            told[one.name] = _write_table(connection, one, folder)
        manifest = {"format": FORMAT, "revision": schema_version.current(connection), "tables": told}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True), encoding="utf-8")
    return Kept({name: one["rows"] for name, one in told.items()})


def read(store: Store, folder: Path) -> Kept:
    """Take an archive into an empty store: all of it, or nothing. Raises ArchiveError, StoreError."""
    manifest = _manifest(folder)
    for name, one in manifest["tables"].items():
        if _digest(_file(folder, name)) != one["sha256"]:
            raise ArchiveError(f"{_file(folder, name)} is not as it was written; take another copy")
    with store.begin() as connection:
        found = schema_version.current(connection)
        if found != manifest["revision"]:
            raise ArchiveError(
                f"the archive is of revision {manifest['revision']}, the database of {found}; "
                "take it in with the Earshot that wrote it, then run `earshot db upgrade`"
            )
        for one in _tables():
            if connection.execute(select(func.count()).select_from(one)).scalar_one():
                raise ArchiveError(f"the database holds rows of {one.name}; take the archive into an empty one")
        for one in _tables():
            _read_table(connection, one, folder, manifest["tables"][one.name]["last"])
        settling.settle(connection)
        notes = [row["id"] for row in _lines(_file(folder, FeedbackRow.__tablename__))]
        index_words(connection, notes)
    return Kept({name: one["rows"] for name, one in manifest["tables"].items()})


def _tables() -> list[Table]:
    """Every table that is kept, each after those it refers to."""
    return [one for one in Base.metadata.sorted_tables if one not in MADE_ANEW]


def _wanted(one: Table) -> Select[Any]:
    if one.name == FeedbackRow.__tablename__:
        # Searching shows what was stored last first: the order comes back with the notes.
        order = table(SearchNoteRow)
        return select(one).outerjoin(order, order.c.feedback_id == one.c.id).order_by(order.c.number, one.c.id)
    return select(one).order_by(*one.primary_key.columns)


def _write_table(connection: Connection, one: Table, folder: Path) -> dict[str, Any]:
    rows = 0
    path = _file(folder, one.name)
    # The time of writing is left out, so that equal rows make equal files.
    with path.open("wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as file:
        for row in connection.execute(_wanted(one), execution_options={"yield_per": AT_ONCE}).mappings():
            plain = {column.name: _plain(row[column.name]) for column in one.columns}
            file.write(json.dumps(plain, ensure_ascii=False, sort_keys=True).encode() + b"\n")
            rows += 1
    return {"rows": rows, "sha256": _digest(path), "last": _last_number(connection, one)}


def _read_table(connection: Connection, one: Table, folder: Path, last: int | None) -> None:
    """Insert the rows; what refers to the table itself is filled in when all of them are there."""
    own = [column for column in one.columns if any(key.column.table is one for key in column.foreign_keys)]
    batch: list[dict[str, Any]] = []
    later: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for plain in _lines(_file(folder, one.name)):
        row = {column.name: _value(column, plain[column.name]) for column in one.columns}
        refers = {column.name: row[column.name] for column in own if row[column.name] is not None}
        if refers:
            later.append(({column.name: row[column.name] for column in one.primary_key.columns}, refers))
            row |= dict.fromkeys(refers)
        batch.append(row)
        if len(batch) == AT_ONCE:
            connection.execute(insert(one), batch)
            batch = []
    if batch:
        connection.execute(insert(one), batch)
    for key, refers in later:
        connection.execute(update(one).where(*(one.c[name] == value for name, value in key.items())).values(refers))
    if last:
        _go_on_from(connection, one, last)


def _number(one: Table) -> Column[Any] | None:
    """The column that the database numbers by itself, if there is one."""
    column = one.autoincrement_column
    return column if column is not None and column.autoincrement is not False else None


def _last_number(connection: Connection, one: Table) -> int | None:
    """Return the last number given away, also when its row is gone: no id is ever used twice."""
    column = _number(one)
    if column is None:
        return None
    largest = connection.execute(select(func.max(column))).scalar_one() or 0
    if connection.dialect.name == "sqlite":
        if connection.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'")).first() is None:
            return int(largest)
        given = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": one.name})
        return max(int(largest), int(given.scalar_one_or_none() or 0))
    sequence = _sequence(connection, one, column)
    if sequence is None:
        return int(largest)
    given = connection.execute(text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}"))  # noqa: S608
    return max(int(largest), int(given.scalar_one()))


def _go_on_from(connection: Connection, one: Table, last: int) -> None:
    column = _number(one)
    assert column is not None
    if connection.dialect.name == "sqlite":
        if not one.dialect_options["sqlite"]["autoincrement"]:
            return
        given = {"name": one.name, "last": last}
        if not connection.execute(text("UPDATE sqlite_sequence SET seq = :last WHERE name = :name"), given).rowcount:
            connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), given)
    elif (sequence := _sequence(connection, one, column)) is not None:
        connection.execute(
            text("SELECT setval(CAST(:sequence AS regclass), :last)"), {"sequence": sequence, "last": last}
        )


def _sequence(connection: Connection, one: Table, column: Column[Any]) -> str | None:
    found: str | None = connection.execute(
        text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": one.name, "column": column.name}
    ).scalar_one()
    return found


def _plain(value: Any) -> Any:
    match value:
        case bytes() | memoryview():
            return base64.b64encode(bytes(value)).decode()
        case datetime() | date():
            return value.isoformat()
    return value


def _value(column: Column[Any], plain: Any) -> Any:
    if plain is None:
        return None
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(plain)
    if isinstance(column.type, Utc):
        return datetime.fromisoformat(plain)
    return date.fromisoformat(plain) if isinstance(column.type, Date) else plain


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ArchiveError(f"{folder} holds no {MANIFEST}; name the folder that `earshot export` wrote") from None
    except ValueError as error:
        raise ArchiveError(f"{folder / MANIFEST} cannot be read ({error}); take another copy") from error
    if found.get("format") != FORMAT:
        raise ArchiveError(f"{folder} is of format {found.get('format')}, this Earshot reads {FORMAT}")
    missing = {one.name for one in _tables()} - set(found["tables"])
    if missing:
        raise ArchiveError(f"{folder} lacks {', '.join(sorted(missing))}; take it in with the Earshot that wrote it")
    return found


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}.jsonl.gz"


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise ArchiveError(f"{path} is missing; take another copy") from None
