"""Settings of the board."""

from __future__ import annotations

from functools import lru_cache

from insights.settings import StoreSettings


class BoardSettings(StoreSettings):
    """The board reads the store and nothing else, so the store's settings are the board's."""


@lru_cache(maxsize=1)
def settings() -> BoardSettings:
    """Return the settings of this process, read once."""
    return BoardSettings()
