"""The store: SQLAlchemy engines over SQLite or PostgreSQL, set up as measured in docs/operations.md.

StoreError
├── NotMigrated        no tables, or another version's
├── Unavailable        locked, full, unreachable: trying again may help
├── ReadOnly           a writer transaction was asked of a store opened for reading
└── Overtaken          another worker moved the offset
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from insights import schema_version
from insights.counting import settling

BUSY_MS = 10_000
SQLITE_WRITER = ["journal_mode=WAL", "synchronous=NORMAL", "journal_size_limit=67108864", "cache_size=-65536"]
"""Ids are hashes, so rows land all over the file: a larger cache keeps the index pages of a batch at hand."""
READ_TIMEOUT_MS = {True: 5_000, False: 30_000}
"""A statement of the board gives up sooner than one of a worker."""


class StoreError(RuntimeError):
    """Base of what can go wrong with the store; the message names the mend."""


class NotMigrated(StoreError):
    """The database has no schema, or another version's; run `earshot db upgrade`."""


class Unavailable(StoreError):
    """The database does not answer, is locked or is full; nothing was changed and trying again may help."""


class ReadOnly(StoreError):
    """This store was opened for reading."""


class Overtaken(StoreError):
    """Another worker has moved the offset: this one is a zombie and must give the partition up."""


class Store:
    """Opens the database at ``url``; ``read_only`` is for the board. Safe to share between threads.

    ``busy_ms`` is how long SQLite waits for another writer before Unavailable is raised.
    """

    def __init__(self, url: str, *, read_only: bool = False, busy_ms: int = BUSY_MS) -> None:
        self.read_only = read_only
        self._least = 1
        self._whole: Store | None = None
        self._url = _parse(url)
        if self._url.get_backend_name() == "sqlite":
            if not read_only:
                _make_folder(self._url)
            self._reader = _sqlite(self._url, writes=False, busy_ms=busy_ms)
            self._writer = None if read_only else _sqlite(self._url, writes=True, busy_ms=busy_ms)
        else:
            self._reader = _postgresql(self._url, writes=False, timeout_ms=READ_TIMEOUT_MS[read_only])
            self._writer = None if read_only else _postgresql(self._url, writes=True, timeout_ms=READ_TIMEOUT_MS[False])

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._url.get_backend_name()

    @property
    def path(self) -> Path:
        """The file of a SQLite store."""
        return Path(str(self._url.database)).absolute()

    @property
    def least_customers(self) -> int:
        """How many distinct customers must stand behind what is read here; 1 shows everything. See `seen_by`."""
        return self._least

    @property
    def whole(self) -> Store:
        """This store without a limit on what is shown: what is kept of it in memory is the same for every reader."""
        return self._whole or self

    def seen_by(self, least: int) -> Store:
        """Return this store as somebody sees it to whom nothing is shown that fewer than ``least`` customers said.

        The questions in ``insights.board``, ``review`` and ``listening`` hold to it (``insights.trust.anonymity``).
        Connections are shared; writing does not ask for it.
        """
        if least == self._least:
            return self
        seen = copy.copy(self)
        seen._least, seen._whole = least, self.whole
        return seen

    def __repr__(self) -> str:
        return f"Store({self._url.render_as_string(hide_password=True)!r}, read_only={self.read_only})"

    @contextmanager
    def begin(self, *, counted: bool = True) -> Iterator[Connection]:
        """Open a writer transaction, committed at the end. Raises ReadOnly, NotMigrated, Unavailable.

        SQLite has one writer at a time: the lock is taken at the start, so that nobody fails half way. What is counted
        and searched is brought along before the commit; ``counted=False`` is for migrations, which make those tables.
        """
        if self._writer is None:
            raise ReadOnly("this store is open for reading only; writes belong to a worker or to a service")
        with self._told(), self._writer.begin() as connection:
            yield connection
            if counted:
                settling.settle(connection)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Open a read transaction: all its queries see one moment. Raises NotMigrated, Unavailable."""
        with self._told(), self._reader.connect() as connection:
            yield connection

    def check_migrated(self) -> None:
        """Raise NotMigrated unless the database has exactly the tables this Earshot works with."""
        with self.connect() as connection:
            found = schema_version.current(connection)
        if found == schema_version.head():
            return
        if found is None:
            raise NotMigrated("the database has no tables yet; run `earshot db upgrade`")
        if found not in schema_version.revisions():
            raise NotMigrated(
                f"the database is at revision {found}, which this Earshot does not know; "
                "install the Earshot that upgraded it, or restore the backup taken before"
            )
        raise NotMigrated(
            f"the database is at revision {found}, this Earshot needs {schema_version.head()}; run `earshot db upgrade`"
        )

    def vacuum(self) -> None:
        """Give freed space back and overwrite it where the engine does so (PostgreSQL). Raises Unavailable."""
        assert self._writer is not None
        with self._told(), self._writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.exec_driver_sql("VACUUM FULL")
            connection.invalidate()

    def close(self) -> None:
        """Let go of all connections."""
        self._reader.dispose()
        if self._writer is not None:
            self._writer.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn the driver's errors into ours, so that callers need to know no driver."""
        try:
            yield
        except (OperationalError, InterfaceError, ProgrammingError) as error:
            raise self._named(error) from error
        except PoolTimeout as error:
            raise Unavailable(
                "all connections to the database are in use; try again, or start fewer readers"
            ) from error
        except DBAPIError as error:
            if type(error.orig).__name__ == "ReadOnlySqlTransaction":
                raise ReadOnly("this connection is for reading; write inside `begin()`") from error
            if error.connection_invalidated:
                raise self._named(error) from error
            raise

    def _named(self, error: DBAPIError) -> Exception:
        detail = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
        lowered = detail.lower()
        if "no such table" in lowered or "no such column" in lowered or type(error.orig).__name__ == "UndefinedTable":
            return NotMigrated("the database lacks tables this Earshot needs; run `earshot db upgrade`")
        if isinstance(error, ProgrammingError):
            return error
        where = self._url.render_as_string(hide_password=True)
        if "unable to open database file" in lowered:
            return _not_opened(Path(str(self._url.database)))
        if "locked" in lowered:
            return Unavailable(f"{where} is locked by another writer; it is tried again, nothing is lost")
        if "disk is full" in lowered or "readonly database" in lowered:
            return Unavailable(f"{where} cannot be written ({detail}); make room or give the right to write")
        return Unavailable(f"{where} does not answer ({detail}); start it, or correct EARSHOT_DATABASE_URL")


