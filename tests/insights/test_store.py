"""Protects the ground everything stands on: writers wait instead of failing, readers see one moment and change nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from insights.delivery.outbox import add
from insights.settings import StoreSettings
from insights.store import NotMigrated, ReadOnly, Store, StoreError
from insights.tables import OutboxRow, SettingRow


def test_writers_at_once_lose_no_update(store: Store) -> None:
    with store.begin() as connection:
        connection.execute(insert(SettingRow).values(key="count", value="0"))

    def add_one(_: int) -> None:
        with store.begin() as connection:
            wanted = select(SettingRow.value).where(SettingRow.key == "count").with_for_update()
            value = int(connection.execute(wanted).scalar_one())
            connection.execute(update(SettingRow).where(SettingRow.key == "count").values(value=str(value + 1)))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add_one, range(80)))
    with store.connect() as connection:
        assert connection.execute(select(SettingRow.value)).scalar_one() == "80"


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    half = insert(SettingRow).values(key="half", value="done")
    with pytest.raises(IntegrityError), store.begin() as connection:
        assert [connection.execute(half) for _ in range(2)]
    with store.connect() as connection:
        assert connection.execute(select(SettingRow.key)).all() == []


def test_a_read_sees_one_moment(store: Store) -> None:
    with store.connect() as reading:
        assert reading.execute(select(SettingRow.key)).all() == []
        with store.begin() as writing:
            writing.execute(insert(SettingRow).values(key="new", value="x"))
        assert reading.execute(select(SettingRow.key)).all() == []
    with store.connect() as reading:
        assert reading.execute(select(SettingRow.key)).scalar_one() == "new"


def test_the_board_cannot_write(database_url: str) -> None:
    from insights import migrate

    migrate.upgrade(database_url)
    with Store(database_url, read_only=True) as board:
        board.check_migrated()
        with pytest.raises(ReadOnly), board.begin():
            pass
        with pytest.raises(StoreError), board.connect() as connection:
            connection.execute(insert(SettingRow).values(key="sly", value="x"))


def test_moments_come_back_in_utc_and_a_moment_without_zone_is_refused(store: Store) -> None:
    given = datetime(2026, 3, 29, 2, 30, 0, 123456, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with store.begin() as connection:
        add(connection, "theme", "1", "theme.created", {}, given)
    with store.connect() as connection:
        found = connection.execute(select(OutboxRow.created_at)).scalar_one()
    assert found == given
    assert found.tzinfo == UTC
    with pytest.raises(StatementError, match="no time zone"), store.begin() as connection:
        add(connection, "theme", "1", "theme.created", {}, datetime(2026, 3, 29))


def test_a_missing_table_says_what_to_run(store: Store) -> None:
    with pytest.raises(NotMigrated, match="earshot db upgrade"), store.connect() as connection:
        connection.execute(text("SELECT 1 FROM no_such_table_of_ours"))


def test_settings_never_show_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARSHOT_DATABASE_URL", "postgresql://anna:secret@db/earshot")
    settings = StoreSettings()
    assert settings.url == "postgresql://anna:secret@db/earshot"
    assert settings.shown == "postgresql://anna:***@db/earshot"
    assert "secret" not in repr(settings) + str(settings)
