"""Emerging themes: waiting signals of several customers that say the same become a theme at once, until a refresh judges.

A look costs what is waiting and new, not what was ever heard: new arrivals are compared with the newest waiting signals.
They gather when they are nearer to each other than to anything known; what lies between themes is for the refresh.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic

import numpy as np
import structlog
from numpy.typing import NDArray

from insights.delivery.recent import arrived_since, latest_arrival
from insights.store import Store, Unavailable
from insights.themes import curation, standing
from insights.themes.curation import MACHINE, CurationError, Decision
from insights.themes.known import SignalSet, live_themes, sample_of, theme_vectors, themes_version
from insights.themes.status import Status
from nlp.assignment import Assigner
from nlp.encoders import Vectors, unit
from nlp.naming import name_themes
from nlp.settings import LanguageSettings
from nlp.signals import SignalKind
from pipelines import fading
from pipelines.policy import Change
from pipelines.published import published
from pipelines.refresh import FADE_AFTER, KINDS

log = structlog.get_logger(__name__)

LOOK_SECONDS = 10.0
CUSTOMERS = 3
RECENT = timedelta(weeks=4)
NEWEST_WAITING = 2_000
OVERLAP = timedelta(minutes=1)
"""Workers store their batches side by side: one that was received a little earlier may be stored a little later."""
_PER_THEME = 30
_CLOSE = 0.5


class Watch:
    """Looks for emerging themes while notes stream in. Call ``look`` as often as you like; it minds its own pace."""

    def __init__(
        self,
        store: Store,
        settings: LanguageSettings,
        *,
        fade_after: timedelta = FADE_AFTER,
        seconds: float = LOOK_SECONDS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._settings = settings
        self._fade_after = fade_after
        self._seconds = seconds
        self._clock = clock
        self._looked = float("-inf")
        self._seen = latest_arrival(store) or datetime(1970, 1, 1, tzinfo=UTC)
        self._version = -1
        self._encoder_id = ""
        self._known: dict[str, _Known | None] = {}

    def look(self) -> tuple[Change, ...]:
        """Make and grow emerging themes of what arrived since the last look, and wake faded ones. Raises StoreError.

        A database that is busy or away is looked at again next time: notes must not wait for this.
        """
        if monotonic() - self._looked < self._seconds:
            return ()
        self._looked = monotonic()
        try:
            return self._look()
        except Unavailable as error:
            log.warning("no look for emerging themes", detail=str(error))
            return ()

    def _look(self) -> tuple[Change, ...]:
        arrived = latest_arrival(self._store)
        if arrived is None or arrived <= self._seen:
            return ()
        version = themes_version(self._store)
        if version != self._version:
            self._version = version
            self._known.clear()
            self._encoder_id = published(self._store, self._settings).encoder_id
        changes = [change for kind in KINDS for change in self._gather(kind.value, self._encoder_id)]
        fading.wake_heard(self._store, self._clock(), self._fade_after)
        self._seen = arrived
        return tuple(changes)

    def _gather(self, kind: str, encoder_id: str) -> list[Change]:
        new = arrived_since(self._store, kind, self._seen - OVERLAP)
        if not new:
            return []
        if kind not in self._known:
            self._known[kind] = _known(self._store, kind, encoder_id)
        known = self._known[kind]
        if known is None:
            return []
        waiting = sample_of(self._store, kind, encoder_id, per_theme=0, newest_waiting=NEWEST_WAITING, themes=())
        since = self._clock() - RECENT
        recent = np.array([moment >= since for moment in waiting.occurred], dtype=np.bool_)
        fresh = np.isin(waiting.ids, sorted(new))
        rows = np.flatnonzero(recent | fresh)
        near = known.nearest(waiting.vectors[rows])
        goals = known.nearest_emerging(waiting.vectors[rows], near)
        grown = self._grow(kind, waiting.ids[rows], goals)
        return grown + self._emerge(kind, waiting, rows[goals < 0], near[goals < 0], fresh, known)

    def _grow(self, kind: str, signals: NDArray[np.int64], goals: NDArray[np.int64]) -> list[Change]:
        """Let signals join the emerging theme they are near to."""
        changes: list[Change] = []
        for theme_id in np.unique(goals[goals >= 0]).tolist():
            with suppress(CurationError):
                members = signals[goals == theme_id].tolist()
                step = curation.grow(self._store, theme_id, members, self._decision("heard again"))
                if step:
                    changes.append(Change(kind, "grow", theme_id, step.moved, (step.lineage_id,)))
        return changes

    def _emerge(
        self,
        kind: str,
        waiting: SignalSet,
        free: NDArray[np.intp],
        near: NDArray[np.float32],
        fresh: NDArray[np.bool_],
        known: _Known,
    ) -> list[Change]:
        """Gather free rows of ``waiting`` into emerging themes; ``near`` is each one's cosine to what is known."""
        customers = [waiting.customers[row] for row in free]
        reach = np.maximum(near, known.radius)
        groups = gathered(known.centred(waiting.vectors[free]), customers, fresh[free], reach)
        if not groups:
            return []
        texts = [*known.texts, *waiting.texts]
        labels = np.full(len(texts), -1, dtype=np.int64)
        for at, group in enumerate(groups):
            labels[len(known.texts) + free[group]] = at
        names = name_themes(
            texts, labels, np.concatenate([known.vectors, waiting.vectors]), taken=known.names, kind=SignalKind(kind)
        )
        changes: list[Change] = []
        for at, group in enumerate(groups):
            members = waiting.ids[free[group]].tolist()
            voices = len({waiting.customers[row] for row in free[group]})
            exemplar = int(waiting.ids[names[at].exemplar - len(known.texts)])
            try:
                step = standing.emerge(
                    self._store,
                    kind,
                    names[at].name,
                    members,
                    self._decision(f"{voices} customers said the same"),
                    terms=names[at].terms,
                    exemplar=exemplar,
                )
            except CurationError:
                # A refresh or another worker was faster.
                continue
            changes.append(Change(kind, "emerge", step.theme_id, step.moved, (step.lineage_id,)))
        return changes

    def _decision(self, why: str) -> Decision:
        return Decision(MACHINE, why, self._clock())


