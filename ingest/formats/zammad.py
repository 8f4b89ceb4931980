"""Zammad: tickets with their articles, from the API and from webhooks.

Schemas: docs.zammad.org, "Ticket", "Articles"; admin-docs.zammad.org, "Webhook". An article is known by its own id, which is unique in
an installation; a webhook brings the ticket and one article.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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

_CHANNELS = {"email": "email", "phone": "phone", "web": "web", "chat": "chat", "sms": "chat", "note": "internal"}
_AUTHORS = {"customer": Author.CUSTOMER, "agent": Author.AGENT, "system": Author.BOT}
_ARTICLE = names(
    "id ticket_id type type_id sender sender_id subject body content_type internal created_at updated_at "
    "created_by created_by_id updated_by updated_by_id origin_by origin_by_id attachments from to cc message_id "
    "preferences"
)
_TICKET = names(
    "id number title state state_id priority priority_id group group_id organization organization_id customer customer_id owner owner_id "
    "tags articles article_ids links created_by created_by_id updated_by updated_by_id create_article_sender create_article_sender_id "
    "create_article_type create_article_type_id last_owner_update_at ticket_time_accounting ticket_time_accounting_ids merged_into_id"
)
_MERGED = "merged"


def _recognise(document: Json) -> bool:
    if isinstance(document.get("tickets"), list):
        return bool(document["tickets"]) and all(_is_ticket(one) for one in rows(document, "tickets"))
    return _is_ticket(table(document, "ticket")) or _is_ticket(document)


def _is_ticket(record: Json) -> bool:
    return "number" in record and ("customer_id" in record or "customer" in record)


def _parts(document: Json) -> Iterator[Part]:
    if "tickets" in document:
        found = [(ticket, rows(ticket, "articles")) for ticket in rows(document, "tickets")]
    elif _is_ticket(table(document, "ticket")):
        article = table(document, "article")
        found = [(table(document, "ticket"), [article] if article else rows(document, "articles"))]
    else:
        found = [(document, rows(document, "articles"))]
    for ticket, articles in found:
        ids = [str(id) for id in ticket.get("article_ids") or ()] or [text(one, "id") for one in articles]
        first = min(ids, key=lambda id: (len(id), id), default="")
        for article in articles:
            yield Part(article, partial(_article, ticket, article, text(article, "id") == first))


def _article(ticket: Json, article: Json, opens: bool) -> Message | Passed:
    author = _AUTHORS.get(_name(article, "sender").lower(), Author.CUSTOMER)
    if author is not Author.CUSTOMER and article.get("internal") is True:
        author = Author.NOTE
    words = text(article, "body")
    if "html" in text(article, "content_type").lower():
        words = html_to_text(words)
    words = without_quoted(words)
    title = text(article, "subject") or (text(ticket, "title") if opens else "")
    if (
        title
        and words
        and author is Author.CUSTOMER
        and not title.lower().startswith(("re:", "aw:"))
        and title not in words
    ):
        words = f"{title}\n{words}"
    kind = _name(article, "type").lower()
    who = text(article, "origin_by_id") or text(article, "created_by_id") or _name(article, "created_by")
    owner = text(ticket, "owner_id") or text(table(ticket, "owner"), "id")
    found = attachments(rows(article, "attachments"), "filename", "size", "url")
    state = _name(ticket, "state").lower()
    links = table(ticket, "links")
    merged = text(ticket, "merged_into_id") or text(links, "parent") if state == _MERGED else ""
    return Message(
        id=required(article, "id"),
        conversation=merged or text(ticket, "id") or required(article, "ticket_id"),
        at=moment(article.get("created_at")),
        edited=later(
            article.get("updated_at"), article.get("created_at"), ticket.get("updated_at") if merged else None
        ),
        author=author,
        text=words,
        channel=_CHANNELS.get(kind, "social" if kind else ""),
        customer=text(ticket, "customer_id") or text(table(ticket, "customer"), "id"),
        agent=who if author in (Author.AGENT, Author.NOTE) else owner if owner != "1" else "",
        attributes={
            "state": state,
            "priority": _name(ticket, "priority"),
            "group": _name(ticket, "group"),
            "organization": _name(ticket, "organization"),
            "tags": tags(ticket.get("tags")),
            **attributes(ticket, ("group_id", "organization_id")),
        },
        rest=(rest(ticket, _TICKET) if opens else {})
        | rest(article, _ARTICLE)
        | ({"attachments": found} if found else {}),
    )


def _name(record: Json, name: str) -> str:
    """A relation is an object with a name in webhooks, and its name alone in the API with ``expand=true``."""
    value = record.get(name)
    return text(value, "name") or text(value, "login") if isinstance(value, Mapping) else text(record, name)


FORMAT = Format(
    "zammad",
    "a Zammad ticket, list or webhook",
    "tickets with 'number', 'customer_id' and 'articles' (add them to the export), or a webhook with 'ticket' and 'article'",
    _recognise,
    _parts,
)
