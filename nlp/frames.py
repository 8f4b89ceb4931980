"""What a reporting frame gives away: "complains that" opens a pain, and "agent states" is no customer evidence."""

from __future__ import annotations

import re

from nlp.features import Passage
from nlp.signals import Attribution

_OPENS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "pain",
        re.compile(
            r"\b(?:complain\w*|unhappy|upset|annoyed|angry|cross|irritated|frustrated|fed up|not happy|furious|disappointed|"
            r"facing|having (?:an? )?(?:issue|trouble|problem)s?)\b",
            re.IGNORECASE,
        ),
    ),
    ("suggestion", re.compile(r"\b(?:suggest\w*|propos\w*)\b", re.IGNORECASE)),
    ("praise", re.compile(r"\b(?:very pleased|pleased|delighted|prais\w+)\b", re.IGNORECASE)),
)
_AGENT = re.compile(
    r"\W*(?:the |our |an? )?(?:agent|rep|representative|advisor|adviser|support team|company)\b", re.IGNORECASE
)
SURE = 0.9
AGENT_KINDS = frozenset({"compensation", "handoff"})
"""What an agent does, and may tell of."""


def opened(frame: str) -> str:
    """Return the head whose words the frame announces, or "" when it announces none."""
    return next((head for head, cue in _OPENS if cue.search(frame)), "")


def of_agent(sentence: str) -> bool:
    """Whether a note's sentence tells what the agent said or did."""
    return _AGENT.match(sentence) is not None


def announced(read: Passage) -> dict[int, str]:
    """Return which units a reporting frame announces, and as what."""
    units = read.units
    return {
        number + 1: head
        for number, unit in enumerate(units[:-1])
        if unit.frame and (head := opened(read.text[unit.start : unit.end])) and not units[number + 1].frame
    }


def agent_sentences(read: Passage) -> frozenset[int]:
    """Return the sentences of a note that tell what the agent said or did."""
    opening: dict[int, int] = {}
    for unit in read.units:
        opening.setdefault(unit.sentence, unit.start)
    return frozenset(number for number, at in opening.items() if of_agent(read.text[at : at + 40]))


def attribution(speaker: str, kind: str) -> Attribution:
    """Return whose evidence a signal of this kind is."""
    if speaker == "c":
        return Attribution.CUSTOMER
    return Attribution.AGENT if speaker == "a" or kind in AGENT_KINDS else Attribution.REPORTED
