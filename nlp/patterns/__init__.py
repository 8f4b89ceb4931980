"""The language rules as data: one named pattern a line, each with examples that must and must not match.

A pattern is evidence, never a verdict: the heads learn from our sentences how far each one can be trusted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from importlib import resources

from nlp.openings import Search

_NEVER = re.compile(r"(?!)")
_LEAD = re.compile(r"(?:[^\w\[]+|@\w+|(?:and|but|so|or|then|also|please|pls|just|hi|hello|hey|maybe|perhaps|well)\b)*")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*|[^\w\s]")


class BadPattern(ValueError):
    """A line of a pattern file can't be used; the message names file, line and mend."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One rule: in ``yes`` it is found, in ``no`` it is not.

    It is a ``regex`` over lower-case text or a list of ``words``; with ``opens`` it must stand where a clause starts.
    """

    name: str
    kind: str
    regex: re.Pattern[str]
    yes: tuple[str, ...]
    no: tuple[str, ...]
    words: frozenset[str] = frozenset()
    opens: bool = False


class Patterns:
    """All rules, searched together. ``names`` gives each rule's column."""

    def __init__(self, rules: Sequence[Pattern]) -> None:
        self.rules = tuple(rules)
        self.names = tuple(rule.name for rule in rules)
        scanned = [(column, rule) for column, rule in enumerate(rules) if not rule.words]
        anywhere = [(column, rule.regex) for column, rule in scanned if not rule.opens]
        self._columns = tuple(column for column, _ in anywhere)
        self._search = Search([regex for _, regex in anywhere])
        self._openers = tuple((column, rule.regex.match) for column, rule in scanned if rule.opens)
        self._listed: dict[str, tuple[int, ...]] = {}
        for column, rule in enumerate(rules):
            for word in rule.words:
                self._listed[word] = (*self._listed.get(word, ()), column)

    def find(self, text: str, starts: Sequence[int]) -> list[tuple[int, int]]:
        """Return (column, start offset) of every match in ``text``, whose clauses start at ``starts``."""
        lowered = text.lower().replace("’", "'")
        if len(lowered) != len(text):  # a few capitals grow when lowered; offsets must hold
            lowered = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
        openings = [lead.end() for at in starts if (lead := _LEAD.match(lowered, at))]
        hits = [(column, at) for column, match in self._openers for at in openings if match(lowered, at)]
        hits += [(self._columns[number], found.start()) for number, found in self._search(lowered)]
        listed = self._listed
        for word in _WORD.finditer(lowered):
            if columns := listed.get(word[0]):
                hits += [(column, word.start()) for column in columns]
        return hits


def read(lines: Sequence[str], file: str) -> list[Pattern]:
    """Return the patterns written in ``lines``. Raises BadPattern."""
    rules: list[Pattern] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            words = frozenset(data.get("words", ()))
            regex = re.compile(data["regex"]) if not words else _NEVER
            rules.append(
                Pattern(
                    data["name"],
                    data["kind"],
                    regex,
                    tuple(data["yes"]),
                    tuple(data["no"]),
                    words,
                    bool(data.get("opens")),
                )
            )
        except (KeyError, TypeError, json.JSONDecodeError, re.error) as error:
            raise BadPattern(f"{file} line {number}: {error!r}; a pattern has name, kind, regex, yes, no") from error
    return rules


def shipped() -> Patterns:
    """Return the patterns that come with Earshot, in a fixed order."""
    rules: list[Pattern] = []
    folder = resources.files("nlp.patterns")
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".jsonl"):
            rules += read(entry.read_text(encoding="utf-8").splitlines(), entry.name)
    return Patterns(rules)


def fingerprint() -> str:
    """Return a hash of the shipped pattern files."""
    digest = blake2b(digest_size=16)
    for entry in sorted(resources.files("nlp.patterns").iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".jsonl"):
            digest.update(entry.name.encode() + b"\0" + entry.read_bytes())
    return digest.hexdigest()
