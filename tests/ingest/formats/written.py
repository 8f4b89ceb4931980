"""The invented cases in each vendor's shape, and what must be found in them again.

``python -m tests.ingest.formats.written`` writes the small samples that ship with the product.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from tests.ingest.formats.cases import TEN_MEGABYTES, Case, Turn, cases

SHIPPED = 4
"""Cases in a shipped sample."""


@dataclass(frozen=True)
class Found:
    """What a reader must make of one message."""

    speaker: str
    at: datetime
    text: str
    conversation: str
    customer: str


@dataclass(frozen=True)
class Written:
    """A file in a vendor's shape; ``passed`` are the parts in it that are no feedback."""

    content: bytes
    suffix: str
    found: Mapping[str, Found]
    passed: int


class _Expected:
    def __init__(self) -> None:
        self.found: dict[str, Found] = {}
        self.passed = 0

    def turn(
        self, id: str, case: Case, turn: Turn, customer: str, conversation: str = "", text: str | None = None
    ) -> None:
        words = turn.text if text is None else text
        if not turn.text:
            self.passed += 1
        else:
            self.found[id] = Found(
                turn.speaker, turn.at, words, conversation or str(case.merged_into or case.id), customer
            )

    def survey(self, id: str, case: Case, at: datetime, customer: str, conversation: str = "") -> None:
        self.found[id] = Found("customer", at, case.remark, conversation or str(case.merged_into or case.id), customer)


def html(text: str) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in text.split("\n"))
    return f'<div dir="auto">{lines}</div><div class="gmail_quote"><blockquote>said <b>before</b></blockquote></div>'


def local(at: datetime, case: Case) -> str:
    return at.astimezone(case.zone).isoformat()


