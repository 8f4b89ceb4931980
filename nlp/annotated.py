"""The inline mark-up in which people annotate text: ``{pain:battery-range|it dies after 12 km}``.

Used by the shipped truth and by the training sentences. Marks nest; a mark is ``{label|text}`` or ``{label:subject|text}``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPEN = re.compile(r"\{([A-Za-z_]+)(?::([a-z0-9-]+))?\|")


class AnnotationError(ValueError):
    """The mark-up is broken; the message names the column and the mend."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One annotated span. ``start`` and ``end`` are character offsets into the text without mark-up."""

    label: str
    start: int
    end: int
    subject: str = ""


def parse(marked: str) -> tuple[str, list[Mark]]:
    """Return the plain text and its marks, ordered by start, longer first.

    Raises AnnotationError when a brace is left open, closes nothing, or opens no mark.
    """
    plain: list[str] = []
    length = 0
    waiting: list[tuple[str, str, int, int]] = []
    marks: list[Mark] = []
    at = 0
    while at < len(marked):
        opened = _OPEN.match(marked, at)
        if opened:
            waiting.append((opened[1], opened[2] or "", length, at))
            at = opened.end()
            continue
        char = marked[at]
        if char == "{":
            raise AnnotationError(f"column {at + 1}: '{{' opens no mark; write {{label|text}}")
        if char == "}":
            if not waiting:
                raise AnnotationError(f"column {at + 1}: '}}' closes nothing; remove it or open a mark before it")
            label, subject, start, _ = waiting.pop()
            marks.append(Mark(label, start, length, subject))
        else:
            plain.append(char)
            length += 1
        at += 1
    if waiting:
        raise AnnotationError(f"column {waiting[-1][3] + 1}: mark '{waiting[-1][0]}' is never closed; add '}}'")
    marks.sort(key=lambda mark: (mark.start, -mark.end, mark.label))
    return "".join(plain), marks
