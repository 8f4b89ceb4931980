"""What may be wrong with an installation, and the command that mends it."""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.kafka_client import BrokerUnreachable, ensure_topic
from ingest.settings import IngestSettings
from insights.settings import StoreSettings
from insights.store import Store, StoreError
from nlp.encoders import EncoderMissing, open_encoder
from nlp.language import LanguagePipelineMissing, load
from nlp.redaction.gazetteer import MODEL
from nlp.settings import LanguageSettings

OURS = ("ingest", "nlp", "insights", "dashboard", "pipelines")
HOME = Path(__file__).resolve().parents[2]


class Ill(Exception):
    """A check failed: what is wrong, and what mends it."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    run: Callable[[], str]


def checks() -> Iterator[Check]:
    """The checks in the order in which a newcomer meets the faults."""
    yield Check("packages", _packages)
    yield Check("data folder", _folder)
    yield Check("database", _database)
    yield Check("broker", _broker)
    yield Check("language model", _language_model)
    yield Check("encoder", _encoder)


def _packages() -> str:
    """Other packages called nlp, insights, dashboard or pipelines exist; one of them may come first on the path."""
    for name in OURS:
        found = Path(importlib.import_module(name).__file__ or "").resolve()
        if HOME not in found.parents:
            raise Ill(
                f"'{name}' is imported from {found.parent}, not from Earshot",
                f"give Earshot an environment of its own (`make setup`), or remove the other '{name}'",
            )
    return "the five packages are Earshot's own"


def _folder() -> str:
    folder = IngestSettings().data_dir.resolve()
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest):
            return str(folder)
    except OSError as error:
        mend = f"`chown $USER {nearest}`, or set EARSHOT_DATA_DIR to a folder of yours"
        raise Ill(f"{folder} cannot be written ({error.strerror})", mend) from error


def _database() -> str:
    try:
        store = Store(StoreSettings().url, read_only=True)
        store.check_migrated()
        store.close()
    except StoreError as error:
        raise Ill(
            str(error), "`earshot db upgrade` (after correcting EARSHOT_DATABASE_URL, if that is what is wrong)"
        ) from error
    return StoreSettings().shown


def _broker() -> str:
    settings = IngestSettings()
    try:
        topic = ensure_topic(settings)
    except BrokerUnreachable as error:
        raise Ill(
            str(error), "start the broker, or set EARSHOT_KAFKA_BOOTSTRAP; `earshot import` works without one"
        ) from error
    return f"{settings.kafka_bootstrap}, topic {topic.topic}"


def _language_model() -> str:
    try:
        load(MODEL)
    except LanguagePipelineMissing as error:
        raise Ill(str(error), "`make setup`") from error
    return MODEL


def _encoder() -> str:
    settings = LanguageSettings()
    try:
        encoder = open_encoder(settings.encoder, settings.model_dir)
    except EncoderMissing as error:
        raise Ill(str(error), "`earshot models pull`, or EARSHOT_ENCODER=static") from error
    return encoder.encoder_id
