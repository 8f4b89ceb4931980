"""Notes that people write themselves: kept at once, sent on later, and done only when they have come back as feedback.

The words wait in the outbox as they were typed, because only the workers redact; they are taken out of it as soon as the
redacted note is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any
from uuid import uuid4

from pydantic import ValidationError
from sqlalchemy import Connection, insert, select, update

from ingest.feedback import feedback_id
from ingest.schema import FeedbackEvent
from ingest.wire import encode
from insights.delivery import outbox
from insights.store import Store
from insights.tables import DeadLetterRow, FeedbackRow, OutboxRow, WrittenNoteRow
from insights.trust import audit
from insights.trust.people import Person, Role, allowed

SOURCE = "desk"
TYPE = "feedback"
"""The outbox's name for notes on their way; the relay sends them to the notes' own topic, not to one of its own."""
AT_ONCE = 200
LONGEST = 20_000


class State(StrEnum):
    """What became of a written note. The values are stored; never rename one."""

    WAITING = "waiting"
    HEARD = "heard"
    SET_ASIDE = "set aside"


class NotWritten(ValueError):
    """The note cannot be kept as it is; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person types: the customer's words, their own, and what is known of the case."""

    customer_words: str
    own_words: str = ""
    channel: str = ""
    product: str = ""
    plan: str = ""
    region: str = ""
    customer_id: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A written note on its way, as an event of the notes' topic."""

    feedback_id: str
    event: Mapping[str, Any]


def write_note(store: Store, draft: Draft, *, by: Person, at: datetime) -> str:
    """Keep a note and return its feedback id. Raises NotWritten, NotAllowed, StoreError."""
    event = _event(draft, by, at)
    identity = feedback_id(SOURCE, event["external_id"])
    with store.begin() as connection:
        person = allowed(connection, by.id, Role.AGENT, Role.PRODUCT_OWNER, Role.TEAM_OWNER)
        row = {"feedback_id": identity, "who": person.name, "at": at, "state": State.WAITING.value}
        connection.execute(insert(WrittenNoteRow).values(row))
        outbox.add(connection, TYPE, identity, "feedback.written", event, at)
        audit.add(connection, person.name, "note written", f"note:{identity}", None, {"state": State.WAITING.value}, at)
    return identity


def waiting(store: Store, limit: int = AT_ONCE) -> tuple[Waiting, ...]:
    """Return written notes that are not stored as feedback yet, oldest first. Raises StoreError."""
    wanted = (
        select(OutboxRow.aggregateid, OutboxRow.payload)
        .join(WrittenNoteRow, WrittenNoteRow.feedback_id == OutboxRow.aggregateid)
        .where(WrittenNoteRow.state == State.WAITING.value, OutboxRow.aggregatetype == TYPE)
        .order_by(WrittenNoteRow.at)
        .limit(limit)
    )
    with store.connect() as connection:
        return tuple(Waiting(row.aggregateid, row.payload) for row in connection.execute(wanted))


def settle(store: Store, at: datetime) -> int:
    """Close the notes that have come back as feedback, or were set aside; return how many. Raises StoreError.

    Their words leave the outbox: the stored note has them redacted, a record set aside has its own bytes.
    """
    open_notes = waiting(store)
    if not open_notes:
        return 0
    ids = [one.feedback_id for one in open_notes]
    with store.begin() as connection:
        heard = set(connection.execute(select(FeedbackRow.id).where(FeedbackRow.id.in_(ids))).scalars())
        aside = _set_aside(connection, [one for one in open_notes if one.feedback_id not in heard])
        for found, state in ((heard, State.HEARD), (aside, State.SET_ASIDE)):
            _close(connection, sorted(found), state, at)
    return len(heard) + len(aside)


def _close(connection: Connection, ids: Sequence[str], state: State, at: datetime) -> None:
    if not ids:
        return
    mine = update(WrittenNoteRow).where(WrittenNoteRow.feedback_id.in_(ids)).values(state=state.value)
    connection.execute(mine)
    out = update(OutboxRow).where(OutboxRow.aggregatetype == TYPE, OutboxRow.aggregateid.in_(ids))
    connection.execute(out.values(published_at=at, payload={"state": state.value}))


def _set_aside(connection: Connection, notes: Sequence[Waiting]) -> set[str]:
    """Return the notes whose very bytes stand among the dead letters; sending them again would change nothing."""
    digests = {blake2b(encode(one.event), digest_size=8).hexdigest(): one.feedback_id for one in notes}
    if not digests:
        return set()
    found = connection.execute(select(DeadLetterRow.digest).where(DeadLetterRow.digest.in_(digests)))
    return {digests[digest] for digest in found.scalars()}


def _event(draft: Draft, by: Person, at: datetime) -> dict[str, Any]:
    said = ((draft.customer_words, "customer"), (draft.own_words, "note"))
    segments = [{"speaker": speaker, "text": text.strip()} for text, speaker in said if text.strip()]
    if not segments:
        raise NotWritten("Write what the customer said, or what you noticed.")
    if max(len(segment["text"]) for segment in segments) > LONGEST:
        raise NotWritten(f"That is longer than {LONGEST:,} characters; keep what matters.")
    event: dict[str, Any] = {
        "schema_version": 1,
        "source": SOURCE,
        "external_id": uuid4().hex,
        "occurred_at": at.isoformat(),
        "agent_id": by.name,
        "segments": segments,
    }
    named = ("channel", "product", "plan", "region", "customer_id")
    event |= {name: " ".join(value.split()) for name in named if (value := getattr(draft, name)).strip()}
    try:
        FeedbackEvent.model_validate(event)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise NotWritten(f"{' '.join(str(part) for part in first['loc'])}: {first['msg']}.") from None
    return event