def zulu(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def titled(case: Case, turn: Turn) -> str:
    return f"{case.subject}\n{turn.text}" if turn is case.turns[0] else turn.text


def zendesk(given: list[Case]) -> Written:
    tickets, expected = [], _Expected()
    for case in given:
        customer = case.customer or -1
        who = {"customer": customer, "agent": case.agent, "note": case.agent, "bot": case.agent}
        comments: list[dict[str, Any]] = []
        for turn in case.turns:
            comment = {
                "id": turn.id,
                "type": "Comment",
                "author_id": who[turn.speaker],
                "public": turn.speaker != "note",
                "body": turn.text,
                "html_body": html(turn.text),
                "plain_body": escape(turn.text, quote=False).replace("sort notes", "sort&nbsp;notes"),
                "attachments": [_file("file_name", "size", "content_url")] if turn.attached else [],
                "created_at": zulu(turn.at),
                "metadata": {"system": {"ip_address": "192.0.2.7"}},
                "via": {"channel": "email", "source": {"from": {}, "to": {}, "rel": None}},
            }
            comments.append(comment)
            if not case.deleted:
                spoken = "agent" if turn.speaker == "bot" else turn.speaker
                id = str(case.id) if turn is case.turns[0] else f"{case.id}-{turn.id}"
                told = Turn(turn.id, spoken, turn.at, turn.text)
                expected.turn(id, case, told, str(case.customer or ""), text=titled(case, turn))
        if case.merged_into:
            note = f"This request was closed and merged into request #{case.merged_into}."
            comments.append(
                {
                    "id": case.id * 100 + 99,
                    "author_id": case.agent,
                    "public": False,
                    "body": note,
                    "created_at": zulu(case.updated),
                }
            )
            expected.passed += not case.deleted
        rating: dict[str, Any] = {"score": "unoffered"}
        if case.rating:
            rating = {
                "score": "good" if case.rating == 5 else "bad",
                "comment": case.remark or None,
                "updated_at": zulu(case.updated),
            }
            if case.remark and not case.deleted:
                expected.survey(f"{case.id}-satisfaction", case, case.updated, str(case.customer or ""))
        expected.passed += case.deleted
        tickets.append(
            {
                "url": f"https://finch.zendesk.example/api/v2/tickets/{case.id}.json",
                "id": case.id,
                "subject": case.subject,
                "raw_subject": case.subject,
                "description": case.turns[0].text,
                "requester_id": customer,
                "submitter_id": customer,
                "assignee_id": case.agent,
                "collaborator_ids": [],
                "status": "deleted" if case.deleted else "closed" if case.merged_into else "open",
                "priority": "high",
                "type": "incident",
                "tags": list(case.tags),
                "brand_id": 77,
                "custom_fields": [{"id": 27642, "value": case.product}, {"id": 27648, "value": None}],
                "satisfaction_rating": rating,
                "has_incidents": False,
                "due_at": None,
                "via": {"channel": "email"},
                "created_at": zulu(case.created),
                "updated_at": zulu(case.updated),
                "comments": comments,
            }
        )
    users = [{"id": case.customer, "role": "end-user", "name": "Ada Finch"} for case in given if case.customer]
    users += [{"id": id, "role": "agent", "name": "Bo Wren"} for id in sorted({case.agent for case in given})]
    page = {"tickets": tickets, "users": users, "count": len(tickets), "after_cursor": "MTY3", "end_of_stream": True}
    return Written(as_json(page), ".json", expected.found, expected.passed)


def intercom(given: list[Case]) -> Written:
    conversations, expected = [], _Expected()
    kinds = {"customer": "user", "agent": "admin", "note": "admin", "bot": "bot"}
    for case in given:
        customer = f"5ba{case.customer}" if case.customer else ""
        who = {"customer": customer or None, "agent": str(case.agent), "note": str(case.agent), "bot": "1"}
        parts = []
        for turn in case.turns[1:]:
            edited = turn.edited or turn.at
            parts.append(
                {
                    "type": "conversation_part",
                    "id": str(turn.id),
                    "part_type": "note" if turn.speaker == "note" else "comment",
                    "body": html(turn.text) if turn.text else None,
                    "created_at": int(turn.at.timestamp()),
                    "updated_at": int(edited.timestamp()),
                    "author": {"type": kinds[turn.speaker], "id": who[turn.speaker], "name": "Ada Finch"},
                    "attachments": [_file("name", "filesize", "url")] if turn.attached else [],
                    "redacted": False,
                }
            )
            expected.turn(f"{case.id}-{turn.id}", case, turn, customer, str(case.id))
        parts.append(
            {"type": "conversation_part", "id": f"{case.id}99", "part_type": "away_mode_assignment", "body": None}
        )
        expected.passed += 1
        expected.turn(str(case.id), case, case.turns[0], customer, str(case.id), titled(case, case.turns[0]))
        rating = (
            {"rating": case.rating, "remark": case.remark, "created_at": int(case.updated.timestamp())}
            if case.rating
            else None
        )
        if case.remark:
            expected.survey(f"{case.id}-rating", case, case.updated, customer, str(case.id))
        conversations.append(
            {
                "type": "conversation",
                "id": str(case.id),
                "title": None,
                "created_at": int(case.created.timestamp()),
                "updated_at": int(case.updated.timestamp()),
                "source": {
                    "type": "conversation",
                    "id": f"src{case.id}",
                    "delivered_as": "customer_initiated",
                    "subject": f"<p>{escape(case.subject)}</p>",
                    "body": html(case.turns[0].text),
                    "author": {"type": "user", "id": customer or None},
                    "attachments": [],
                },
                "contacts": {
                    "type": "contact.list",
                    "contacts": [{"type": "contact", "id": customer}] if customer else [],
                },
                "conversation_rating": rating,
                "tags": {"type": "tag.list", "tags": [{"type": "tag", "id": "1", "name": tag} for tag in case.tags]},
                "custom_attributes": {"product": case.product},
                "state": "closed",
                "priority": "not_priority",
                "admin_assignee_id": case.agent,
                "conversation_parts": {
                    "type": "conversation_part.list",
                    "conversation_parts": parts,
                    "total_count": len(parts),
                },
            }
        )
    lines = b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in conversations)
    return Written(lines, ".jsonl", expected.found, expected.passed)


