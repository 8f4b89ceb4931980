"""Where a fault test runs: on both brokers and both engines, two by two; all four pairs would show nothing more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.settings import IngestSettings
from insights.store import Store
from tests.faults.fleet import Fleet

Manned = Callable[[IngestSettings, str], Fleet]
Opened = Callable[[str], Store]
Record = Callable[[str, object], None]

on_both = pytest.mark.parametrize(
    ("broker", "database_url"),
    [("tansu", "sqlite"), pytest.param("apache", "postgresql", marks=pytest.mark.apache)],
    indirect=True,
    ids=["tansu-sqlite", "apache-postgresql"],
)
"""The test must ask for ``broker`` and ``url``."""
