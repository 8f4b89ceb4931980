"""The formats Earshot knows, by name, and which of them a document looks like."""

from __future__ import annotations

from collections.abc import Mapping

from ingest.formats import app_reviews, chatwoot, freescout, freshdesk, github, intercom, mbox, surveys, zammad, zendesk
from ingest.formats.format import Format

FORMATS: Mapping[str, Format] = {
    module.FORMAT.name: module.FORMAT
    for module in (zendesk, intercom, freshdesk, chatwoot, zammad, freescout, github, app_reviews, surveys, mbox)
}


class UnknownFormat(RuntimeError):
    """There is no format of that name; the message lists those there are."""


def named(name: str) -> Format:
    """Return the format of a name. Raises UnknownFormat."""
    if name not in FORMATS:
        raise UnknownFormat(
            f"there is no format {name!r}; formats are {', '.join(FORMATS)}, and csv and jsonl by the file's ending"
        )
    return FORMATS[name]


def looking_like(document: object) -> Format | None:
    """Return the format that recognises a document, if exactly one does."""
    first = document[0] if isinstance(document, list) and document else document
    if not isinstance(first, Mapping):
        return None
    found = [one for one in FORMATS.values() if one.recognise(first)]
    return found[0] if len(found) == 1 else None
