"""Jobs: what somebody wants to get done (want), and what for (purpose). Where one may start, by rule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from nlp.features import Passage
from nlp.openings import Search
from nlp.sentences import Span

_PERSON = r"(?:i|we|he|she|they|you|one|my \w+|our \w+|[a-z]+s)"
_TRIGGERS: dict[str, re.Pattern[str]] = {
    name: re.compile(regex)
    for name, regex in (
        (
            "to",
            r"\b(?:to|2)\s+(?!(?:the|a|an|my|your|our|their|his|her|its|me|you|us|them|him|it|this|that|no|all|0|date)\b)",
        ),
        ("for", r"\bfor\s+"),
        (
            "modal",
            rf"\b(?:can|could|do|does|would|should|may|shall|did|might)\s+{_PERSON}\s+(?:please\s+|just\s+|also\s+|still\s+)?",
        ),
        ("can", rf"\b{_PERSON}\s+(?:can|could|may)\s+(?:then\s+|also\s+|just\s+|easily\s+|finally\s+|now\s+)?"),
        (
            "cannot",
            r"\b(?:can't|cannot|can not|cant|couldn't|couldnt|could not|won't let (?:me|us|him|her|them|cu))\s+",
        ),
        (
            "want",
            r"\b(?:want|wants|wanted|need|needs|needed|require|requires|requests|requested|requesting|seeks|seeking|i'd like|would like|wanna|"
            r"gotta|must|must not|prefer|after|asks for|asking for|reqs|rqsts|wished|just like|looking into|wants 2|needs 2)\s+(?:is\s+)?(?!to\b)",
        ),
        (
            "lets",
            r"\b(?:lets?|helps?|helped|makes?|enables?)\s+(?:me|us|him|her|them|my \w+|our \w+|people|you|everyone)\s+(?!to\b)",
        ),
        ("so", r"\bso\s+(?:that\s+)?(?=\w+\s+\w+)"),
        ("as", r"\b(?:as|before|because of|cause of|due to)\s+"),
        ("use", r"\b(?:i|we)\s+(?:mainly |mostly |only |just )?(?=\w+ )"),
    )
}
_NAMES = tuple(_TRIGGERS)
_SEARCH = Search(tuple(_TRIGGERS.values()))
_MASKS = ("[name]", "[id]")
KINDS = ("none", "want", "purpose")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place where a job may start: ``word`` is the number of its first word in the sentence, ``trigger`` what opened it."""

    word: int
    trigger: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as the job head reads it: words in lower case, their offsets in the segment, its candidates."""

    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    candidates: tuple[Candidate, ...]
    speaker: str


def sentences(read: Passage, spans: Sequence[Span], speaker: str) -> list[Sentence]:
    """Return the words and candidates of the sentences ``spans`` of a passage."""
    text = read.text
    lowered = text.lower()
    if len(lowered) != len(text):  # a few capitals grow when lowered; offsets must hold
        lowered = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    opened: dict[int, str] = {span.start: "start" for span in spans}
    for number, trigger in sorted(_SEARCH(lowered), key=itemgetter(0), reverse=True):
        opened[trigger.end()] = _NAMES[number]  # where two triggers open the same word, the first in the list counts
    found: list[Sentence] = []
    met = read.words
    at = 0
    for span in spans:
        first = at
        while at < len(met) and met[at][1] < span.end:
            at += 1
        held = met[first:at]
        candidates = tuple(
            [
                Candidate(number, opened[start])
                for number, (word, start, _) in enumerate(held)
                if start in opened and (word[0].isalnum() or word in _MASKS)
            ]
        )
        words, places = (tuple([token[0] for token in held]), tuple([token[1:] for token in held]))
        found.append(Sentence(words, places, candidates, speaker))
    return found
