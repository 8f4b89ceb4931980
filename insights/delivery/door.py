"""The intake's endpoint over a store: one for the board's own server and for the intake's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from ingest.intake.delivery import Delivery
from ingest.intake.door import Door
from ingest.intake.settings import IntakeSettings
from ingest.pseudonyms import Pseudonyms, privacy_key
from ingest.settings import IngestSettings
from ingest.wire import Decoder
from insights.delivery import intake
from insights.store import Store, StoreError


def open_door(settings: IntakeSettings, store: Callable[[], Store]) -> Door:
    """Return the endpoint; ``store`` is asked at each delivery, so that one that was moved or restored is opened anew."""

    @lru_cache(maxsize=1)
    def decoder() -> Decoder:
        found = IngestSettings()
        key = privacy_key(found.privacy_key.get_secret_value(), found.data_dir)
        return Decoder(Pseudonyms(key), max_bytes=found.max_record_bytes)

    def keep(deliveries: Sequence[Delivery]) -> list[bool]:
        remember = timedelta(days=settings.intake_remember_days)
        return intake.keep(store(), deliveries, datetime.now(UTC), remember=remember)

    return Door(settings, decoder, keep, StoreError)
