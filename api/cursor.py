"""Cursors: where the next page begins, in a form that a program hands back as it got it."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime

from insights.board.signals import Place


class BadCursor(ValueError):
    """The cursor is not one that a page of this kind ended with."""

    def __init__(self) -> None:
        super().__init__("this cursor is not of such a page; hand back “next” as it came, or leave it out")


def of_offset(offset: int) -> str:
    """Return the cursor of a page that begins after so many."""
    return _packed(["offset", offset])


def offset_of(cursor: str) -> int:
    """Return how many come before the page; 0 without a cursor. Raises BadCursor."""
    if not cursor:
        return 0
    match _unpacked(cursor):
        case ["offset", int(offset)] if 0 <= offset < 2**31 and not isinstance(offset, bool):
            return offset
    raise BadCursor


def of_place(moment: datetime, signal_id: int) -> str:
    """Return the cursor of a page that begins behind a signal."""
    return _packed(["place", moment.isoformat(), signal_id])


def place_of(cursor: str) -> Place | None:
    """Return the place behind which the page begins; None without a cursor. Raises BadCursor."""
    if not cursor:
        return None
    match _unpacked(cursor):
        case ["place", str(moment), int(signal_id)] if -(2**63) <= signal_id < 2**63:
            try:
                at = datetime.fromisoformat(moment)
            except ValueError:
                raise BadCursor from None
            if at.tzinfo is not None:
                return at, signal_id
    raise BadCursor


def _packed(parts: list[object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts, separators=(",", ":")).encode()).decode().rstrip("=")


def _unpacked(cursor: str) -> object:
    try:
        return json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise BadCursor from None
