"""The invented cases as Zendesk, Intercom and Freshdesk write them."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from tests.ingest.formats.cases import Case, Turn
from tests.ingest.formats.written_shape import Expected, Written, as_json, file, html, local, titled, zulu


def zendesk(given: list[Case]) -> Written:
    tickets, expected = [], Expected()
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
                "attachments": [file("file_name", "size", "content_url")] if turn.attached else [],
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
    conversations, expected = [], Expected()
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
                    "attachments": [file("name", "filesize", "url")] if turn.attached else [],
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
    tickets, expected = [], Expected()
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
                    "attachments": [file("name", "size", "attachment_url")] if turn.attached else [],
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
