"""What every test may ask for: a store on either engine, and the development data where it is at hand."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from insights import migrate
from insights.store import Store
from insights.tables import FeedbackRow
from tests.postgres_servers import create_database, fresh_database, running_postgres

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
    with running_postgres() as server:
        yield server.get_uri()


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "earshot.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _postgres_store(postgres_url: str) -> Iterator[Store]:
    url = create_database(postgres_url, "earshot")
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
    with fresh_database(server) as url:
        yield url


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
