"""Fields of other people's JSON: absent, null and of the wrong kind are the same as empty, unless a field must be there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from ingest.formats.dates import to_moment

Json = Mapping[str, Any]


def text(record: Json, name: str) -> str:
    """Return a field as text; numbers are written out, anything else is ""."""
    value = record.get(name)
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).strip() if isinstance(value, (str, int, float)) else ""


def required(record: Json, name: str) -> str:
    """Return a field as text. Raises KeyError when it is absent or empty."""
    found = text(record, name)
    if not found:
        raise KeyError(name)
    return found


def table(record: Json, name: str) -> Json:
    """Return a field that is an object; {} for anything else."""
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}


def rows(record: Json, name: str) -> list[Json]:
    """Return the objects in a field that is a list."""
    value = record.get(name)
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def moment(value: object) -> datetime:
    """Return seconds or milliseconds since 1970, or a date with its zone, as UTC; without a zone it is UTC already.

    Raises ValueError.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a date is missing")
    return to_moment(value, day_first=False).astimezone(UTC)


def later(*values: object) -> datetime | None:
    """Return the latest of the moments that are there, or None."""
    return max((moment(value) for value in values if value), default=None)


def tags(value: object) -> str:
    """Return a list of names, or of objects with a name, as "a, b, c"."""
    if not isinstance(value, list):
        return ""
    names = (one.get("name") or one.get("title") or "" if isinstance(one, Mapping) else one for one in value)
    return ", ".join(str(name) for name in names if name)


def rest(record: Json, known: Collection[str]) -> dict[str, Any]:
    """Return the fields that have no name of ours and hold something."""
    return {name: value for name, value in record.items() if name not in known and value not in (None, "", [], {})}


def attributes(record: Json, names: Iterable[str]) -> dict[str, str]:
    """Return named fields as text, lower-cased, without the empty ones."""
    return {name: found.lower() for name in names if (found := text(record, name))}


def attachments(found: Iterable[Json], name: str, size: str, url: str) -> list[dict[str, str]]:
    """Return references to attached files; the files themselves are never fetched."""
    return [{"name": text(one, name), "bytes": text(one, size), "address": text(one, url)} for one in found]


def names(spaced: str) -> frozenset[str]:
    """Return names parted by spaces as a set."""
    return frozenset(spaced.split())
