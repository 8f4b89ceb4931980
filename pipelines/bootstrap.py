"""The one place where real objects are built from settings.

Language libraries take seconds to load, so they are imported where they are used: most commands need none of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.feedback import Feedback, Segment, Speaker
from ingest.pseudonyms import Pseudonyms, privacy_key
from ingest.settings import IngestSettings
from ingest.wire import Decoder
from insights.settings import StoreSettings
from insights.store import BUSY_MS, Store
from nlp.settings import LanguageSettings
from pipelines.analysis_process import AnalysisPool
from pipelines.settings import PipelineSettings

if TYPE_CHECKING:
    from nlp.analyzer import Analyzer
    from nlp.hearing import Hearer
    from pipelines.process import Processor


def store(*, read_only: bool = False, busy_ms: int = BUSY_MS) -> Store:
    """Open the configured store. Raises NotMigrated or StoreError with the mend."""
    opened = Store(StoreSettings().url, read_only=read_only, busy_ms=busy_ms)
    opened.check_migrated()
    return opened


def pseudonyms() -> Pseudonyms:
    settings = IngestSettings()
    return Pseudonyms(privacy_key(settings.privacy_key.get_secret_value(), settings.data_dir))


def decoder() -> Decoder:
    return Decoder(pseudonyms(), max_bytes=IngestSettings().max_record_bytes)


def hearer(data_dir: Path, learnt: str = "") -> Hearer:
    """Return the heads that ship, trained on first use and kept in ``data_dir/models``, or a learnt model from there."""
    from nlp.heads import HeadsModel
    from nlp.hearing import Hearer
    from nlp.model import open_model

    folder = data_dir / "models"
    return Hearer(HeadsModel.load(folder / f"heads-{learnt}") if learnt else open_model(folder))


def analyzer(language: LanguageSettings, data_dir: Path, learnt: str = "") -> Analyzer:
    """Build the analyzer; called inside each analysis process."""
    from nlp.analyzer import Analyzer
    from nlp.encoders import open_encoder
    from nlp.redaction import Redactor

    encoder = open_encoder(language.encoder, language.model_dir)
    made = Analyzer(Redactor(allow=language.never_redact), hearer(data_dir, learnt), encoder)
    made.analyze([FIRST_NOTE])
    return made


FIRST_NOTE = Feedback(
    source="earshot",
    external_id="first",
    occurred_at=datetime(2026, 1, 1, tzinfo=UTC),
    segments=(Segment(Speaker.CUSTOMER, "Zorba Quuxley says the app froze and wants to cancel."),),
)
"""Analysed before any other and thrown away: it makes every part load what it loads on first use, which on a busy machine takes
longer than a note is allowed to, and no customer's note shall be blamed for it."""


@contextmanager
def analysis_pool(language: LanguageSettings | None = None, learnt: str = "") -> Iterator[AnalysisPool]:
    """The configured number of analysis processes, with their models loaded while the block runs."""
    data_dir = IngestSettings().data_dir
    train_once(data_dir)
    build = partial(analyzer, language or LanguageSettings(), data_dir, learnt)
    with AnalysisPool(build, PipelineSettings().workers) as pool:
        yield pool


@contextmanager
def processor(opened: Store | None = None) -> Iterator[Processor]:
    """A processor over a store (the configured one by default)."""
    from pipelines import learning
    from pipelines.process import Processor
    from pipelines.published import published_settings

    kept = opened or store()
    learnt = learning.prepared(kept, IngestSettings().data_dir / "models")
    # Workers encode as the themes live: another setting takes effect when `earshot themes reencode --publish` says so.
    with analysis_pool(published_settings(kept, LanguageSettings()), learnt) as pool:
        yield Processor(kept, pool)


def is_trained() -> bool:
    """Tell whether any model of the heads has been built here."""
    return any((IngestSettings().data_dir / "models").glob("heads-*"))


def train_once(data_dir: Path) -> None:
    """Build the heads' model before several processes would each build it."""
    from nlp.model import open_model

    open_model(data_dir / "models")