def freshdesk(given: list[Case]) -> Written:
    tickets, expected = [], _Expected()
    for case in given:
        conversations: list[dict[str, Any]] = []
        for turn in case.turns[1:]:
            customer = turn.speaker == "customer"
            conversations.append(
                {
                    "id": turn.id,
                    "body": html(turn.text),
                    "body_text": f"{turn.text}\n\nOn Mon, 5 Jan 2026 at 09:00 <help@finch.example> wrote:\n> before",
                    "incoming": customer,
                    "private": turn.speaker == "note",
                    "user_id": (case.customer or None) if customer else case.agent,
                    "source": 0,
                    "ticket_id": case.id,
                    "created_at": local(turn.at, case),
                    "updated_at": local(turn.edited or turn.at, case),
                    "attachments": [_file("name", "size", "attachment_url")] if turn.attached else [],
                }
            )
            if not turn.text:
                conversations[-1] |= {"body": "", "body_text": ""}
            if not case.deleted:
                spoken = "agent" if turn.speaker == "bot" else turn.speaker
                expected.turn(
                    f"{case.id}-{turn.id}", case, Turn(turn.id, spoken, turn.at, turn.text), str(case.customer or "")
                )
        ratings = []
        if case.rating:
            score = 103 if case.rating == 5 else -103
            ratings = [
                {
                    "id": case.id,
                    "user_id": case.customer,
                    "feedback": case.remark,
                    "ratings": {"default_question": score},
                    "created_at": local(case.updated, case),
                }
            ]
            if case.remark and not case.deleted:
                expected.survey(f"{case.id}-rating-{case.id}", case, case.updated, str(case.customer or ""))
        if case.deleted:
            expected.passed += 1
        else:
            expected.turn(str(case.id), case, case.turns[0], str(case.customer or ""), text=titled(case, case.turns[0]))
        tickets.append(
            {
                "id": case.id,
                "subject": case.subject,
                "description": html(case.turns[0].text),
                "description_text": case.turns[0].text,
                "requester_id": case.customer or None,
                "responder_id": case.agent,
                "source": 1,
                "status": 5,
                "priority": 2,
                "type": "Problem",
                "tags": list(case.tags),
                "custom_fields": {"cf_product": case.product, "cf_empty": None},
                "fr_escalated": True,
                "deleted": case.deleted,
                "merged_into": case.merged_into,
                "created_at": local(case.created, case),
                "updated_at": local(case.updated, case),
                "conversations": conversations,
                "satisfaction_ratings": ratings,
            }
        )
    return Written(as_json(tickets), ".json", expected.found, expected.passed)


def chatwoot(given: list[Case]) -> Written:
    payload, expected = [], _Expected()
    kinds = {"customer": 0, "agent": 1, "note": 1, "bot": 1}
    for case in given:
        customer = str(case.customer or "")
        messages: list[dict[str, Any]] = []
        for turn in case.turns:
            sender = {"id": case.customer or None} if turn.speaker == "customer" else {"id": case.agent, "type": "user"}
            messages.append(
                {
                    "id": turn.id,
                    "content": turn.text or None,
                    "message_type": kinds[turn.speaker],
                    "content_type": "text",
                    "private": turn.speaker == "note",
                    "created_at": int(turn.at.timestamp()),
                    "sender": {"id": 1, "type": "agent_bot"} if turn.speaker == "bot" else sender,
                    "attachments": [_file("file_type", "file_size", "data_url")] if turn.attached else [],
                    "conversation_id": case.id,
                }
            )
            expected.turn(str(turn.id), case, turn, customer, str(case.id))
        activity = {
            "id": case.id * 100 + 98,
            "content": "Conversation was resolved",
            "message_type": 2,
            "conversation_id": case.id,
        }
        messages.append(activity)
        expected.passed += 1
        if case.rating:
            answer = {"rating": case.rating, "feedback_message": case.remark}
            messages.append(
                {
                    "id": case.id * 100 + 99,
                    "content": "Please rate the conversation",
                    "message_type": 3,
                    "content_type": "input_csat",
                    "content_attributes": {"submitted_values": {"csat_survey_response": answer}},
                    "created_at": int(case.updated.timestamp()),
                    "conversation_id": case.id,
                }
            )
            if case.remark:
                expected.survey(str(case.id * 100 + 99), case, case.updated, customer, str(case.id))
            else:
                expected.passed += 1
        payload.append(
            {
                "id": case.id,
                "inbox_id": 3,
                "status": "resolved",
                "labels": list(case.tags),
                "custom_attributes": {"product": case.product},
                "meta": {
                    "sender": {"id": case.customer or None, "name": "Ada Finch"},
                    "channel": "Channel::WebWidget",
                    "assignee": {"id": case.agent},
                },
                "messages": messages,
            }
        )
    document = {"data": {"meta": {"all_count": len(payload)}, "payload": payload}}
    return Written(as_json(document), ".json", expected.found, expected.passed)


