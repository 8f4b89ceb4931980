"""Settings of what other programs read."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field

from insights.settings import StoreSettings


class ApiSettings(StoreSettings):
    """The interface reads the store and writes nothing."""

    min_customers: int = Field(
        default=5,
        ge=1,
        le=1000,
        description="Outside the care team nothing is shown that fewer distinct customers said.",
    )


@lru_cache(maxsize=1)
def settings() -> ApiSettings:
    """Return the settings of this process, read once."""
    return ApiSettings()
