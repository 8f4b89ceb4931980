"""A copy of the store while it runs, taking it back, and looking whether it is whole."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url, text

from insights import schema_version
from insights.store import Store, StoreError
from insights.trust import audit

TOOL_SECONDS = 3_600


class BackupFailed(StoreError):
    """The copy could not be made, or is not whole; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Health:
    """What a check found. ``damage`` is empty when the store is whole."""

    revision: str | None
    audit_entries: int
    audit_head: str
    damage: tuple[str, ...]


def backup(url: str, target: Path) -> int:
    """Write a copy of the store to a file that is not there yet, while others go on writing; return its bytes.

    The copy is one moment: its offsets fit its notes. SQLite: VACUUM INTO, then an integrity check of the copy.
    PostgreSQL: pg_dump in its custom format. Raises BackupFailed, StoreError.
    """
    if target.exists():
        raise BackupFailed(f"{target} is there already; give a new name, so that no older copy is lost")
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.part")
    aside.unlink(missing_ok=True)
    try:
        if _is_sqlite(url):
            with sqlite3.connect(f"file:{_path(url)}?mode=ro", uri=True) as connection:
                connection.execute("VACUUM INTO ?", (str(aside),))
            connection.close()
            _must_be_whole(aside)
        else:
            _tool("pg_dump", url, "--format=custom", "--no-owner", f"--file={aside}")
        aside.chmod(0o600)
        os.replace(aside, target)
    except sqlite3.Error as error:
        raise BackupFailed(f"the copy could not be made ({error}); is there room in {target.parent}?") from error
    finally:
        aside.unlink(missing_ok=True)
    return target.stat().st_size


def restore(url: str, source: Path) -> None:
    """Put a copy where the store belongs. Nothing else may use it, and it must not hold tables yet.

    Raises BackupFailed when the copy is damaged, or when there is a store in the way: move it aside first.
    """
    if not source.is_file():
        raise BackupFailed(f"there is no backup at {source}")
    if _is_sqlite(url):
        target = _path(url)
        if target.exists():
            raise BackupFailed(f"{target} is there; stop everything that uses it and move it (and its -wal file) aside")
        _must_be_whole(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f".{target.name}.part")
        shutil.copy(source, aside)
        os.replace(aside, target)
        return
    with Store(url) as store, store.connect() as connection:
        if schema_version.current(connection) is not None:
            raise BackupFailed("the database has tables; restore into an empty one")
    _tool("pg_restore", url, "--no-owner", "--exit-on-error", "--single-transaction", str(source))


def check(store: Store, audit_head: str = "") -> Health:
    """Look at the file (SQLite), at references, at the version of the tables and at the audit chain. Raises StoreError."""
    damage: list[str] = []
    with store.connect() as connection:
        revision = schema_version.current(connection)
        if store.dialect == "sqlite":
            found = connection.execute(text("PRAGMA integrity_check")).scalars().all()
            damage += [f"file: {one}" for one in found if one != "ok"]
            lost = connection.execute(text("PRAGMA foreign_key_check")).all()
            damage += [f"reference of {row[0]} row {row[1]} to {row[2]}" for row in lost[:20]]
    if revision != schema_version.head():
        damage.append(f"tables of revision {revision}; this Earshot needs {schema_version.head()}")
        return Health(revision, 0, "", tuple(damage))
    verdict = audit.check(store, audit_head)
    if verdict.broken_at is not None:
        damage.append(f"audit log: row {verdict.broken_at} does not follow from the one before, or is missing")
    return Health(revision, verdict.entries, verdict.head, tuple(damage))


def scrub(store: Store, *, patience: float = 30.0) -> None:
    """Overwrite what deleted rows leave in the file: rebuild the search index, the file, and the log beside it.

    Waits so many seconds for readers and writers to let go. Raises BackupFailed, StoreError.
    """
    if store.dialect != "sqlite":
        store.vacuum()
        return
    try:
        connection = sqlite3.connect(store.path, timeout=patience, isolation_level=None)
        try:
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'search_words'").fetchone():
                connection.execute("INSERT INTO search_words (search_words) VALUES ('optimize')")
            connection.execute("VACUUM")
            (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise BackupFailed(
            f"the file could not be rebuilt ({error}); run `earshot db scrub` when less is going on"
        ) from error
    if busy:
        raise BackupFailed("a reader still holds the old file; run `earshot db scrub` when less is going on")


def _must_be_whole(path: Path) -> None:
    connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        found = connection.execute("PRAGMA integrity_check").fetchall()
    except sqlite3.DatabaseError as error:
        raise BackupFailed(f"{path} is no whole database ({error}); take another copy") from error
    finally:
        connection.close()
    if found != [("ok",)]:
        raise BackupFailed(f"{path} is damaged ({found[0][0]}); take another copy")


def _tool(name: str, url: str, *options: str) -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment, where no list of processes shows it."""
    program = shutil.which(name)
    if program is None:
        raise BackupFailed(f"{name} is not installed; install PostgreSQL's client programs")
    parsed = make_url(url).set(drivername="postgresql")
    shown = parsed.set(password=None).render_as_string(hide_password=False)
    environment = {**os.environ, "PGPASSWORD": str(parsed.password or "")}
    done = subprocess.run(
        [program, f"--dbname={shown}", *options],
        env=environment, capture_output=True, text=True, timeout=TOOL_SECONDS, check=False,
    )  # fmt: skip
    if done.returncode:
        raise BackupFailed(
            f"{name} failed: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'no word'}"
        )


def _is_sqlite(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


def _path(url: str) -> Path:
    return Path(str(make_url(url).database)).absolute()
