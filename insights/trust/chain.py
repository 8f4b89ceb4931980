"""A chain of hashes: each entry's hash covers its content and the hash before, so a changed or missing entry shows.

BLAKE2b (RFC 7693), 32 bytes, over canonical JSON: keys sorted, no spaces, UTF-8.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

START = "0" * 64
"""What the first entry has before it."""


@dataclass(frozen=True, slots=True)
class Link:
    """One entry: its number (1, 2, 3, ...), its content, the hash before it and its own."""

    number: int
    content: Mapping[str, Any]
    previous: str
    hash: str


def linked(number: int, content: Mapping[str, Any], previous: str) -> Link:
    """Return the entry that follows the one with the hash ``previous``."""
    return Link(number, content, previous, _hash(number, content, previous))


def verify(links: Iterable[Link], previous: str = START, number: int = 0) -> Link | None:
    """Return the first entry that does not follow from what was before it, or None when all do.

    ``previous`` and ``number`` belong to the entry before the first. That entries are missing at the end only shows
    to somebody who kept a later hash.
    """
    for link in links:
        number += 1
        if (
            link.number != number
            or link.previous != previous
            or link.hash != _hash(link.number, link.content, link.previous)
        ):
            return link
        previous = link.hash
    return None


def canonical(content: object) -> str:
    """Return the one JSON text of a content. Raises TypeError for what JSON cannot hold, ValueError for NaN."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _hash(number: int, content: Mapping[str, Any], previous: str) -> str:
    material = canonical({"number": number, "content": content, "previous": previous})
    return hashlib.blake2b(material.encode("utf-8", "surrogatepass"), digest_size=32).hexdigest()