def zammad(given: list[Case]) -> Written:
    tickets, expected = [], _Expected()
    senders = {"customer": "Customer", "agent": "Agent", "note": "Agent", "bot": "System"}
    for case in given:
        articles = []
        for turn in case.turns:
            articles.append(
                {
                    "id": turn.id,
                    "ticket_id": case.id,
                    "type": "note" if turn.speaker == "note" else "email",
                    "sender": senders[turn.speaker],
                    "from": "Ada Finch <ada@example.org>",
                    "subject": case.subject if turn is case.turns[0] else "",
                    "body": html(turn.text) if turn.text else "",
                    "content_type": "text/html",
                    "internal": turn.speaker == "note",
                    "created_by_id": case.customer if turn.speaker == "customer" else case.agent,
                    "created_at": zulu(turn.at),
                    "updated_at": zulu(turn.edited or turn.at),
                    "attachments": [{"id": 1, **_file("filename", "size", "url")}] if turn.attached else [],
                }
            )
            expected.turn(str(turn.id), case, turn, str(case.customer or ""), text=titled(case, turn))
        tickets.append(
            {
                "id": case.id,
                "number": f"{60000 + case.id}",
                "title": case.subject,
                "state": "merged" if case.merged_into else "open",
                "merged_into_id": case.merged_into,
                "priority": "2 normal",
                "group": "Users",
                "customer_id": case.customer or None,
                "owner_id": case.agent,
                "tags": list(case.tags),
                "product": case.product,
                "created_at": zulu(case.created),
                "updated_at": zulu(case.updated),
                "articles": articles,
            }
        )
    return Written(as_json(tickets), ".json", expected.found, expected.passed)


def freescout(given: list[Case]) -> Written:
    conversations, expected = [], _Expected()
    kinds = {"customer": "customer", "agent": "message", "note": "note", "bot": "message"}
    for case in given:
        threads: list[dict[str, Any]] = []
        for turn in reversed(case.turns):
            author = (
                {"id": case.customer, "type": "customer"}
                if turn.speaker == "customer"
                else {"id": case.agent, "type": "user"}
            )
            rated = case.remark if turn is case.turns[-1] and turn.speaker == "agent" else ""
            threads.append(
                {
                    "id": turn.id,
                    "type": kinds[turn.speaker],
                    "status": "active",
                    "state": "published",
                    "body": html(turn.text) if turn.text else "",
                    "source": {"type": "email", "via": "customer"},
                    "createdBy": author,
                    "createdAt": zulu(turn.at),
                    "rating": case.rating if rated else None,
                    "ratingComment": rated,
                    "_embedded": {"attachments": [_file("fileName", "size", "fileUrl")] if turn.attached else []},
                }
            )
            spoken = "agent" if turn.speaker == "bot" else turn.speaker
            told = Turn(turn.id, spoken, turn.at, turn.text)
            expected.turn(str(turn.id), case, told, str(case.customer or ""), str(case.id), titled(case, turn))
            if rated:
                expected.found[f"{turn.id}-rating"] = Found(
                    "customer", turn.at, rated, str(case.id), str(case.customer or "")
                )
        threads.append(
            {
                "id": case.id * 100 + 99,
                "type": "lineitem",
                "state": "published",
                "action": {"type": "changed-ticket-status"},
            }
        )
        expected.passed += 1
        conversations.append(
            {
                "id": case.id,
                "number": case.id,
                "threadsCount": len(threads),
                "type": "email",
                "status": "closed",
                "subject": case.subject,
                "mailboxId": 15,
                "assignee": {"id": case.agent, "type": "user"},
                "customer": {"id": case.customer, "type": "customer"} if case.customer else None,
                "createdAt": zulu(case.created),
                "customFields": [{"id": 37, "name": "product", "value": "1", "text": case.product}],
                "_embedded": {"threads": threads, "tags": [{"id": 1, "name": tag} for tag in case.tags]},
            }
        )
    document = {
        "_embedded": {"conversations": conversations},
        "page": {"size": len(conversations), "totalPages": 1, "number": 1},
    }
    return Written(as_json(document), ".json", expected.found, expected.passed)


