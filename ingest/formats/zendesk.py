"""Zendesk Support: tickets with their comments, from exports, the incremental API and webhooks.

Schemas: developer.zendesk.com, "Tickets", "Ticket Comments", "Incremental Exports", "Webhook event types: Ticket events".
A ticket's first comment is its description; here it is known by the ticket's id, the others by "ticket-comment".
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
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

_CHANNELS = {"voice": "phone", "chat": "chat", "native_messaging": "chat", "mail": "email", "web_service": "api"}
_SOCIAL = ("facebook", "twitter", "x_", "instagram", "whatsapp")
_AT_ONCE = timedelta(minutes=1)
_MERGED_INTO = re.compile(
    r"(?:closed and merged into|merged into) (?:this request|request|ticket) #(\d+)", re.IGNORECASE
)
_MERGED_HERE = re.compile(r"\b(?:was|were) (?:closed and )?merged into this (?:request|ticket)", re.IGNORECASE)
_TICKET = names(
    "id subject raw_subject description created_at updated_at requester_id assignee_id submitter_id tags status "
    "priority type via comments comment_count satisfaction_rating custom_fields fields brand_id group_id "
    "ticket_form_id form_id organization_id requester submitter assignee generated_timestamp url is_public "
    "collaborator_ids follower_ids email_cc_ids collaborators followers email_ccs users actor_id"
)
_COMMENT = names(
    "id type author_id author body html_body plain_body public is_public created_at via attachments audit_id metadata"
)


@dataclass(frozen=True, slots=True)
class _Ticket:
    """What every message of a ticket shares: the ticket, the roles of people by id, and the ticket it was merged into."""

    record: Json
    roles: Mapping[str, str]
    merged_into: str = ""
    merged_at: object = None

    @property
    def id(self) -> str:
        return required(self.record, "id")

    def author(self, who: str, public: bool, staff: bool | None = None) -> Author:
        if not public:
            return Author.NOTE
        if staff is not None:
            return Author.AGENT if staff else Author.CUSTOMER
        role = self.roles.get(who, "")
        if role:
            return Author.CUSTOMER if role == "end-user" else Author.AGENT
        # Without the page's users: the requester and those in copy are customers. A deleted user is -1 or missing.
        copied = self.record.get("collaborator_ids") or self.record.get("email_cc_ids") or []
        theirs = {text(self.record, "requester_id"), *map(str, copied), "", "-1"}
        return Author.CUSTOMER if who in theirs else Author.AGENT

    def message(self, id: str, at: object, author: Author, words: str, who: str) -> Message:
        """Return a message with what the ticket says of it; the author is the agent if an agent wrote it."""
        agent = who if author in (Author.AGENT, Author.NOTE) else text(self.record, "assignee_id")
        return Message(
            id=id,
            conversation=self.merged_into or self.id,
            at=moment(at),
            edited=later(at, self.merged_at),
            author=author,
            text=words,
            channel=_channel(table(self.record, "via")),
            customer=_person(text(self.record, "requester_id")),
            agent=_person(agent),
            attributes={"merged_into": self.merged_into},
        )


def _recognise(document: Json) -> bool:
    if "tickets" in document:
        return all(_is_ticket(one) for one in rows(document, "tickets")) and isinstance(document["tickets"], list)
    if isinstance(document.get("ticket"), Mapping):
        return _is_ticket(table(document, "ticket"))
    return text(document, "type").startswith("zen:event-type:ticket.") or _is_ticket(document)


def _is_ticket(record: Json) -> bool:
    status = record.get("status")
    return "id" in record and "requester_id" in record and (status is None or isinstance(status, str))


def _parts(document: Json) -> Iterator[Part]:
    roles = {text(user, "id"): text(user, "role") for user in rows(document, "users")}
    if text(document, "type").startswith("zen:"):
        yield from _webhook(document)
    elif "tickets" in document:
        for ticket in rows(document, "tickets"):
            yield from _ticket(ticket, rows(ticket, "comments"), roles)
    elif "ticket" in document:
        yield from _ticket(table(document, "ticket"), rows(document, "comments"), roles)
    else:
        yield from _ticket(document, rows(document, "comments"), roles)


def _ticket(record: Json, comments: list[Json], roles: Mapping[str, str]) -> Iterator[Part]:
    for name in ("requester", "submitter", "assignee"):
        person = table(record, name)
        if person:
            roles = {**roles, text(person, "id"): text(person, "role")}
            record = {f"{name}_id": person.get("id"), **record}
    if text(record, "status").lower() == "deleted":
        yield Part(record, lambda: Passed("deleted there"))
        return
    merges = [(found[1], one.get("created_at")) for one in comments if (found := _MERGED_INTO.search(_words(one)))]
    ticket = _Ticket(record, roles, *(merges[-1] if merges else ("", None)))
    ordered = sorted(comments, key=lambda one: str(one.get("created_at")))
    yield Part(record, partial(_opening, ticket, ordered[0] if ordered else {}))
    for comment in ordered[1:]:
        yield Part(comment, partial(_comment, ticket, comment))
    if text(table(record, "satisfaction_rating"), "comment"):
        yield Part(record, partial(_satisfaction, ticket))


def _opening(ticket: _Ticket, comment: Json) -> Message:
    record = ticket.record
    staff = table(comment, "author").get("is_staff")
    who = text(comment, "author_id") or text(table(comment, "author"), "id") or text(record, "submitter_id")
    who = who or text(record, "requester_id")
    public = comment.get("public", comment.get("is_public", record.get("is_public", True))) is not False
    author = ticket.author(who, public, staff if isinstance(staff, bool) else None)
    made = ticket.message(ticket.id, required(record, "created_at"), author, _with_subject(record, comment), who)
    rating = table(record, "satisfaction_rating")
    score = text(rating, "score").lower()
    named = attributes(
        record, ("status", "priority", "type", "brand_id", "group_id", "ticket_form_id", "organization_id")
    )
    custom = {
        f"field_{text(one, 'id')}": tags(one["value"]) or text(one, "value")
        for one in rows(record, "custom_fields") or rows(record, "fields")
        if one.get("value") not in (None, "", [])
    }
    return replace(
        made,
        edited=later(record.get("updated_at"), record.get("created_at"), ticket.merged_at),
        csat=float(score) if re.fullmatch(r"\d+(\.\d+)?", score) else None,
        attributes={
            **made.attributes,
            **named,
            "tags": tags(record.get("tags")),
            "satisfaction": score if score not in ("offered", "unoffered") else "",
            **custom,
        },
        rest=rest(record, _TICKET) | _attached(comment) | rest(comment, _COMMENT),
    )


def _comment(ticket: _Ticket, comment: Json) -> Message | Passed:
    words = _words(comment)
    relation = text(table(table(comment, "via"), "source"), "rel")
    if relation == "merge" or _MERGED_INTO.search(words) or _MERGED_HERE.search(words):
        return Passed("note of a merge")
    who = text(comment, "author_id") or text(table(comment, "author"), "id")
    staff = table(comment, "author").get("is_staff")
    public = comment.get("public", comment.get("is_public", True)) is not False
    author = ticket.author(who, public, staff if isinstance(staff, bool) else None)
    id = f"{ticket.id}-{required(comment, 'id')}"
    made = ticket.message(id, required(comment, "created_at"), author, words, who)
    return replace(made, rest=_attached(comment) | rest(comment, _COMMENT))


def _satisfaction(ticket: _Ticket) -> Message:
    rating = table(ticket.record, "satisfaction_rating")
    who = text(ticket.record, "requester_id")
    at = rating.get("updated_at") or ticket.record.get("updated_at") or ticket.record.get("created_at")
    made = ticket.message(f"{ticket.id}-satisfaction", at, Author.CUSTOMER, text(rating, "comment"), who)
    return replace(made, channel="survey", attributes={"satisfaction": text(rating, "score").lower()})


def _webhook(document: Json) -> Iterator[Part]:
    kind = text(document, "type").removeprefix("zen:event-type:ticket.")
    detail, event = table(document, "detail"), table(document, "event")
    merged = text(event, "target_ticket_id") or text(table(event, "target_ticket"), "id")
    ticket = _Ticket(detail, {}, merged, document.get("time") if merged else None)
    comment = {"created_at": document.get("time"), **table(event, "comment")}
    if kind in ("soft_deleted", "permanently_deleted", "marked_as_spam"):
        yield Part(document, lambda: Passed("deleted there"))
    elif "id" not in comment or _opens(detail, comment):
        opening = comment if "id" in comment else {}
        yield Part(document, partial(_opening, ticket, opening))
    else:
        yield Part(document, partial(_comment, ticket, comment))


def _opens(detail: Json, comment: Json) -> bool:
    """A ticket's first comment is its description, added as it is created; the event does not say so otherwise."""
    if _words(comment) != text(detail, "description"):
        return False
    try:
        return abs(moment(comment["created_at"]) - moment(detail.get("created_at"))) <= _AT_ONCE
    except ValueError:
        return False


def _with_subject(record: Json, comment: Json) -> str:
    words = _words(comment) if comment else html.unescape(text(record, "description"))
    subject = text(record, "subject") or text(record, "raw_subject")
    return words if not subject or words.startswith(subject) or not words else f"{subject}\n{words}"


def _words(comment: Json) -> str:
    plain = text(comment, "plain_body") or text(comment, "body")
    return html.unescape(plain).replace("\u00a0", " ").strip() if plain else html_to_text(text(comment, "html_body"))


def _attached(comment: Json) -> dict[str, object]:
    found = attachments(rows(comment, "attachments"), "file_name", "size", "content_url")
    return {"attachments": found} if found else {}


def _person(id: str) -> str:
    return "" if id == "-1" else id


def _channel(via: Json) -> str:
    name = text(via, "channel").lower()
    return "social" if name.startswith(_SOCIAL) else _CHANNELS.get(name, name)


FORMAT = Format(
    "zendesk",
    "a Zendesk export, page or webhook",
    "tickets with 'requester_id', a page with 'tickets', or an event 'zen:event-type:ticket...'",
    _recognise,
    _parts,
)
