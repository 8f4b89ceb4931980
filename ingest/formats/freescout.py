"""FreeScout: conversations with their threads, from the API and from webhooks, which bring the whole conversation.

Schema: api-docs.freescout.net, "Conversation object", "Thread object"; the webhook's body is the same object. A thread is known by its
own id, which is unique in an installation.
"""

from __future__ import annotations

from collections.abc import Iterator
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
from ingest.formats.quoted import without_quoted

_AUTHORS = {"customer": Author.CUSTOMER, "message": Author.AGENT, "note": Author.NOTE}
_CHANNELS = {"email": "email", "phone": "phone", "chat": "chat"}
_THREAD = names(
    "id type status state action body source customer createdBy assignedTo to cc bcc createdAt openedAt _embedded "
    "rating ratingComment"
)

_CONVERSATION = names(
    "id number threadsCount threads type folderId status state subject preview mailboxId assignee createdBy createdAt updatedAt closedBy "
    "closedByUser closedAt userUpdatedAt customerWaitingSince source cc bcc customer _embedded customFields tags"
)


def _recognise(document: Json) -> bool:
    page = table(document, "_embedded").get("conversations")
    return (isinstance(page, list) and all(_is_conversation(one) for one in page)) or _is_conversation(document)


def _is_conversation(record: object) -> bool:
    return (
        isinstance(record, dict)
        and "mailboxId" in record
        and ("threadsCount" in record or "threads" in record or "_embedded" in record)
    )


def _parts(document: Json) -> Iterator[Part]:
    for conversation in rows(table(document, "_embedded"), "conversations") or [document]:
        threads = rows(table(conversation, "_embedded"), "threads")
        opening = min((text(one, "id") for one in threads), key=lambda id: (len(id), id), default="")
        for thread in threads:
            yield Part(thread, partial(_thread, conversation, thread, text(thread, "id") == opening))
            if text(thread, "ratingComment"):
                yield Part(thread, partial(_rating, conversation, thread))


def _thread(conversation: Json, thread: Json, opens: bool) -> Message | Passed:
    author = _AUTHORS.get(text(thread, "type"))
    if author is None or text(thread, "state") in ("draft", "hidden"):
        return Passed(f"thread {text(thread, 'state') if author else text(thread, 'type')}")
    words = without_quoted(html_to_text(text(thread, "body")))
    subject = text(conversation, "subject")
    if opens and subject and words and subject not in words:
        words = f"{subject}\n{words}"
    return _message(conversation, thread, required(thread, "id"), author, words, opens)


def _rating(conversation: Json, thread: Json) -> Message:
    id = f"{required(thread, 'id')}-rating"
    return _message(conversation, thread, id, Author.CUSTOMER, text(thread, "ratingComment"))


def _message(conversation: Json, thread: Json, id: str, author: Author, words: str, opens: bool = False) -> Message:
    assignee = text(table(conversation, "assignee"), "id")
    found = attachments(rows(table(thread, "_embedded"), "attachments"), "fileName", "size", "fileUrl")
    custom = {text(one, "name"): text(one, "text") or text(one, "value") for one in rows(conversation, "customFields")}
    return Message(
        id=id,
        conversation=required(conversation, "id"),
        at=moment(thread.get("createdAt")),
        edited=later(thread.get("createdAt"), thread.get("openedAt") if author is Author.CUSTOMER else None),
        author=author,
        text=words,
        channel=_CHANNELS.get(text(conversation, "type"), ""),
        customer=text(table(conversation, "customer"), "id"),
        agent=assignee if author is Author.CUSTOMER else text(table(thread, "createdBy"), "id") or assignee,
        attributes={
            **attributes(conversation, ("status", "mailboxId", "number")),
            "tags": tags(conversation.get("tags") or table(conversation, "_embedded").get("tags")),
            "rating": text(thread, "rating"),
            **custom,
        },
        rest=(rest(conversation, _CONVERSATION) if opens else {})
        | rest(thread, _THREAD)
        | ({"attachments": found} if found else {}),
    )


FORMAT = Format(
    "freescout",
    "a FreeScout conversation, page or webhook",
    "conversations with 'mailboxId' and embedded threads (ask for embed=threads)",
    _recognise,
    _parts,
)
