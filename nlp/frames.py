"""What a reporting frame gives away: "complains that" opens a pain, and "agent states" is no customer evidence."""

from __future__ import annotations

import re

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


def opened(frame: str) -> str:
    """Return the head whose words the frame announces, or "" when it announces none."""
    return next((head for head, cue in _OPENS if cue.search(frame)), "")


def of_agent(sentence: str) -> bool:
    """Whether a note's sentence tells what the agent said or did."""
    return _AGENT.match(sentence) is not None
