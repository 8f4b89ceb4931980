"""What a person says of a signal, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from insights.desk.verdicts import Verdict
from insights.store import StoreError


class AnnotationError(StoreError):
    """The judgement does not fit the note as it is now; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person says. ``signal_id`` is None for words that nobody had marked.

    ``kind``, ``segment``, ``start``, ``end`` are what should stand (corrected, added). With ``placed`` the person chose
    ``theme_id`` (None: no theme); ``new_subject`` names a theme to be made of it. ``seen`` is the last annotation the
    person knew of, ``words_hash`` that of the segment they read, ``seconds`` how long they looked.
    """

    verdict: Verdict
    feedback_id: str
    signal_id: int | None = None
    segment: int = 0
    kind: str = ""
    start: int = 0
    end: int = 0
    placed: bool = False
    theme_id: int | None = None
    new_subject: str = ""
    seen: int = 0
    seconds: float = 0.0
    blind: bool = False
    words_hash: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """Who was faster, when, and what they said."""

    who: str
    at: datetime
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a judgement. ``applied`` is False when somebody was faster (``told``), or it was a blind one.

    ``signal_id`` stands for it now (None: nothing does), in theme ``theme_id``.
    """

    annotation_id: int
    applied: bool
    signal_id: int | None
    theme_id: int | None
    told: Told | None = None
