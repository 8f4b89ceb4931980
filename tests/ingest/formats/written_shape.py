"""What the writers of samples share: what must be found again, and how dates and words are spelled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from tests.ingest.formats.cases import TEN_MEGABYTES, Case, Turn


@dataclass(frozen=True)
class Found:
    """What a reader must make of one message."""

    speaker: str
    at: datetime
    text: str
    conversation: str
    customer: str


@dataclass(frozen=True)
class Written:
    """A file in a vendor's shape; ``passed`` are the parts in it that are no feedback."""

    content: bytes
    suffix: str
    found: Mapping[str, Found]
    passed: int


class Expected:
    def __init__(self) -> None:
        self.found: dict[str, Found] = {}
        self.passed = 0

    def turn(
        self, id: str, case: Case, turn: Turn, customer: str, conversation: str = "", text: str | None = None
    ) -> None:
        words = turn.text if text is None else text
        if not turn.text:
            self.passed += 1
        else:
            self.found[id] = Found(
                turn.speaker, turn.at, words, conversation or str(case.merged_into or case.id), customer
            )

    def survey(self, id: str, case: Case, at: datetime, customer: str, conversation: str = "") -> None:
        self.found[id] = Found("customer", at, case.remark, conversation or str(case.merged_into or case.id), customer)


def html(text: str) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in text.split("\n"))
    return f'<div dir="auto">{lines}</div><div class="gmail_quote"><blockquote>said <b>before</b></blockquote></div>'


def local(at: datetime, case: Case) -> str:
    return at.astimezone(case.zone).isoformat()


def zulu(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def titled(case: Case, turn: Turn) -> str:
    return f"{case.subject}\n{turn.text}" if turn is case.turns[0] else turn.text


def file(name: str, size: str, address: str) -> dict[str, object]:
    return {name: "screen.mov", size: TEN_MEGABYTES, address: "https://files.example.org/1/screen.mov"}
