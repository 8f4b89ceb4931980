"""Small facts the product keeps about itself, by name."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import delete, insert, select

from insights.store import Store
from insights.tables import SettingRow


def recall(store: Store, key: str) -> Any:
    """Return what was kept under a key, or None. Raises StoreError."""
    with store.connect() as connection:
        found = connection.execute(select(SettingRow.value).where(SettingRow.key == key)).scalar_one_or_none()
    return None if found is None else json.loads(found)


def keep(store: Store, key: str, value: Any) -> None:
    """Keep a value that JSON can hold; the one before is replaced. Raises StoreError."""
    with store.begin() as connection:
        connection.execute(delete(SettingRow).where(SettingRow.key == key))
        connection.execute(insert(SettingRow).values(key=key, value=json.dumps(value)))
