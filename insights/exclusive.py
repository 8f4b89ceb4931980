"""Work that only one may do at a time, such as a refresh: a lock that ends with whoever holds it.

PostgreSQL keeps an advisory lock on a connection of its own, gone when that connection is. SQLite is a file on one
machine: a row says which process holds the lock and since when, and a process that is gone, or an hour without a word,
frees it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select, text

from insights.store import Store, StoreError
from insights.tables import SettingRow

PATIENCE = timedelta(hours=1)


class Busy(StoreError):
    """Somebody else is at this work; the message says who and since when."""


@contextmanager
def exclusively(
    store: Store, work: str, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Iterator[None]:
    """Hold the lock of ``work`` while the block runs. Raises Busy when another holds it, StoreError."""
    holding = _on_postgresql(store, work) if store.dialect == "postgresql" else _on_sqlite(store, work, clock)
    with holding:
        yield


@contextmanager
def _on_postgresql(store: Store, work: str) -> Iterator[None]:
    key = int.from_bytes(hashlib.blake2b(f"earshot/{work}".encode(), digest_size=8).digest(), "big", signed=True)
    with store.connect() as connection:
        taken = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}).scalar_one()
        # The lock belongs to the session; a transaction left open for minutes would be ended by the server.
        connection.commit()
        if not taken:
            raise Busy(f"another {work} is running; wait for it to end")
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
            connection.commit()


@contextmanager
def _on_sqlite(store: Store, work: str, clock: Callable[[], datetime]) -> Iterator[None]:
    key = f"running:{work}"
    mine = json.dumps({"host": socket.gethostname(), "process": os.getpid(), "since": clock().isoformat()})
    with store.begin() as connection:
        held = connection.execute(select(SettingRow.value).where(SettingRow.key == key)).scalar_one_or_none()
        if held is not None and _is_held(held, clock()):
            told = json.loads(held)
            raise Busy(
                f"another {work} is running since {told['since'][:19]} (process {told['process']}); wait for it to end"
            )
        connection.execute(delete(SettingRow).where(SettingRow.key == key))
        connection.execute(insert(SettingRow).values(key=key, value=mine))
    try:
        yield
    finally:
        with store.begin() as connection:
            connection.execute(delete(SettingRow).where(SettingRow.key == key, SettingRow.value == mine))


def _is_held(held: str, now: datetime) -> bool:
    told = json.loads(held)
    if now - datetime.fromisoformat(told["since"]) > PATIENCE:
        return False
    if told["host"] != socket.gethostname():
        return True
    with contextlib.suppress(PermissionError):
        try:
            os.kill(told["process"], 0)
        except ProcessLookupError:
            return False
    return True
