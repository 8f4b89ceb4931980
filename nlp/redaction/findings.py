"""What redaction finds, where it stood, and how the redacted text is made from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

PLACEHOLDER = re.compile(r"\[(?:NAME-\d{1,6}|PHONE|EMAIL|CARD|IBAN|ID|REF|ADDRESS|POSTCODE|IP|URL|DOB|SECRET)\]")


class RedactionFailed(RuntimeError):
    """Redaction could not finish, so the text must not be stored. The message never quotes the text."""


class PersonalData(StrEnum):
    """The kinds of personal data, strongest claim first: where two overlap, the earlier kind keeps the words."""

    URL = "URL"
    EMAIL = "EMAIL"
    IBAN = "IBAN"
    CARD = "CARD"
    SECRET = "SECRET"
    IP = "IP"
    DOB = "DOB"
    ADDRESS = "ADDRESS"
    ID = "ID"
    PHONE = "PHONE"
    REFERENCE = "REFERENCE"
    POSTCODE = "POSTCODE"
    PERSON = "PERSON"


_RANK = {kind: rank for rank, kind in enumerate(PersonalData)}
_LABEL = {PersonalData.PERSON: "NAME", PersonalData.REFERENCE: "REF"}


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that one rule takes for personal data: character offsets, end exclusive."""

    type: PersonalData
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of personal data. ``start`` and ``end`` slice the given text; ``at`` is where ``placeholder``
    starts in the redacted one."""

    type: str
    start: int
    end: int
    placeholder: str
    at: int


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without its personal data, and the findings in order of place. They never overlap."""

    text: str
    findings: tuple[Finding, ...] = ()


def placeholder(kind: PersonalData, number: int = 0) -> str:
    """Return the placeholder of a kind: ``[PHONE]``, or ``[NAME-2]`` for the second person of a ticket."""
    label = _LABEL.get(kind, kind.value)
    return f"[{label}-{number}]" if kind is PersonalData.PERSON else f"[{label}]"


def settle(spans: Iterable[Span], text: str) -> list[Span]:
    """Return spans in order of place that overlap neither each other nor a placeholder already in the text.

    A weaker span keeps what the stronger ones leave of it, so settling never uncovers a character that any rule covered,
    save blanks and punctuation at the edges.
    """
    taken = bytearray(len(text))
    for match in PLACEHOLDER.finditer(text) if "[" in text else ():
        taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
    settled: list[Span] = []
    for span in sorted(set(spans), key=lambda span: (_RANK[span.type], span.start - span.end, span.start)):
        for free, to in _free(taken, span.start, span.end):
            start, end = _trim(text, free, to)
            if start < end:
                settled.append(Span(span.type, start, end))
                taken[start:end] = b"\1" * (end - start)
    return sorted(settled, key=lambda span: span.start)


def render(text: str, placed: Sequence[tuple[Span, str]]) -> Redacted:
    """Return the text with each span replaced by its placeholder. Spans are in order and do not overlap."""
    parts: list[str] = []
    findings: list[Finding] = []
    last = length = 0
    for span, mark in placed:
        parts += (text[last : span.start], mark)
        length += span.start - last
        findings.append(Finding(span.type.value, span.start, span.end, mark, length))
        length += len(mark)
        last = span.end
    parts.append(text[last:])
    return Redacted("".join(parts), tuple(findings))


def map_offset(redacted: Redacted, offset: int, *, back: bool = False) -> int:
    """Carry an offset of the given text to the redacted text, or ``back`` again.

    An offset inside a finding goes to the start of its placeholder, one inside a placeholder to the start of the finding.
    """
    shift = 0
    for finding in redacted.findings:
        gone, put = finding.end - finding.start, len(finding.placeholder)
        start, width = (finding.at, put) if back else (finding.start, gone)
        if offset <= start:
            break
        if offset < start + width:
            return finding.start if back else finding.at
        shift += gone - put if back else put - gone
    return offset + shift


def _free(taken: bytearray, start: int, end: int) -> list[tuple[int, int]]:
    """Return the stretches between ``start`` and ``end`` that nothing has taken yet."""
    free = []
    at = taken.find(0, start, end)
    while at >= 0:
        to = taken.find(1, at, end)
        free.append((at, to if to >= 0 else end))
        at = taken.find(0, to, end) if to >= 0 else -1
    return free


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and not text[start].isalnum() and text[start] not in "+(#":
        start += 1
    while end > start and not text[end - 1].isalnum() and text[end - 1] not in ").!?$%&*#@":
        end -= 1
    return (start, end) if any(char.isalnum() for char in text[start:end]) else (start, start)