def gathered(
    rows: Vectors, customers: Sequence[str], fresh: NDArray[np.bool_], reach: NDArray[np.float32]
) -> list[NDArray[np.intp]]:
    """Return groups of rows (float32[n, d], unit) round one of them, by at least three customers.

    Two rows are near when their cosine is at least the ``reach`` (float32[n]) of both. A group has something ``fresh``
    (bool[n]). The largest number of customers goes first; no row is in two groups.
    """
    near = rows @ rows.T >= np.maximum(reach[:, None], reach[None, :])
    near[np.arange(len(rows)), np.arange(len(rows))] = np.abs(rows).sum(axis=1) > 0
    people = np.unique(np.array(customers), return_inverse=True)[1]
    free = np.ones(len(rows), dtype=np.bool_)
    groups: list[NDArray[np.intp]] = []
    while free.any():
        inside = near & free[None, :] & free[:, None]
        counts = np.array([len(np.unique(people[row])) if (row & fresh).any() else 0 for row in inside], dtype=np.int64)
        best = int(counts.argmax())
        if counts[best] < CUSTOMERS:
            break
        group = np.flatnonzero(inside[best])
        groups.append(group)
        free[group] = False
    return groups


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a kind: the assigner over confirmed themes, the emerging ones' vectors, names and words."""

    assigner: Assigner
    mean: Vectors
    emerging: Vectors
    emerging_ids: NDArray[np.int64]
    names: tuple[str, ...]
    texts: tuple[str, ...]
    vectors: Vectors

    @property
    def radius(self) -> float:
        """The cosine at which two signals may be of one theme: calibrated, but copies of one text must not set it too high."""
        return min(_CLOSE, self.assigner.radius)

    def centred(self, vectors: Vectors) -> Vectors:
        return unit(vectors - self.mean)

    def nearest(self, vectors: Vectors) -> NDArray[np.float32]:
        """Return each row's cosine to the nearest signal of a confirmed theme."""
        return self.assigner.votes(vectors)[2]

    def nearest_emerging(self, vectors: Vectors, near: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return the emerging theme of each row that is nearer to it than to anything confirmed; -1 where there is none."""
        if not len(self.emerging) or not len(vectors):
            return np.full(len(vectors), -1, dtype=np.int64)
        cosines = self.centred(vectors) @ self.centred(self.emerging).T
        close = cosines.max(axis=1) >= np.maximum(near, self.radius)
        return np.where(close, self.emerging_ids[cosines.argmax(axis=1)], -1)


def _known(store: Store, kind: str, encoder_id: str) -> _Known | None:
    themes = live_themes(store, kind)
    labelled = theme_vectors(store, encoder_id, kind)
    emerging = [theme.id for theme in themes if theme.status is Status.EMERGING]
    new = np.isin(labelled.theme_ids, emerging)
    if not (~new).any():
        return None
    confirmed = [theme.id for theme in themes if theme.size and theme.id not in emerging]
    background = sample_of(store, kind, encoder_id, per_theme=_PER_THEME, newest_waiting=0, themes=confirmed)
    vectors, theme_ids = labelled.vectors[~new], labelled.theme_ids[~new]
    return _Known(
        Assigner(vectors, theme_ids),
        vectors.mean(axis=0, keepdims=True),
        labelled.vectors[new],
        labelled.theme_ids[new],
        tuple(theme.name for theme in themes),
        background.texts,
        background.vectors,
    )
