"""A store, a fleet of workers and a quick analysis for each fault test. These take minutes: `make fault` runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ingest.settings import IngestSettings
from insights import migrate
from insights.store import Store
from pipelines.analysis_process import AnalysisPool
from tests.faults.fleet import Fleet, fleet
from tests.faults.hearing import quick


@pytest.fixture
def url(database_url: str) -> str:
    migrate.upgrade(database_url)
    return database_url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    found = f"sqlite:///{tmp_path / 'earshot.db'}"
    migrate.upgrade(found)
    return found


@pytest.fixture
def opened() -> Iterator[Callable[[str], Store]]:
    with ExitStack() as stack:
        yield lambda url: stack.enter_context(Store(url))


@pytest.fixture
def manned(tmp_path: Path) -> Iterator[Callable[[IngestSettings, str], Fleet]]:
    """Open a fleet over a topic and a store."""
    with ExitStack() as stack:
        yield lambda settings, url: stack.enter_context(fleet(settings, url, tmp_path))


@pytest.fixture(scope="module")
def quick_pool() -> Iterator[AnalysisPool]:
    with AnalysisPool(quick) as pool:  # type: ignore[arg-type]
        yield pool