def github(given: list[Case]) -> Written:
    issues, expected = [], _Expected()
    ranks = {"customer": "NONE", "agent": "MEMBER", "bot": "NONE"}
    for case in given:
        login = f"finch{case.customer}" if case.customer else "ghost"
        customer = login if case.customer else ""
        users = {
            "customer": {"login": login, "type": "User"},
            "agent": {"login": f"wren{case.agent}", "type": "User"},
            "bot": {"login": "helper[bot]", "type": "Bot"},
        }
        place = f"finch/mail#{case.id}"
        api = f"https://api.github.example/repos/finch/mail/issues/{case.id}"
        comments = []
        for turn in case.turns[1:]:
            if turn.speaker == "note":
                continue
            comments.append(
                {
                    "id": turn.id,
                    "body": f"> said before\n\n{turn.text}\n```\nTraceback: 17\n```" if turn.text else "",
                    "user": users[turn.speaker],
                    "author_association": ranks[turn.speaker],
                    "issue_url": api,
                    "html_url": f"https://github.example/finch/mail/issues/{case.id}#issuecomment-{turn.id}",
                    "created_at": zulu(turn.at),
                    "updated_at": zulu(turn.edited or turn.at),
                }
            )
            theirs = customer if turn.speaker == "customer" else ""
            expected.turn(f"{place}-{turn.id}", case, turn, theirs, place)
        expected.turn(place, case, case.turns[0], customer, place, titled(case, case.turns[0]))
        issues.append(
            {
                "url": api,
                "html_url": f"https://github.example/finch/mail/issues/{case.id}",
                "number": case.id,
                "title": case.subject,
                "body": f"<!-- which version? -->\n{case.turns[0].text}",
                "user": users["customer"],
                "author_association": "NONE",
                "labels": [{"name": tag, "color": "ffffff"} for tag in case.tags],
                "state": "open",
                "created_at": zulu(case.created),
                "updated_at": zulu(case.updated),
                "comments": comments,
            }
        )
        if case.id % 10 == 0:
            issues.append({**issues[-1], "number": 5000 + case.id, "pull_request": {"url": "x"}, "comments": 0})
            expected.passed += 1
    return Written(as_json(issues), ".json", expected.found, expected.passed)


def app_reviews(given: list[Case]) -> Written:
    out = io.StringIO()
    names = [
        "Package Name",
        "App Version Code",
        "App Version Name",
        "Reviewer Language",
        "Device",
        "Review Submit Date and Time",
        "Review Submit Millis Since Epoch",
        "Review Last Update Date and Time",
        "Review Last Update Millis Since Epoch",
        "Star Rating",
        "Review Title",
        "Review Text",
        "Developer Reply Date and Time",
        "Developer Reply Millis Since Epoch",
        "Developer Reply Text",
        "Review Link",
    ]
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    expected = _Expected()
    for case in given:
        turn = case.turns[0]
        id = f"gp:AOqp{case.id}"
        silent = case.customer == 0
        row = {
            "Package Name": "example.finch.mail",
            "App Version Name": "4.2",
            "Reviewer Language": "de" if "Anhang" in turn.text else "en",
            "Device": "oriole",
            "Review Submit Date and Time": zulu(turn.at),
            "Review Submit Millis Since Epoch": int(turn.at.timestamp() * 1000),
            "Review Last Update Millis Since Epoch": int((turn.edited or turn.at).timestamp() * 1000),
            "Star Rating": case.rating or 3,
            "Review Title": "" if silent else case.subject,
            "Review Text": "" if silent else turn.text,
            "Review Link": "" if silent else f"https://play.google.example/console/reviews?reviewId={id}&corpus=PUBLIC",
        }
        if silent:
            expected.passed += 1
        else:
            expected.turn(id, case, turn, id, id, titled(case, turn))
        reply = next((one for one in case.turns[1:] if one.speaker == "agent"), None)
        if reply and not silent:
            row |= {
                "Developer Reply Millis Since Epoch": int(reply.at.timestamp() * 1000),
                "Developer Reply Text": reply.text,
            }
            expected.turn(f"{id}-answer", case, reply, id, id)
        writer.writerow(row)
    return Written(out.getvalue().encode("utf-16"), ".csv", expected.found, expected.passed)