def _not_opened(path: Path) -> StoreError:
    if path.exists():
        return Unavailable(f"the database {path} may not be read; give the right to read and write it")
    if path.parent.is_dir() and not os.access(path.parent, os.W_OK):
        return Unavailable(f"the folder {path.parent} may not be written; give the right, or set EARSHOT_DATABASE_URL")
    return NotMigrated(f"there is no database at {path} yet; run `earshot db upgrade`, or set EARSHOT_DATABASE_URL")


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError(
            "EARSHOT_DATABASE_URL is no database address; write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE"
        ) from None
    if parsed.drivername == "postgres":
        parsed = parsed.set(drivername="postgresql")
    backend = parsed.drivername.split("+")[0]
    if backend not in ("sqlite", "postgresql"):
        raise StoreError(f"{backend} is no engine of the store; use sqlite or postgresql")
    if backend == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise StoreError("the store outlives the process, so SQLite needs a file: write sqlite:///FILE")
    return parsed


def _make_folder(url: URL) -> None:
    folder = Path(str(url.database)).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"the folder {folder} cannot be made ({error.strerror}); give the right to write there, "
            "or set EARSHOT_DATABASE_URL to a file elsewhere"
        ) from error


def _sqlite(url: URL, *, writes: bool, busy_ms: int) -> Engine:
    path = quote(str(Path(str(url.database)).absolute()))
    name = f"file:{path}?mode={'rwc' if writes else 'ro'}"
    engine = create_engine(
        url.set(database=name, query={"uri": "true"}),
        connect_args={"check_same_thread": False},
        pool_size=5,
        max_overflow=20,
    )
    pragmas = [f"busy_timeout={busy_ms}", "foreign_keys=ON", "temp_store=MEMORY"]
    pragmas += SQLITE_WRITER if writes else ["query_only=ON"]

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _: object) -> None:
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _start(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: URL, *, writes: bool, timeout_ms: int) -> Engine:
    options = {
        "timezone": "UTC",
        "statement_timeout": timeout_ms,
        "lock_timeout": "3s",
        "idle_in_transaction_session_timeout": "30s",
        "default_transaction_read_only": "off" if writes else "on",
    }
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_recycle=1800,
        pool_size=5,
        max_overflow=20,
        isolation_level="READ COMMITTED" if writes else "REPEATABLE READ",
        connect_args={
            "connect_timeout": 5,
            "application_name": "earshot",
            "options": " ".join(f"-c {name}={value}" for name, value in options.items()),
        },
    )
