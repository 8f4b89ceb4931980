"""Protects the tables: migrations and types say the same, run both ways with data, and strangers are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from insights import migrate
from insights.delivery.writer import Home, write
from insights.store import NotMigrated, Store, StoreError, Unavailable
from insights.tables import FeedbackRow
from tests.insights.notes import NOW, analysis, feedback

ONE_ENGINE = ("search_words", "ix_search_note_words")
"""What finds words: a table of its own on SQLite, an index on PostgreSQL."""


def test_s4_migrations_and_types_say_the_same(database_url: str) -> None:
    migrate.upgrade(database_url)
    with Store(database_url) as store, store.begin() as connection:
        opts = {"compare_type": True, "include_object": lambda _, name, *__: not str(name).startswith(ONE_ENGINE)}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, FeedbackRow.metadata) == []
        for name, made in FeedbackRow.metadata.tables.items():
            found = {index["name"] for index in inspect(connection).get_indexes(name) if not index["unique"]}
            assert {one for one in found if not str(one).startswith(ONE_ENGINE)} == {
                index.name for index in made.indexes
            }, name


def test_s4_up_down_and_up_again_with_notes_in_it(database_url: str) -> None:
    for _ in range(2):
        migrate.upgrade(database_url)
        migrate.upgrade(database_url)
        with Store(database_url) as store:
            store.check_migrated()
            notes = [analysis(feedback(str(number))) for number in range(200)]
            done = write(store, notes, [[Home(None, 0.0)]] * 200, received_at=NOW)
            assert done.stored == 200
        assert migrate.current(database_url) == migrate.head()
        migrate.downgrade(database_url, "base")
        assert migrate.current(database_url) is None
        with Store(database_url) as store, store.connect() as connection:
            assert set(inspect(connection).get_table_names()) <= {"alembic_version", "sqlite_sequence"}


def test_a_database_without_tables_or_of_another_version_is_refused_with_the_mend(database_url: str) -> None:
    with Store(database_url) as store:
        with pytest.raises(NotMigrated, match="earshot db upgrade"):
            store.check_migrated()
        migrate.upgrade(database_url)
        with store.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(NotMigrated, match="does not know"):
            store.check_migrated()
        with pytest.raises(NotMigrated, match="newer Earshot"):
            migrate.upgrade(database_url)


def test_a_missing_file_an_unwritable_folder_and_a_silent_server_name_the_mend(tmp_path: Path) -> None:
    with (
        Store(f"sqlite:///{tmp_path / 'none.db'}", read_only=True) as store,
        pytest.raises(NotMigrated, match="earshot db upgrade"),
    ):
        store.check_migrated()
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match="EARSHOT_DATABASE_URL"):
        Store(f"sqlite:///{tmp_path / 'file' / 'inside' / 'earshot.db'}")
    silent = Store("postgresql://anna:secret@127.0.0.1:1/earshot")
    with pytest.raises(Unavailable, match="does not answer") as told, silent.connect():
        pass
    assert "secret" not in str(told.value) + repr(silent)


@pytest.mark.parametrize("url", ["mysql://host/x", "nonsense", "sqlite://", "sqlite:///:memory:"])
def test_addresses_that_cannot_be_a_store_are_refused(url: str) -> None:
    with pytest.raises(StoreError):
        Store(url)
