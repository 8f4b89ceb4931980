"""Which column of a table is which field of an event: given by the user, or guessed from names and contents."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ingest.schema import FeedbackEvent

TEXT_FIELD = "text"
SPEAKER_FIELD = "speaker"
FIELDS = (
    TEXT_FIELD,
    SPEAKER_FIELD,
    *(name for name in FeedbackEvent.model_fields if name not in {"schema_version", "segments", "attributes"}),
)

_KNOWN_NAMES: Mapping[str, tuple[str, ...]] = {
    "text": (
        "text",
        "note",
        "notes",
        "comment",
        "comments",
        "body",
        "message",
        "description",
        "content",
        "feedback",
        "review",
        "complaint",
        "narrative",
        "answer",
        "verbatim",
    ),
    "external_id": ("external_id", "id", "ticket_id", "note_id", "case_number", "record_id", "uuid", "number", "key"),
    "occurred_at": (
        "occurred_at",
        "date",
        "created_at",
        "created",
        "timestamp",
        "time",
        "datetime",
        "submitted_at",
        "date_received",
        "opened_at",
    ),
    "conversation_id": ("conversation_id", "conversation", "case_id", "thread_id", "ticket", "case"),
    "speaker": ("speaker", "author_role", "role", "sender", "from_role"),
    "channel": ("channel", "via", "medium"),
    "customer_id": ("customer_id", "customer", "user_id", "requester_id", "contact_id", "client_id", "account_id"),
    "agent_id": ("agent_id", "agent", "assignee_id", "assignee", "handled_by", "annotator"),
    "product": ("product", "product_name", "product_area", "app"),
    "plan": ("plan", "tariff", "tier", "subscription"),
    "region": ("region", "country", "state", "market"),
    "language": ("language", "lang", "locale"),
    "app_version": ("app_version", "version_name", "build"),
    "handle_minutes": ("handle_minutes", "handle_time", "handling_minutes", "minutes"),
    "refund": ("refund", "refund_amount"),
    "credit": ("credit", "credit_amount", "goodwill"),
    "currency": ("currency",),
    "csat": ("csat", "rating", "score", "stars", "satisfaction"),
    "version": ("version", "revision"),
    "source": ("source", "system"),
}


class MappingError(ValueError):
    """The mapping cannot be used with this file; the message names the column and the mend."""


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """``columns`` maps fields of the event to columns; ``constants`` gives fields that are the same in every row."""

    columns: Mapping[str, str]
    constants: Mapping[str, str] = field(default_factory=dict)

    def check(self, header: Sequence[str]) -> None:
        """Raise MappingError unless every field is known and every column is there."""
        for name in (*self.columns, *self.constants):
            if name not in FIELDS:
                raise MappingError(f"there is no field {name!r}; fields are {', '.join(FIELDS)}")
        for name, column in self.columns.items():
            if column not in header:
                raise MappingError(
                    f"{name} is mapped to column {column!r}, which the file does not have; its columns are {', '.join(header)}"
                )
        if TEXT_FIELD not in self.columns:
            raise MappingError(
                f"no column holds the words; say which one by --map text=COLUMN, from {', '.join(header)}"
            )


def parse_pairs(given: str) -> dict[str, str]:
    """Return ``text=body,occurred_at=date`` as a mapping. Raises MappingError."""
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in given.split(","))):
        name, equals, column = pair.partition("=")
        if not equals or not name.strip() or not column.strip():
            raise MappingError(f"{pair!r} is not FIELD=COLUMN; write for example text=body,occurred_at=date")
        found[name.strip()] = column.strip()
    return found


def guess(header: Sequence[str], sample: Sequence[Mapping[str, str]]) -> ColumnMapping:
    """Return a mapping from column names, and for the words, failing a known name, the column with the longest texts."""
    plain = {_plain(column): column for column in reversed(header)}
    columns: dict[str, str] = {}
    for name, synonyms in _KNOWN_NAMES.items():
        found = next(
            (plain[synonym] for synonym in synonyms if synonym in plain and plain[synonym] not in columns.values()),
            None,
        )
        if found is not None:
            columns[name] = found
    if TEXT_FIELD not in columns:
        free = [column for column in header if column not in columns.values()]
        lengths = {column: sum(len(row.get(column) or "") for row in sample) / max(1, len(sample)) for column in free}
        longest = max(lengths, key=lambda column: lengths[column], default="")
        if longest and lengths[longest] >= 20:
            columns[TEXT_FIELD] = longest
    return ColumnMapping(columns)


def _plain(column: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", column.strip().lower()).strip("_")
