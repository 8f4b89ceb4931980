"""Intercom: conversations with their parts, from the API, the export and webhooks.

Schemas: developers.intercom.com, "Conversations" (2.x), "Webhook topics and their models". Bodies are HTML, times seconds since 1970.
The part that started a conversation is known by the conversation's id, the others by "conversation-part".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from ingest.formats.fields import (
    Json,
    attachments,
    attributes,
    later,
    moment,
    names,
    required,
    rest,
    rows,
    table,
    tags,
    text,
)
from ingest.formats.format import Format, Part, Passed
from ingest.formats.html_text import html_to_text
from ingest.formats.message import Author, Message

_PEOPLE = ("user", "lead", "contact", "visitor")
_SPOKEN = ("comment", "note", "note_and_reopen", "open", "assignment", "close", "quick_reply", "message", "")
_CHANNELS = {
    "conversation": "chat",
    "push": "chat",
    "sms": "chat",
    "phone_call": "phone",
    "phone_switch": "phone",
    "twitter": "social",
    "facebook": "social",
    "instagram": "social",
    "whatsapp": "social",
}
_CONVERSATION = names(
    "type id title created_at updated_at source contacts user conversation_parts conversation_rating tags state "
    "priority admin_assignee_id team_assignee_id custom_attributes conversation_message assignee open read"
)
_PART = names(
    "type id part_type body created_at updated_at author attachments redacted assigned_to notified_at state tags"
)


def _recognise(document: Json) -> bool:
    kind = text(document, "type")
    if kind == "notification_event":
        return text(document, "topic").startswith("conversation") or text(document, "topic") == "ping"
    if isinstance(document.get("conversations"), list):
        return all(_is_conversation(one) for one in rows(document, "conversations"))
    return _is_conversation(document)


def _is_conversation(record: Json) -> bool:
    return text(record, "type") == "conversation" and ("source" in record or "conversation_message" in record)


def _parts(document: Json) -> Iterator[Part]:
    if text(document, "type") == "notification_event":
        found = table(table(document, "data"), "item")
        yield from _conversation(found if _is_conversation(found) else table(found, "conversation"))
    elif "conversations" in document:
        for conversation in rows(document, "conversations"):
            yield from _conversation(conversation)
    else:
        yield from _conversation(document)


def _conversation(record: Json) -> Iterator[Part]:
    if not record:
        return
    yield Part(record, partial(_opening, record))
    for part in rows(table(record, "conversation_parts"), "conversation_parts"):
        yield Part(part, partial(_part, record, part))
    if text(table(record, "conversation_rating"), "remark"):
        yield Part(record, partial(_remark, record))


def _opening(record: Json) -> Message:
    source = table(record, "source") or table(record, "conversation_message")
    made = _message(record, source, required(record, "id"), required(record, "created_at"))
    subject = html_to_text(text(source, "subject")) or text(record, "title")
    words = f"{subject}\n{made.text}" if subject and not made.text.startswith(subject) and made.text else made.text
    custom = {name: str(value) for name, value in table(record, "custom_attributes").items() if _is_plain(value)}
    rating = table(record, "conversation_rating").get("rating")
    return replace(
        made,
        text=words,
        edited=later(record.get("updated_at"), record.get("created_at")),
        csat=float(rating) if isinstance(rating, (int, float)) else None,
        attributes={
            **attributes(record, ("state", "priority", "team_assignee_id")),
            "tags": tags(record["tags"].get("tags") if isinstance(record.get("tags"), Mapping) else record.get("tags")),
            **custom,
        },
        rest={**rest(record, _CONVERSATION), **made.rest},
    )


def _part(record: Json, part: Json) -> Message | Passed:
    if text(part, "part_type") not in _SPOKEN or not text(part, "body"):
        return Passed(f"part without words ({text(part, 'part_type') or 'no type'})")
    if part.get("redacted") is True:
        return Passed("redacted there")
    id = f"{required(record, 'id')}-{required(part, 'id')}"
    made = _message(record, part, id, required(part, "created_at"))
    edited = later(part.get("updated_at"), part.get("created_at"))
    is_note = text(part, "part_type").startswith("note")
    return replace(made, edited=edited, author=Author.NOTE if is_note else made.author)


def _remark(record: Json) -> Message:
    rating = table(record, "conversation_rating")
    at = rating.get("replied_at") or rating.get("created_at") or record.get("updated_at")
    made = _message(record, {}, f"{required(record, 'id')}-rating", at)
    return replace(made, author=Author.CUSTOMER, text=text(rating, "remark"), channel="survey")


def _message(record: Json, part: Json, id: str, at: object) -> Message:
    author = table(part, "author")
    kind = text(author, "type")
    who = text(author, "id")
    speaker = Author.CUSTOMER if kind in _PEOPLE or not kind else Author.BOT if kind == "bot" else Author.AGENT
    contacts = rows(table(record, "contacts"), "contacts") or [table(record, "user")]
    asking = text(contacts[0], "id") if contacts else ""
    source = table(record, "source") or table(record, "conversation_message")
    kind_of_source = text(source, "type").lower()
    found = attachments(rows(part, "attachments"), "name", "filesize", "url")
    return Message(
        id=id,
        conversation=required(record, "id"),
        at=moment(int(at) if isinstance(at, str) and at.isdigit() else at),
        author=speaker,
        text=html_to_text(text(part, "body")),
        channel=_CHANNELS.get(kind_of_source, kind_of_source),
        customer=asking or (who if speaker is Author.CUSTOMER else ""),
        agent=who if speaker is Author.AGENT else text(record, "admin_assignee_id").removeprefix("0"),
        rest=({"attachments": found} if found else {}) | rest(part, _PART | {"subject", "delivered_as", "url"}),
    )


def _is_plain(value: object) -> bool:
    return isinstance(value, (str, int, float)) and value != ""


FORMAT = Format(
    "intercom",
    "an Intercom conversation, page or webhook",
    "objects of type 'conversation' with a 'source', a page with 'conversations', or a 'notification_event' of a conversation",
    _recognise,
    _parts,
)
