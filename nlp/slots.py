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
_OUTCOME = re.compile(
    r"\b(?:so that|so as to|in order to|in order that|so (?=(?:i|we|he|she|they|my|our|the|cu)\b)|"
    r"because (?:i|we|he|she|they) (?:want|wants|need|needs|have|has)(?:ed)? to)\s+(?P<outcome>[^.;!?]{3,120})",
    re.IGNORECASE,
)
_ASKER = re.compile(
    r",?\s+(?:i|we|he|she|they|cu|customer|caller|user)\b(?!.*\b(?:i|we|he|she|they|cu)\b)", re.IGNORECASE
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


def job(text: str, sentence: tuple[int, int], start: int, end: int) -> tuple[Slot, ...]:
    """Return the ``situation`` in which a job comes up and the ``outcome`` it shall have, where the same sentence names them
    outside the job's own words.
    """
    found: list[Slot] = []
    for name, cue, part in (("situation", _SITUATION, 0), ("outcome", _OUTCOME, "outcome")):
        for match in cue.finditer(text, *sentence):
            first, last = match.span(part)
            if first < start < last and (asker := _ASKER.search(text, first, start)):
                last = asker.start()  # "When I travel | I want to freeze my card"
            if (last <= start or first >= end) and " " in text[first:last].strip():
                found.append(Slot(name, first, last))
                break
    return tuple(found)


def _slots(named: Iterable[tuple[str, tuple[int, int]]]) -> tuple[Slot, ...]:
    return tuple(Slot(name, start, end) for name, (start, end) in named if start < end)
