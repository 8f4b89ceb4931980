"""What every format hands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ingest.feedback import Reason


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file: its first line, its original bytes, and either an event or the problem with it."""

    line: int
    payload: bytes
    event: Mapping[str, Any] | None = None
    reason: Reason | None = None
    detail: str = ""
