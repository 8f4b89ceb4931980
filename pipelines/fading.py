"""Themes that nobody speaks of any more, and those that are heard again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from insights.store import Store
from insights.themes import standing
from insights.themes.curation import MACHINE, CurationError, Decision
from insights.themes.known import Heard, heard_of, live_themes, newest_note
from insights.themes.status import Status

TIMES_ITS_GAP = 4


def is_silent(heard: Heard, now: datetime, fade_after: timedelta) -> bool:
    """Tell whether a theme has been silent for ``fade_after``, and for four times its usual gap between two notes."""
    usual = (heard.last - heard.first) / max(1, heard.times - 1)
    return now - heard.last >= max(fade_after, TIMES_ITS_GAP * usual)


def silent(store: Store, at: datetime, fade_after: timedelta, themes: Sequence[int] | None = None) -> frozenset[int]:
    """Return which of these themes (None: all) have gone silent. Silence is measured against the newest note: an old import is not all silence.

    Raises StoreError.
    """
    newest = newest_note(store)
    if newest is None:
        return frozenset()
    now = min(at, newest)
    return frozenset(theme for theme, heard in heard_of(store, themes).items() if is_silent(heard, now, fade_after))


def wake_heard(store: Store, at: datetime, fade_after: timedelta) -> tuple[int, ...]:
    """Let faded themes that were heard again be live; return their ids. Raises StoreError."""
    faded = [theme.id for theme in live_themes(store) if theme.status is Status.FADED]
    if not faded:
        return ()
    still = silent(store, at, fade_after, faded)
    woken: list[int] = []
    for theme_id in faded:
        if theme_id not in still:
            with suppress(CurationError):
                standing.wake(store, theme_id, Decision(MACHINE, "heard again", at))
                woken.append(theme_id)
    return tuple(woken)