def survey(given: list[Case]) -> Written:
    out = io.StringIO()
    names = ["Response ID", "Submitted At", "Email", "NPS", "Comment", "Product", "Plan", "Touchpoint"]
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    expected = _Expected()
    for case in given:
        id = f"r-{case.id}"
        customer = f"ada{case.customer}@example.org" if case.customer else ""
        nps = {None: "", 1: "2", 5: "10"}[case.rating]
        words = "" if case.id % 7 == 0 else case.turns[0].text
        values = (id, local(case.created, case), customer.title(), nps, words, case.product, "Pro", "after, the call")
        writer.writerow(dict(zip(names, values, strict=True)))
        expected.turn(id, case, Turn(case.id, "customer", case.created, words), customer, id)
    return Written(("\ufeff" + out.getvalue()).encode(), ".csv", expected.found, expected.passed)


def mbox(given: list[Case]) -> Written:
    from email.message import EmailMessage
    from email.utils import format_datetime

    mails, expected = [], _Expected()
    for case in given:
        customer = f"ada{case.customer or 'gone'}@example.org"
        root = f"{case.id}.0@mail.example.org"
        for turn in (one for one in case.turns if one.speaker != "note"):
            id = root if turn is case.turns[0] else f"{turn.id}@mail.example.org"
            theirs = turn.speaker == "customer"
            mail = EmailMessage()
            mail["From"] = f"Ada Finch <{customer}>" if theirs else "Finch Care <help@finch.example>"
            mail["To"] = "help@finch.example" if theirs else customer
            mail["Subject"] = case.subject if id == root else f"Re: {case.subject}"
            mail["Date"] = format_datetime(turn.at.astimezone(case.zone))
            mail["Message-ID"] = f"<{id}>"
            if id != root:
                mail["References"] = f"<{root}>"
            if turn.speaker == "bot":
                mail["Auto-Submitted"] = "auto-replied"
            if case.id % 2:
                mail.set_content(
                    f"{turn.text}\n\nOn Mon, Jan 5, 2026 Finch Care <help@finch.example>\nwrote:\n> before\n"
                    if turn.text
                    else ""
                )
            else:
                mail.set_content(html(turn.text) if turn.text else "", subtype="html")
            if turn.attached:
                mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="größe.png")
                mail.set_boundary(f"=={turn.id}==")
            mails.append(
                b"From ada@example.org Mon Jan  5 09:00:00 2026\n"
                + mail.as_bytes().replace(b"\nFrom ", b"\n>From ")
                + b"\n"
            )
            if turn.speaker == "bot":
                expected.passed += 1
            else:
                expected.turn(id, case, turn, customer, root, titled(case, turn))
    return Written(b"".join(mails), ".mbox", expected.found, expected.passed)


FORMS: Mapping[str, Callable[[list[Case]], Written]] = {
    "zendesk": zendesk,
    "intercom": intercom,
    "freshdesk": freshdesk,
    "chatwoot": chatwoot,
    "zammad": zammad,
    "freescout": freescout,
    "github": github,
    "app-reviews": app_reviews,
    "survey": survey,
    "mbox": mbox,
}


def _file(name: str, size: str, address: str) -> dict[str, object]:
    return {name: "screen.mov", size: TEN_MEGABYTES, address: "https://files.example.org/1/screen.mov"}


def main() -> None:
    folder = Path(__file__).parents[3] / "ingest" / "formats" / "samples"
    folder.mkdir(exist_ok=True)
    for name, form in FORMS.items():
        made = form(cases(SHIPPED))
        (folder / f"{name}{made.suffix}").write_bytes(made.content)


if __name__ == "__main__":
    main()
