"""One message of a conversation, as every help desk has it, and its event.

A conversation is not one event: its messages were said at different times, a webhook brings one of them, an export all.
Each is known by an id that both spell alike, so that an export and a webhook of the same message are one record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

MOST_ATTRIBUTES = 100
LONGEST_NAME = 200


class Author(StrEnum):
    """Who wrote a message. A bot's words are the company's: they count as an agent's, marked as a bot's."""

    CUSTOMER = "customer"
    AGENT = "agent"
    NOTE = "note"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class Message:
    """What one author said at one time. ``edited`` decides which of two deliveries is newer; ids are the vendor's.

    ``customer`` and ``agent`` are the vendor's ids of the two sides, whoever of them spoke. ``attributes`` are fields to
    segment by, ``rest`` is every vendor's field that has no name here.
    """

    id: str
    conversation: str
    at: datetime
    author: Author
    text: str
    edited: datetime | None = None
    channel: str = ""
    customer: str = ""
    agent: str = ""
    product: str = ""
    plan: str = ""
    region: str = ""
    language: str = ""
    app_version: str = ""
    csat: float | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    rest: Mapping[str, Any] = field(default_factory=dict)


def event(message: Message, source: str) -> dict[str, Any]:
    """Return a message as an event of schema version 1. People's and conversations' ids carry the source's name."""
    speaker = Author.AGENT if message.author is Author.BOT else message.author
    attributes = {name: value for name, value in message.attributes.items() if value}
    if message.author is Author.BOT:
        attributes["author"] = "bot"
    made: dict[str, Any] = {
        "schema_version": 1,
        "source": source,
        "external_id": message.id,
        "version": max(0, int((message.edited or message.at).timestamp() * 1000)),
        "occurred_at": message.at.isoformat(),
        "segments": [{"speaker": speaker.value, "text": message.text}],
        "conversation_id": f"{source}:{message.conversation}"[:LONGEST_NAME],
        "customer_id": f"{source}:{message.customer}"[:LONGEST_NAME] if message.customer else "",
        "agent_id": f"{source}:{message.agent}"[:LONGEST_NAME] if message.agent else "",
        "attributes": dict(list(attributes.items())[:MOST_ATTRIBUTES]),
    }
    named = ("channel", "product", "plan", "region", "language", "app_version")
    made |= {name: value[:LONGEST_NAME] for name in named if (value := getattr(message, name))}
    if message.csat is not None:
        made["csat"] = message.csat
    if message.rest:
        made["rest"] = dict(message.rest)
    return made
