"""The one place where real objects are built from settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

from ingest.pseudonyms import Pseudonyms, privacy_key
from ingest.settings import IngestSettings
from ingest.wire import Decoder
from insights.settings import StoreSettings
from insights.store import Store
from nlp.analyzer import Analyzer
from nlp.encoders import open_encoder
from nlp.hearing import Hearer
from nlp.model import open_model
from nlp.redaction import Redactor
from nlp.settings import LanguageSettings
from pipelines.analysis_process import AnalysisPool
from pipelines.process import Processor
from pipelines.settings import PipelineSettings


def store(*, read_only: bool = False) -> Store:
    """Open the configured store. Raises NotMigrated or StoreError with the mend."""
    opened = Store(StoreSettings().url, read_only=read_only)
    opened.check_migrated()
    return opened


def decoder() -> Decoder:
    settings = IngestSettings()
    key = privacy_key(settings.privacy_key.get_secret_value(), settings.data_dir)
    return Decoder(Pseudonyms(key), max_bytes=settings.max_record_bytes)


def analyzer(language: LanguageSettings, data_dir: Path) -> Analyzer:
    """Build the analyzer; called inside each analysis process."""
    encoder = open_encoder(language.encoder, language.model_dir)
    return Analyzer(Redactor(allow=language.never_redact), Hearer(open_model(data_dir / "models")), encoder)


@contextmanager
def processor(opened: Store | None = None) -> Iterator[Processor]:
    """A processor over a store (the configured one by default), with its analyzers loaded while the block runs."""
    data_dir = IngestSettings().data_dir
    open_model(data_dir / "models")
    factory = partial(analyzer, LanguageSettings(), data_dir)
    with AnalysisPool(factory, PipelineSettings().analysis_workers) as pool:
        yield Processor(opened or store(), pool)


@cache
def pipeline_settings() -> PipelineSettings:
    return PipelineSettings()
