"""Which encoder the themes live by: the one that was published, whatever the settings name for the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import structlog

from insights import facts
from insights.store import Store
from insights.themes import vectors
from nlp.encoders import EncoderKind, open_encoder
from nlp.settings import LanguageSettings
from nlp.signal_vectors import SignalEncoder

log = structlog.get_logger(__name__)

CHUNK = 1_000
_FACT = "encoder:published"


@dataclass(frozen=True, slots=True)
class Published:
    """An encoder's id as the store's vectors carry it ("" before the first note), and how to open it."""

    encoder_id: str
    kind: EncoderKind


def published(store: Store, settings: LanguageSettings) -> Published:
    """Return the published encoder; before anything was published, the one that most signals have vectors of.

    Raises StoreError.
    """
    kept = facts.recall(store, _FACT)
    if kept:
        return Published(**kept["now"])
    held = vectors.held(store)
    if not held:
        return Published("", settings.encoder)
    # The encoder's library takes seconds to load; most callers find the fact above.
    from nlp.static_encoder import StaticEncoder

    encoder_id = max(held, key=lambda known: held[known])
    return Published(encoder_id, "static" if encoder_id.startswith(StaticEncoder.encoder_id) else "semantic")


def published_settings(store: Store, settings: LanguageSettings) -> LanguageSettings:
    """Return the settings with the published encoder in place of the configured one: what workers must encode with."""
    return settings.model_copy(update={"encoder": published(store, settings).kind})


def settle(store: Store, settings: LanguageSettings) -> Published:
    """Return the published encoder, and keep it in mind: a later change of settings alone changes nothing. Raises StoreError."""
    found = published(store, settings)
    if found.encoder_id and not facts.recall(store, _FACT):
        facts.keep(store, _FACT, {"now": asdict(found), "before": asdict(Published("", found.kind))})
    return found


def complete(store: Store, settings: LanguageSettings, encoder: Published) -> int:
    """Give the published encoder's vectors to signals that lack them, such as those of a worker with other settings.

    Returns how many. Raises StoreError, EncoderMissing.
    """
    if not vectors.lacking(store, encoder.encoder_id, limit=1):
        return 0
    opened = open_published(encoder, settings)
    return embed(store, opened) if opened else 0


def open_published(encoder: Published, settings: LanguageSettings) -> SignalEncoder | None:
    """Load the published encoder; None, and a warning with the mend, when the folder of models holds another.

    Raises EncoderMissing.
    """
    opened = SignalEncoder(open_encoder(encoder.kind, settings.model_dir))
    if opened.encoder_id == encoder.encoder_id:
        return opened
    log.warning("vectors missing", encoder=encoder.encoder_id, mend="set EARSHOT_MODEL_DIR to that encoder's folder")
    return None


def embed(store: Store, encoder: SignalEncoder, *, progress: Callable[[int], None] = lambda _: None) -> int:
    """Encode every signal that has no vector of this encoder, in chunks that are stored one by one: stop and go on at will.

    Returns how many were added. Raises StoreError.
    """
    added, after = 0, -1
    while words := vectors.lacking(store, encoder.encoder_id, after=after, limit=CHUNK):
        rows = encoder.encode([one.text for one in words], [one.product for one in words])
        added += vectors.add(store, encoder.encoder_id, [one.signal_id for one in words], rows)
        after = words[-1].signal_id
        progress(added)
    return added


def publish(store: Store, settings: LanguageSettings, encoder: Published) -> None:
    """Let the themes live by this encoder from now on; the one before is kept for ``roll_back``. Raises StoreError."""
    facts.keep(store, _FACT, {"now": asdict(encoder), "before": asdict(published(store, settings))})


def roll_back(store: Store) -> Published:
    """Return to the encoder before the last one published. Raises StoreError, and RuntimeError when there is none."""
    kept = facts.recall(store, _FACT)
    if not kept or not kept["before"]["encoder_id"]:
        raise RuntimeError("no encoder was published before this one; there is nothing to return to")
    facts.keep(store, _FACT, {"now": kept["before"], "before": kept["now"]})
    return Published(**kept["before"])
