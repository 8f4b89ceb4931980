"""The invented cases as Chatwoot, Zammad and FreeScout write them."""

from __future__ import annotations

from typing import Any

from tests.ingest.formats.cases import Case, Turn
from tests.ingest.formats.written_shape import Expected, Found, Written, as_json, file, html, titled, zulu


def chatwoot(given: list[Case]) -> Written:
    payload, expected = [], Expected()
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
                    "attachments": [file("file_type", "file_size", "data_url")] if turn.attached else [],
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
    tickets, expected = [], Expected()
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
                    "attachments": [{"id": 1, **file("filename", "size", "url")}] if turn.attached else [],
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
    conversations, expected = [], Expected()
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
                    "_embedded": {"attachments": [file("fileName", "size", "fileUrl")] if turn.attached else []},
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
