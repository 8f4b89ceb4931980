"""Which version of the tables this Earshot needs, and which one a database has."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

MIGRATIONS = Path(__file__).parent / "migrations"


def configuration() -> Config:
    """Return Alembic's configuration without a file: migrations travel inside the package."""
    found = Config()
    found.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    found.set_main_option("path_separator", "os")
    return found


@cache
def revisions() -> tuple[str, ...]:
    """Return all revisions this Earshot knows, newest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions())


def head() -> str:
    """Return the revision this Earshot works with."""
    return revisions()[0]


def current(connection: Connection) -> str | None:
    """Return the revision a database is at, or None when it has no tables of ours."""
    return MigrationContext.configure(connection).get_current_revision()
