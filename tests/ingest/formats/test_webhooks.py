"""A webhook brings one message of what an export brings whole; both must be one record, said by the same person."""

from __future__ import annotations

import json
from functools import cache
from html import escape
from typing import Any

import pytest

from ingest.formats.format import Fault, Passed
from ingest.formats.known import FORMATS
from ingest.formats.message import Message
from tests.ingest.formats.cases import Case, cases
from tests.ingest.formats.written import FORMS

GIVEN = [case for case in cases(60) if not case.deleted and not case.merged_into]


@cache
def exported(name: str) -> list[Any]:
    content = FORMS[name](GIVEN).content
    if name == "intercom":
        return [json.loads(line) for line in content.splitlines()]
    found = json.loads(content)
    if name == "zendesk":
        return list(found["tickets"])
    if name == "chatwoot":
        return list(found["data"]["payload"])
    if name == "freescout":
        return list(found["_embedded"]["conversations"])
    return [one for one in found if "pull_request" not in one]


def zendesk(ticket: Any) -> list[Any]:
    detail = {key: str(value) if key.endswith("id") else value for key, value in ticket.items() if key != "comments"}
    made = [
        {
            "type": "zen:event-type:ticket.comment_added",
            "id": f"e{comment['id']}",
            "subject": f"zen:ticket:{ticket['id']}",
            "time": comment["created_at"],
            "zendesk_event_version": "2022-11-06",
            "detail": detail,
            "event": {
                "comment": {
                    "id": str(comment["id"]),
                    "body": comment["body"],
                    "is_public": comment["public"],
                    "author": {
                        "id": str(comment["author_id"]),
                        "is_staff": comment["author_id"] == ticket["assignee_id"],
                    },
                }
            },
        }
        for comment in ticket["comments"]
    ]
    created = {"type": "zen:event-type:ticket.created", "time": ticket["created_at"], "detail": detail, "event": {}}
    return [created, *made]


def intercom(conversation: Any) -> list[Any]:
    parts = conversation["conversation_parts"]["conversation_parts"]
    return [
        {
            "type": "notification_event",
            "topic": "conversation.user.replied",
            "data": {"item": {**conversation, "conversation_parts": {"conversation_parts": [part]}}},
        }
        for part in parts
    ]


def chatwoot(conversation: Any) -> list[Any]:
    words = {0: "incoming", 1: "outgoing", 2: "activity", 3: "template"}
    outer = {key: value for key, value in conversation.items() if key != "messages"}
    return [
        {**message, "event": "message_created", "message_type": words[message["message_type"]], "conversation": outer}
        for message in conversation["messages"]
    ]


def zammad(ticket: Any) -> list[Any]:
    ids = [article["id"] for article in ticket["articles"]]
    outer = {key: value for key, value in ticket.items() if key != "articles"} | {"article_ids": ids}
    named = {**outer, "state": {"id": 2, "name": ticket["state"]}, "customer": {"id": ticket["customer_id"]}}
    return [
        {"ticket": named, "article": {**article, "type": {"name": article["type"]}}} for article in ticket["articles"]
    ]


def freescout(conversation: Any) -> list[Any]:
    return [conversation]


def github(issue: Any) -> list[Any]:
    outer = {**issue, "comments": len(issue["comments"])}
    repository = {"full_name": "finch/mail"}
    opened = {"action": "opened", "issue": outer, "repository": repository}
    made = [
        {"action": "created", "issue": outer, "comment": one, "repository": repository} for one in issue["comments"]
    ]
    return [opened, *made]


HOOKS = {
    "zendesk": zendesk,
    "intercom": intercom,
    "chatwoot": chatwoot,
    "zammad": zammad,
    "freescout": freescout,
    "github": github,
}


def said(name: str, documents: list[Any]) -> dict[str, tuple[str, str, str, str]]:
    found: dict[str, tuple[str, str, str, str]] = {}
    for document in documents:
        for outcome in FORMATS[name].read(document):
            assert not isinstance(outcome, Fault), outcome
            if isinstance(outcome, Message):
                customer = outcome.customer
                found[outcome.id] = (outcome.author.value, outcome.text, outcome.conversation, customer)
    return found


@pytest.mark.parametrize("name", HOOKS)
def test_webhooks_and_export_are_the_same_records(name: str) -> None:
    export = said(name, exported(name))
    hooked = said(name, [body for one in exported(name) for body in HOOKS[name](one)])
    assert len(hooked) >= 100
    surveys = ("-satisfaction", "-rating")
    assert {id for id in export if not id.endswith(surveys)} == {id for id in hooked if not id.endswith(surveys)}
    assert all(hooked[id] == export[id] for id in hooked)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("github", {"zen": "Keep it logically awesome.", "hook_id": 1, "hook": {"type": "Repository"}}),
        ("chatwoot", {"event": "conversation_status_changed", "id": 1, "conversation": {}}),
        ("intercom", {"type": "notification_event", "topic": "ping", "data": {"item": {}}}),
        ("zendesk", {"type": "zen:event-type:ticket.soft_deleted", "detail": {"id": "1"}, "event": {}}),
        ("github", {"action": "deleted", "issue": {"number": 1, "title": "x", "html_url": "x"}, "comment": {"id": 1}}),
    ],
)
def test_what_nobody_said_is_passed_over(name: str, body: dict[str, Any]) -> None:
    assert all(isinstance(outcome, Passed) for outcome in FORMATS[name].read(body))


def test_a_merge_moves_the_ticket_to_the_other_conversation() -> None:
    ticket = exported("zendesk")[0]
    detail = {key: value for key, value in ticket.items() if key != "comments"}
    body = {
        "type": "zen:event-type:ticket.merged",
        "time": "2026-09-01T00:00:00Z",
        "detail": detail,
        "event": {"target_ticket_id": "777"},
    }
    (merged,) = FORMATS["zendesk"].read(body)
    assert isinstance(merged, Message)
    assert (merged.id, merged.conversation) == (str(ticket["id"]), "777")


def test_freshdesks_automation_is_the_ticket_and_its_comment() -> None:
    case: Case = GIVEN[0]
    ticket = {
        "ticket_id": case.id,
        "ticket_subject": case.subject,
        "ticket_description": f"<div>{escape(case.turns[0].text)}</div>",
        "ticket_requester_id": case.customer,
        "ticket_created_at": case.created.isoformat(),
        "triggered_at": case.updated.isoformat(),
        "ticket_source": "Email",
        "ticket_tags": "a, b",
    }
    reply = {
        **ticket,
        "comment_id": "5",
        "comment_by": "requester",
        "ticket_latest_public_comment": "<p>Still empty.</p>",
    }
    found = said("freshdesk", [{"freshdesk_webhook": ticket}, {"freshdesk_webhook": reply}])
    assert found == {
        "1": ("customer", f"{case.subject}\n{case.turns[0].text}", "1", str(case.customer)),
        "1-5": ("customer", "Still empty.", "1", str(case.customer)),
    }
