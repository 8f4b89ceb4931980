"""The parts of a signal: what hurts and what came of it, what should change and how, when a job comes up and what for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from nlp.signals import Slot

_EFFECT = re.compile(
    r"(?:,|;|\s-)?\s*\b(?:so (?:now |that )?(?=(?:i|we|he|she|they|my|our|cu|the)\b)|which means (?:that )?|meaning (?:that )?|as a result,? |"
    r"and (?=(?:now )?(?:i|we|he|she|they|cu) (?:had|have|has|lost|missed|can't|cannot|couldn't|am|was|were|need|must|end)\b)|"
    r"and (?=(?:lost|missed|had to)\b))",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"(?P<target>(?:(?!\b(?:should|ought|needs?|could|must)\b)[^.,;:!?])+?)\s+(?P<change>(?:really |also |just )?"
    r"(?:should|ought to|needs? to|needs?|could|must)\b.*)",
    re.IGNORECASE | re.DOTALL,
)
_CHANGE = re.compile(
    r"\b(?:add|allow|enable|make|let|give|provide|support|bring|include|implement|improve|change|remove|extend|expose|introduce|offer|put|"
    r"restore|update|increase|reduce|show|create|integrate|keep|drop|merge|split|replace|fix|use|send|print|open|train|build|see|have)\b",
    re.IGNORECASE,
)
_SITUATION = re.compile(
    r"\b(?:when(?:ever)?|while|during|if|every time|after|before|on (?:the )?way)\b[^,.;!?]{3,80}", re.IGNORECASE
)
_PRONOUN = re.compile(
    r"(?:i|we|you|it|they|he|she|there|this|that|you guys|i think it|maybe you|perhaps you)\Z", re.IGNORECASE
)


def pain(text: str, start: int, end: int) -> tuple[Slot, ...]:
    """Return ``what`` hurts, and its ``effect`` where one is named."""
    effect = _EFFECT.search(text, start, end)
    if effect is None or effect.start() - start < 8 or end - effect.end() < 6:
        return (Slot("what", start, end),)
    return Slot("what", start, effect.start()), Slot("effect", effect.end(), end)


def suggestion(text: str, start: int, end: int) -> tuple[Slot, ...]:
    """Return the ``target`` ("the map") and the ``change`` ("should show lifts") where the words name them."""
    subject = _SUBJECT.fullmatch(text, start, end)
    if subject is not None and not _PRONOUN.match(subject["target"]):
        return _slots((("target", subject.span("target")), ("change", subject.span("change"))))
    change = _CHANGE.search(text, start, end)
    return () if change is None else (Slot("change", change.start(), end),)


def situation(text: str, sentence: tuple[int, int], start: int, end: int) -> tuple[Slot, ...]:
    """Return the ``situation`` in which a job comes up, named in the same sentence but outside the job's own words."""
    for found in _SITUATION.finditer(text, *sentence):
        if found.end() <= start or found.start() >= end:
            return (Slot("situation", found.start(), found.end()),)
    return ()


def _slots(named: Iterable[tuple[str, tuple[int, int]]]) -> tuple[Slot, ...]:
    return tuple(Slot(name, start, end) for name, (start, end) in named if start < end)
