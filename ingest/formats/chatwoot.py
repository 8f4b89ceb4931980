"""Chatwoot: conversations with their messages, and webhooks of single messages.

Schemas: developers.chatwoot.com, "Conversations", "Messages", "Webhook events". A message is known by its own id, which is unique
in an installation. ``message_type`` is a number in the API and a word in webhooks.
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
from ingest.formats.message import Author, Message

_KINDS = {"0": "incoming", "1": "outgoing", "2": "activity", "3": "template"}
_CHANNELS = {
    "Channel::WebWidget": "chat",
    "Channel::Email": "email",
    "Channel::Api": "api",
    "Channel::Voice": "phone",
    "Channel::TwilioSms": "chat",
    "Channel::Sms": "chat",
}
_MESSAGE = names(
    "id content processed_message_content message_type content_type content_attributes created_at updated_at "
    "private sender sender_id sender_type conversation conversation_id account account_id inbox inbox_id "
    "attachments event status"
)
_SURVEY = "input_csat"


def _recognise(document: Json) -> bool:
    if text(document, "event"):
        return (
            "conversation" in document
            or "messages" in document
            or text(document, "event").startswith(("contact_", "webwidget_"))
        )
    payload = table(document, "data").get("payload", document.get("payload"))
    if isinstance(payload, list):
        return all(_is_conversation(one) or _is_message(one) for one in payload if isinstance(one, Mapping))
    return _is_conversation(document)


def _is_conversation(record: Json) -> bool:
    return "messages" in record and ("meta" in record or "inbox_id" in record)


def _is_message(record: Json) -> bool:
    return "message_type" in record and "conversation_id" in record


def _parts(document: Json) -> Iterator[Part]:
    event = text(document, "event")
    payload = table(document, "data").get("payload", document.get("payload"))
    if event.startswith("message_"):
        yield Part(document, partial(_message, table(document, "conversation"), document))
    elif event and not _is_conversation(document):
        yield Part(document, lambda: Passed(f"event {event}"))
    elif isinstance(payload, list):
        for found in payload:
            if isinstance(found, Mapping) and _is_conversation(found):
                yield from _conversation(found)
            elif isinstance(found, Mapping):
                yield Part(
                    found, partial(_message, {"id": found.get("conversation_id"), **table(document, "meta")}, found)
                )
    else:
        yield from _conversation(document)


def _conversation(record: Json) -> Iterator[Part]:
    for message in rows(record, "messages"):
        yield Part(message, partial(_message, record, message))


def _message(record: Json, found: Json) -> Message | Passed:
    kind = _KINDS.get(text(found, "message_type"), text(found, "message_type"))
    content = table(found, "content_attributes")
    if content.get("deleted") is True:
        return Passed("deleted there")
    if text(found, "content_type") == _SURVEY:
        return _survey(record, found)
    if kind not in ("incoming", "outgoing"):
        return Passed(f"{kind or 'unknown'} message")
    sender = table(found, "sender")
    who = text(sender, "id") or text(found, "sender_id")
    bot = "bot" in f"{text(sender, 'type')}{text(found, 'sender_type')}".lower()
    if kind == "incoming":
        author = Author.CUSTOMER
    elif found.get("private") is True:
        author = Author.NOTE
    else:
        author = Author.BOT if bot else Author.AGENT
    made = _said(record, found, author, text(found, "content"))
    agent = who if author in (Author.AGENT, Author.NOTE) else made.agent
    # The API wraps a customer's mail in its whole text; the subject stands apart.
    subject = text(table(content, "email"), "subject")
    words = f"{subject}\n{made.text}" if subject and made.text and subject not in made.text else made.text
    return replace(made, text=words, agent=agent)


def _survey(record: Json, found: Json) -> Message | Passed:
    answer = table(table(table(found, "content_attributes"), "submitted_values"), "csat_survey_response")
    rating = answer.get("rating")
    if not text(answer, "feedback_message"):
        return Passed("survey without words")
    made = _said(record, found, Author.CUSTOMER, text(answer, "feedback_message"))
    return replace(made, channel="survey", csat=float(rating) if isinstance(rating, (int, float)) else None)


def _said(record: Json, found: Json, author: Author, words: str) -> Message:
    meta = table(record, "meta")
    contact = table(meta, "sender") or table(record, "contact")
    inbox = text(table(record, "contact_inbox"), "contact_id")
    customer = text(contact, "id") or inbox or (text(table(found, "sender"), "id") if author is Author.CUSTOMER else "")
    channel = text(record, "channel") or text(meta, "channel")
    files = attachments(rows(found, "attachments"), "file_type", "file_size", "data_url")
    custom = {
        name: str(value)
        for name, value in table(record, "custom_attributes").items()
        if isinstance(value, (str, int, float))
    }
    return Message(
        id=required(found, "id"),
        conversation=text(record, "id") or required(found, "conversation_id"),
        at=moment(found.get("created_at")),
        edited=later(found.get("updated_at"), found.get("created_at")),
        author=author,
        text=words,
        channel=_CHANNELS.get(channel, "social" if channel.startswith("Channel::") else ""),
        customer=customer,
        agent=text(table(meta, "assignee"), "id"),
        attributes={**attributes(record, ("status", "priority")), "tags": tags(record.get("labels")), **custom},
        rest=rest(found, _MESSAGE) | ({"attachments": files} if files else {}),
    )


FORMAT = Format(
    "chatwoot",
    "a Chatwoot conversation, page or webhook",
    "conversations with 'messages' and 'meta', a page with 'payload', or an 'event' with its 'conversation'",
    _recognise,
    _parts,
)
