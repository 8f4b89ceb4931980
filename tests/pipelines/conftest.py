"""The real analyzer, loaded once for all tests of the pipelines."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from ingest.pseudonyms import Pseudonyms
from ingest.wire import Decoder
from insights import migrate
from insights.store import Store
from nlp.settings import LanguageSettings
from pipelines import bootstrap
from pipelines.analysis_process import AnalysisPool


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Where the heads' model is built: the repository's own folder, so that it is built once."""
    folder = Path(__file__).parents[2] / "var"
    bootstrap.train_once(folder)
    return folder


@pytest.fixture(scope="session")
def pool(data_dir: Path) -> Iterator[AnalysisPool]:
    with AnalysisPool(partial(bootstrap.analyzer, LanguageSettings(), data_dir)) as opened:
        yield opened


@pytest.fixture(scope="session")
def decoder() -> Decoder:
    return Decoder(Pseudonyms(b"a key for the tests"))


@pytest.fixture(scope="module")
def fresh_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A migrated SQLite store that the tests of one module share."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store')}/earshot.db"
    migrate.upgrade(url)
    with Store(url) as opened:
        yield opened
