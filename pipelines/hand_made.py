"""What people marked on the desk gets its vector from the workers, and, where nobody chose one, its theme."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from time import monotonic

import structlog

from insights.delivery.hand_made import without_vector
from insights.store import Store, Unavailable
from insights.themes import curation, vectors
from insights.themes.curation import MACHINE, CurationError, Decision
from insights.themes.known import theme_vectors
from nlp.assignment import Assigner
from nlp.settings import LanguageSettings
from pipelines.published import Published, open_published, published

log = structlog.get_logger(__name__)

LOOK_SECONDS = 5.0
AT_FIRST = timedelta(days=30)
OVERLAP = timedelta(minutes=1)


def house(store: Store, settings: LanguageSettings, encoder: Published, since: datetime, at: datetime) -> int:
    """Encode what people made since a moment, and let it join the theme it is nearest to; return how many.

    Raises StoreError, EncoderMissing.
    """
    made = without_vector(store, encoder.encoder_id, since) if encoder.encoder_id else ()
    if not made:
        return 0
    opened = open_published(encoder, settings)
    if opened is None:
        return 0
    rows = opened.encode([one.text for one in made], [one.product for one in made])
    vectors.add(store, encoder.encoder_id, [one.signal_id for one in made], rows)
    for kind in sorted({one.kind for one in made if one.free}):
        free = [at for at, one in enumerate(made) if one.free and one.kind == kind]
        known = theme_vectors(store, encoder.encoder_id, kind)
        if not len(known.theme_ids):
            continue
        themes, _ = Assigner(known.vectors, known.theme_ids).assign(rows[free])
        for place, theme_id in zip(free, themes.tolist(), strict=True):
            if theme_id >= 0:
                with suppress(CurationError):
                    decision = Decision(MACHINE, "marked on the desk", at)
                    curation.grow(store, theme_id, [made[place].signal_id], decision)
    return len(made)


class HandMadeWatch:
    """Looks for what people made while notes stream in. Call ``look`` as often as you like; it minds its own pace."""

    def __init__(
        self,
        store: Store,
        settings: LanguageSettings,
        *,
        seconds: float = LOOK_SECONDS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._settings = settings
        self._seconds = seconds
        self._clock = clock
        self._looked = float("-inf")
        self._since = clock() - AT_FIRST

    def look(self) -> int:
        """House what was made since the last look; return how many. A store that is away is looked at again next time."""
        if monotonic() - self._looked < self._seconds:
            return 0
        self._looked = monotonic()
        now = self._clock()
        try:
            housed = house(self._store, self._settings, published(self._store, self._settings), self._since, now)
        except Unavailable as error:
            log.warning("no look for marked words", detail=str(error))
            return 0
        self._since = now - OVERLAP
        return housed
