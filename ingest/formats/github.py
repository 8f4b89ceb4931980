"""GitHub: issues and their comments, from the API and from webhooks.

Schemas: docs.github.com, "REST API: Issues, Issue comments", "Webhook events: issues, issue_comment". Bodies are Markdown. An issue is
known by "owner/name#number", a comment by that and its id. Maintainers answer as agents, bots as bots.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from ingest.formats.fields import Json, attributes, later, moment, names, required, rest, rows, table, tags, text
from ingest.formats.format import Format, Part, Passed
from ingest.formats.message import Author, Message
from ingest.formats.quoted import without_quoted

_TEAM = ("OWNER", "MEMBER", "COLLABORATOR")
_ISSUE_URL = re.compile(r"/repos/([^/]+/[^/]+)/issues/(\d+)")
_HIDDEN = re.compile(r"<!--.*?-->", re.DOTALL)
_CODE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_ISSUE = names(
    "closed_by id node_id number title body user labels state state_reason created_at updated_at closed_at comments "
    "author_association milestone assignee assignees url html_url repository_url labels_url comments_url "
    "events_url timeline_url repository reactions performed_via_github_app locked active_lock_reason "
    "sub_issues_summary issue_dependencies_summary"
)
_COMMENT = names(
    "id node_id body user created_at updated_at author_association url html_url issue_url reactions "
    "performed_via_github_app"
)


def _recognise(document: Json) -> bool:
    if isinstance(document.get("issues"), list):
        return bool(document["issues"]) and all(_is_issue(one) or _is_comment(one) for one in rows(document, "issues"))
    if _is_issue(document) or _is_comment(document) or _is_issue(table(document, "issue")):
        return True
    comments = rows(document, "comments")
    return ("zen" in document and "hook" in document) or (bool(comments) and all(map(_is_comment, comments)))


def _is_issue(record: Json) -> bool:
    return "number" in record and "title" in record and ("html_url" in record or "repository_url" in record)


def _is_comment(record: Json) -> bool:
    return "issue_url" in record and "body" in record


def _parts(document: Json) -> Iterator[Part]:
    if "hook" in document:
        yield Part(document, lambda: Passed("ping"))
        return
    if _is_issue(table(document, "issue")):
        yield from _webhook(document)
        return
    single = _is_issue(document) or _is_comment(document)
    for found in [document] if single else rows(document, "issues") or rows(document, "comments"):
        if _is_comment(found):
            yield Part(found, partial(_comment_of, found, found))
            continue
        yield Part(found, partial(_issue, found))
        for comment in rows(found, "comments"):
            yield Part(comment, partial(_comment_of, found, comment))


def _webhook(document: Json) -> Iterator[Part]:
    issue, comment = table(document, "issue"), table(document, "comment")
    action = text(document, "action")
    if action == "deleted":
        yield Part(document, lambda: Passed("deleted there"))
    elif comment:
        yield Part(document, partial(_comment_of, issue, comment))
    else:
        yield Part(document, partial(_issue, {"repository": document.get("repository"), **issue}))


def _issue(record: Json) -> Message | Passed:
    if "pull_request" in record:
        return Passed("pull request")
    made = _message(record, record, _place(record))
    words = f"{required(record, 'title')}\n{made.text}".strip()
    return replace(
        made,
        text=words,
        edited=later(record.get("updated_at"), record.get("created_at")),
        attributes={
            **attributes(record, ("state", "state_reason")),
            "tags": tags(record.get("labels")),
            "milestone": text(table(record, "milestone"), "title"),
        },
        rest=rest(record, _ISSUE),
    )


def _comment_of(issue: Json, record: Json) -> Message | Passed:
    if "/pull/" in text(record, "html_url"):
        return Passed("pull request")
    place = _place(issue)
    made = _message(record, record, f"{place}-{required(record, 'id')}")
    edited = later(record.get("updated_at"), record.get("created_at"))
    return replace(made, conversation=place, edited=edited, rest=rest(record, _COMMENT))


def _message(record: Json, part: Json, id: str) -> Message:
    user = table(part, "user")
    login = text(user, "login")
    bot = text(user, "type") == "Bot" or login.endswith("[bot]")
    team = text(part, "author_association") in _TEAM
    author = Author.BOT if bot else Author.AGENT if team else Author.CUSTOMER
    return Message(
        id=id,
        conversation=id,
        at=moment(required(record, "created_at")),
        author=author,
        text=_words(text(part, "body")),
        channel="issue",
        # A deleted account is the user "ghost": many people, so nobody.
        customer=login if author is Author.CUSTOMER and login != "ghost" else "",
        agent=login if author is Author.AGENT else "",
    )


def _place(record: Json) -> str:
    """Return owner/name#number, from whichever address the record carries."""
    repository = record.get("repository")
    if isinstance(repository, Mapping) and text(repository, "full_name"):
        return f"{text(repository, 'full_name')}#{required(record, 'number')}"
    for name in ("url", "issue_url", "comments_url", "html_url"):
        found = _ISSUE_URL.search(text(record, name)) or re.search(
            r"//[^/]+/([^/]+/[^/]+)/issues/(\d+)", text(record, name)
        )
        if found:
            return f"{found[1]}#{found[2]}"
    raise KeyError("repository")


def _words(markdown: str) -> str:
    """The words of Markdown: without hidden comments of templates, quoted earlier comments, and blocks of code."""
    return without_quoted(_CODE.sub("", _HIDDEN.sub("", markdown)))


FORMAT = Format(
    "github",
    "GitHub issues, comments or a webhook",
    "issues with 'number', 'title' and 'html_url', comments with 'issue_url', or an event with its 'issue'",
    _recognise,
    _parts,
)
