"""Freshdesk: tickets with their conversations, from the API, the account export and webhooks of automations.

Schemas: developers.freshdesk.com, "Tickets", "Conversations", "Satisfaction Ratings". The webhook is the one of docs/connectors/freshdesk.md.
A ticket's description is known by the ticket's id, the others by "ticket-conversation".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from ingest.formats.fields import Json, attachments, later, moment, names, required, rest, rows, table, tags, text
from ingest.formats.format import Format, Part, Passed
from ingest.formats.html_text import html_to_text
from ingest.formats.message import Author, Message
from ingest.formats.quoted import without_quoted

_CHANNELS = {
    "1": "email",
    "2": "web",
    "3": "phone",
    "5": "social",
    "6": "social",
    "7": "chat",
    "9": "web",
    "10": "email",
    "13": "social",
}
_STATUS = {"2": "open", "3": "pending", "4": "resolved", "5": "closed"}
_PRIORITY = {"1": "low", "2": "medium", "3": "high", "4": "urgent"}
_RATINGS = {"103": "extremely happy", "102": "very happy", "101": "happy", "100": "neutral"}
_RATINGS |= {"-101": "unhappy", "-102": "very unhappy", "-103": "extremely unhappy"}
_MERGED = ("This ticket is closed and merged into ticket", "Merged from ticket")
_TICKET = names(
    "id subject description description_text structured_description created_at updated_at requester_id "
    "responder_id source status priority type tags product_id company_id group_id custom_fields conversations "
    "attachments requester stats spam deleted satisfaction_ratings merged_into"
)
_CONVERSATION = names(
    "id body body_text structured_body incoming private user_id source category ticket_id created_at updated_at "
    "attachments last_edited_at"
)


def _recognise(document: Json) -> bool:
    if isinstance(document.get("freshdesk_webhook"), Mapping):
        return True
    if isinstance(document.get("tickets"), list):
        return all(_is_ticket(one) for one in rows(document, "tickets")) and bool(document["tickets"])
    found = document.get("helpdesk_ticket", document.get("ticket", document))
    return isinstance(found, Mapping) and _is_ticket(found)


def _is_ticket(record: Json) -> bool:
    return "requester_id" in record and (
        "responder_id" in record or "description_text" in record or isinstance(record.get("status"), int)
    )


def _parts(document: Json) -> Iterator[Part]:
    if "freshdesk_webhook" in document:
        yield Part(document, partial(_webhook, table(document, "freshdesk_webhook")))
    elif "tickets" in document:
        for ticket in rows(document, "tickets"):
            yield from _ticket(ticket)
    else:
        found = table(document, "helpdesk_ticket") or table(document, "ticket")
        yield from _ticket({"conversations": document.get("conversations"), **found} if found else document)


def _ticket(record: Json) -> Iterator[Part]:
    if record.get("deleted") is True or record.get("spam") is True:
        yield Part(record, lambda: Passed("deleted there"))
        return
    yield Part(record, partial(_opening, record))
    for conversation in rows(record, "conversations"):
        yield Part(conversation, partial(_conversation, record, conversation))
    for rating in rows(record, "satisfaction_ratings"):
        if text(rating, "feedback"):
            yield Part(rating, partial(_rating, record, rating))


def _opening(record: Json) -> Message:
    words = text(record, "description_text") or html_to_text(text(record, "description"))
    subject = text(record, "subject")
    scores = [text(table(one, "ratings"), "default_question") for one in rows(record, "satisfaction_ratings")]
    custom = table(record, "custom_fields")
    made = _message(record, record, required(record, "id"), without_quoted(words), text(record, "requester_id"))
    return replace(
        made,
        text=f"{subject}\n{made.text}" if subject and made.text and not made.text.startswith(subject) else made.text,
        edited=later(record.get("updated_at"), record.get("created_at")),
        author=Author.CUSTOMER,
        product=text(record, "product_id"),
        attributes={
            "status": _STATUS.get(text(record, "status"), text(record, "status")),
            "priority": _PRIORITY.get(text(record, "priority"), text(record, "priority")),
            "type": text(record, "type"),
            "tags": tags(record.get("tags")),
            "group_id": text(record, "group_id"),
            "company_id": text(record, "company_id"),
            "satisfaction": _RATINGS.get(scores[-1], "") if scores else "",
            **{
                name: str(value)
                for name, value in custom.items()
                if isinstance(value, (str, int, float)) and value != ""
            },
        },
        rest={**rest(record, _TICKET), **made.rest},
    )


def _conversation(record: Json, found: Json) -> Message | Passed:
    words = text(found, "body_text") or html_to_text(text(found, "body"))
    if words.startswith(_MERGED):
        return Passed("note of a merge")
    id = f"{required(record, 'id')}-{required(found, 'id')}"
    who = text(found, "user_id")
    made = _message(record, found, id, without_quoted(words), who)
    # Incoming is what customers and those in copy write; "private" is a note, but a forwarded mail comes in as one too.
    customer = found.get("incoming") is True and found.get("private") is not True
    author = Author.CUSTOMER if customer else Author.NOTE if found.get("private") is True else Author.AGENT
    return replace(
        made,
        author=author,
        agent=made.agent if customer else who,
        edited=later(found.get("last_edited_at"), found.get("updated_at"), found.get("created_at")),
        rest={**rest(found, _CONVERSATION), **made.rest},
    )


def _rating(record: Json, rating: Json) -> Message:
    id = f"{required(record, 'id')}-rating-{required(rating, 'id')}"
    made = _message(record, rating, id, text(rating, "feedback"), text(rating, "user_id"))
    score = _RATINGS.get(text(table(rating, "ratings"), "default_question"), "")
    return replace(made, channel="survey", author=Author.CUSTOMER, attributes={"satisfaction": score})


def _webhook(found: Json) -> Message | Passed:
    """An automation's webhook with simplified content: placeholders of the ticket, and its latest public comment."""
    ticket = required(found, "ticket_id").removeprefix("#").removeprefix("INC-")
    record = {
        "id": ticket,
        "requester_id": found.get("ticket_requester_id") or found.get("ticket_requester_email"),
        "responder_id": found.get("ticket_agent_id") or found.get("ticket_agent_email"),
        "created_at": found.get("ticket_created_at") or found.get("triggered_at"),
        "updated_at": found.get("triggered_at"),
        "subject": found.get("ticket_subject"),
        "description": found.get("ticket_description"),
        "source": {"email": 1, "portal": 2, "phone": 3, "chat": 7}.get(text(found, "ticket_source").lower()),
        "status": text(found, "ticket_status").lower(),
        "priority": text(found, "ticket_priority").lower(),
        "tags": [tag.strip() for tag in text(found, "ticket_tags").split(",") if tag.strip()],
    }
    if not text(found, "comment_id"):
        return _opening(record)
    comment = {
        "id": found["comment_id"],
        "body": found.get("ticket_latest_public_comment"),
        "created_at": found.get("triggered_at"),
        "incoming": text(found, "comment_by").lower() == "requester",
        "user_id": found.get("ticket_requester_id"),
    }
    return _conversation(record, comment)


def _message(record: Json, part: Json, id: str, words: str, who: str) -> Message:
    found = attachments(rows(part, "attachments"), "name", "size", "attachment_url")
    merged = text(record, "merged_into")
    return Message(
        id=id,
        conversation=merged or required(record, "id"),
        at=moment(part.get("created_at")),
        author=Author.CUSTOMER,
        text=words,
        channel=_CHANNELS.get(text(record, "source"), ""),
        customer=text(record, "requester_id") or (who if part.get("incoming") is True else ""),
        agent=text(record, "responder_id"),
        rest={"attachments": found} if found else {},
    )


FORMAT = Format(
    "freshdesk",
    "a Freshdesk ticket, export or webhook",
    "tickets with 'requester_id' and 'responder_id', a list of them, or 'freshdesk_webhook'",
    _recognise,
    _parts,
)
