"""Bring a database to a version of the tables. Each call is one transaction: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from insights import schema_version
from insights.counting import settling
from insights.store import NotMigrated, Store

ONE_AT_A_TIME = 0x6561_7273_686F_7400
"""Key of the advisory lock that keeps two migrations of one PostgreSQL database apart."""


def head() -> str:
    """Return the revision this Earshot works with."""
    return schema_version.head()


def current(url: str) -> str | None:
    """Return the revision the database is at, or None when it has no tables. Changes nothing. Raises StoreError."""
    with Store(url, read_only=True) as store, store.connect() as connection:
        return schema_version.current(connection)


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database up to a revision. Raises StoreError."""
    with _prepared(url) as configuration:
        command.upgrade(configuration, revision)
        connection = configuration.attributes["connection"]
        if schema_version.current(connection) == schema_version.head():
            settling.settle(connection)


def downgrade(url: str, revision: str) -> None:
    """Bring the database down to a revision, or to ``base`` (no tables, no data). Raises StoreError."""
    with _prepared(url) as configuration:
        command.downgrade(configuration, revision)


@contextmanager
def _prepared(url: str) -> Iterator[Config]:
    with Store(url) as store, store.begin(counted=False) as connection:
        if store.dialect == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL lock_timeout = '60s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        found = schema_version.current(connection)
        if found is not None and found not in schema_version.revisions():
            raise NotMigrated(
                f"the database is at revision {found}, which this Earshot does not know; install a newer Earshot"
            )
        configuration = schema_version.configuration()
        configuration.attributes["connection"] = connection
        yield configuration
