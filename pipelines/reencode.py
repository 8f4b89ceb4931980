"""A change of encoder: new vectors beside the old, a look at what every theme would keep, then the switch, or the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

import numpy as np

from insights import facts
from insights.store import Store
from insights.themes import vectors
from insights.themes.known import live_themes, signals_of
from nlp.discovery import discover
from nlp.encoders import open_encoder
from nlp.lineage import propose
from nlp.settings import LanguageSettings
from nlp.signal_vectors import SignalEncoder
from nlp.wording import with_words
from pipelines.published import Published, embed, publish, published, roll_back
from pipelines.refresh import FEWEST_SIGNALS, KINDS

__all__ = ["Identity", "Kept", "configured", "prepare", "publish_prepared", "roll_back", "to_do"]

_REPORT = "encoder:report"
SHOWN = 15


class NotPrepared(RuntimeError):
    """Signals lack vectors of the encoder; run `earshot themes reencode` first."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What one theme would keep: the share of its signals that stay with the largest part, and of its pairs that stay pairs."""

    theme_id: int
    kind: str
    name: str
    signals: int
    together: float
    pairs: float


@dataclass(frozen=True, slots=True)
class Identity:
    """Themes found anew with another encoder's vectors, against the themes as they are.

    ``together`` and ``pairs`` are means over signals (0..1). ``moving`` is the share of the signals with a theme that the
    first refresh would propose to move, within its budget.
    """

    encoder_id: str
    before: str
    signals: int
    together: float
    pairs: float
    moving: float
    themes: tuple[Kept, ...]

    def lines(self) -> Iterator[str]:
        """The report in plain words, the least kept themes first."""
        yield f"{self.signals:,} signals have vectors of {self.encoder_id}."
        if not self.themes:
            yield "There are no themes yet, so nothing can be lost."
            return
        yield (
            f"Found anew, {self.together:.0%} of the signals stay together with their theme, {self.pairs:.0%} of the pairs; "
            f"every theme keeps its id, and the first refresh would move {self.moving:.1%} of the signals."
        )
        for kept in sorted(self.themes, key=lambda kept: (kept.together, -kept.signals, kept.theme_id))[:SHOWN]:
            yield (
                f"{kept.together:>6.0%} of {kept.signals:>5,} signals, {kept.pairs:>4.0%} of the pairs: "
                f"{kept.kind} theme {kept.theme_id} “{kept.name}”"
            )
        if len(self.themes) > SHOWN:
            yield f"  ... and {len(self.themes) - SHOWN:,} themes that keep more."


def configured(settings: LanguageSettings) -> Published:
    """Return the encoder the settings name. Raises EncoderMissing."""
    encoder = SignalEncoder(open_encoder(settings.encoder, settings.model_dir))
    return Published(encoder.encoder_id, settings.encoder)


def to_do(store: Store, target: Published) -> int:
    """Return how many signals have yet to be encoded. Raises StoreError."""
    return vectors.count_lacking(store, target.encoder_id)


def prepare(
    store: Store,
    settings: LanguageSettings,
    target: Published,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> Identity:
    """Encode what lacks a vector of ``target``, find themes anew with it, and return (and store) what would be kept.

    Notes may arrive meanwhile. Nothing changes for them, nor for the themes. Raises StoreError, EncoderMissing.
    """
    embed(store, SignalEncoder(open_encoder(target.kind, settings.model_dir)), progress=progress)
    themes: list[Kept] = []
    signals = moving = labelled = 0
    for kind in KINDS:
        kept, here, would_move = _of_kind(store, settings, kind.value, target)
        themes += kept
        signals += here
        moving += would_move
        labelled += sum(theme.signals for theme in kept)
    weights = [theme.signals for theme in themes]
    report = Identity(
        encoder_id=target.encoder_id,
        before=published(store, settings).encoder_id,
        signals=signals,
        together=float(np.average([theme.together for theme in themes], weights=weights)) if themes else 1.0,
        pairs=float(np.average([theme.pairs for theme in themes], weights=weights)) if themes else 1.0,
        moving=moving / max(1, labelled),
        themes=tuple(themes),
    )
    facts.keep(store, _REPORT, asdict(report))
    return report


def publish_prepared(store: Store, settings: LanguageSettings, target: Published) -> None:
    """Let the themes live by ``target``. Raises NotPrepared while signals lack its vectors, StoreError."""
    if missing := to_do(store, target):
        raise NotPrepared(f"{missing:,} signals have no vector of {target.encoder_id}; run `earshot themes reencode`")
    if published(store, settings) != target:
        publish(store, settings, target)


def _of_kind(store: Store, settings: LanguageSettings, kind: str, target: Published) -> tuple[list[Kept], int, int]:
    found = signals_of(store, kind, target.encoder_id)
    if len(found.ids) < FEWEST_SIGNALS:
        return [], len(found.ids), 0
    fresh = discover(with_words(found.vectors, found.texts), seed=settings.theme_seed)
    proposals = propose(found.theme_ids, found.vectors, fresh, pinned=found.pinned, budget=settings.theme_change_budget)
    moving = sum(len(proposal.members) for proposal in proposals if proposal.share_visible > 0)
    kept: list[Kept] = []
    for theme in live_themes(store, kind):
        inside = fresh.labels[found.theme_ids == theme.id]
        if len(inside):
            kept.append(Kept(theme.id, kind, theme.name, len(inside), *_shares(inside)))
    return kept, len(found.ids), moving


def _shares(communities: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[float, float]:
    """The share in the largest community, and the share of pairs that share one. What waits (-1) is alone."""
    n = len(communities)
    sizes = np.unique(communities[communities >= 0], return_counts=True)[1]
    if n == 1:
        return 1.0, 1.0
    together = float(max(1, sizes.max(initial=0)) / n)
    return together, float((sizes * (sizes - 1)).sum() / (n * (n - 1)))
