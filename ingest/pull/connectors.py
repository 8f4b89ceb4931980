"""How each system is read page by page. A cursor is a small object: kept with its page, it is where the next pull goes on.

Pages counted by number shift while records change, and would lose some. So where a system has no cursor of its own, each page is asked
for by the time of the last record of the page before, in order of that time; the records of that very moment come twice, and are known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.formats.fields import Json, moment, required, rows, text
from ingest.pull.client import Client, PullFailed, iso
from ingest.pull.settings import PullSource

Cursor = Mapping[str, Any]
PER_PAGE = 100
MOST_COMMENTS = 5_000


@dataclass(frozen=True, slots=True)
class Page:
    """A document of the system's format, the cursor behind it, and whether there is more."""

    document: Json | Sequence[Json]
    cursor: Cursor
    more: bool


Ask = Callable[[Client, Cursor], Page]
"""Fetch the page behind a cursor. Raises PullFailed."""


@dataclass(frozen=True, slots=True)
class Connector:
    """A system that can be pulled: its format, how to connect, where to begin, and how to fetch a page."""

    format: str
    connect: Callable[[PullSource], dict[str, Any]]
    start: Callable[[datetime, PullSource], Cursor]
    page: Ask


def pages(connector: Connector, client: Client, cursor: Cursor) -> Iterator[Page]:
    """Yield pages from a cursor on until the system has no more. Raises PullFailed."""
    while True:
        try:
            found = connector.page(client, cursor)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise PullFailed(
                f"the answer is not as {connector.format} documents it ({type(error).__name__}: {error})"
            ) from error
        yield found
        if not found.more:
            return
        cursor = found.cursor


def _zendesk(client: Client, cursor: Cursor) -> Page:
    """Incremental cursor export; comments are asked for ticket by ticket, but where the description is all there is."""
    asked: dict[str, Any] = {"cursor": cursor["cursor"]} if "cursor" in cursor else {"start_time": cursor["since"]}
    answer = client.get(
        "/api/v2/incremental/tickets/cursor.json", per_page=PER_PAGE, include="users,comment_count", **asked
    )
    page = answer.document
    users = {text(one, "id"): one for one in rows(page, "users")}
    tickets = []
    for ticket in rows(page, "tickets"):
        if text(ticket, "status") == "deleted" or ticket.get("comment_count") in (0, 1):
            tickets.append(ticket)
            continue
        comments: list[Json] = []
        path = f"/api/v2/tickets/{required(ticket, 'id')}/comments.json"
        params: dict[str, str | int] = {"page[size]": PER_PAGE, "include": "users"}
        while True:
            found = client.get(path, **params).document
            comments += rows(found, "comments")
            users |= {text(one, "id"): one for one in rows(found, "users")}
            meta = found.get("meta") or {}
            if not meta.get("has_more") or len(comments) >= MOST_COMMENTS:
                break
            params["page[after]"] = meta["after_cursor"]
        tickets.append({**ticket, "comments": comments})
    # The cursor of an empty export is null: the next one begins where this one did.
    after = page.get("after_cursor")
    behind = {"cursor": after} if after else dict(cursor)
    return Page({"tickets": tickets, "users": list(users.values())}, behind, more=page["end_of_stream"] is False)


def _intercom(client: Client, cursor: Cursor) -> Page:
    """Search by time of change; the search leaves the parts out, so each conversation is asked for."""
    since = int(cursor["since"])
    pagination = {"per_page": PER_PAGE} | ({"starting_after": cursor["after"]} if cursor.get("after") else {})
    question = {
        "query": {"field": "updated_at", "operator": ">", "value": since - 1},
        "sort": {"field": "updated_at", "order": "ascending"},
        "pagination": pagination,
    }
    answer = client.post("/conversations/search", question).document
    found = rows(answer, "conversations")
    whole = [client.get(f"/conversations/{required(one, 'id')}", display_as="html").document for one in found]
    following = (answer.get("pages") or {}).get("next") or {}
    last = max((int(one["updated_at"]) for one in found), default=since)
    behind = (
        {"since": last} if last > since or not following else {"since": since, "after": following["starting_after"]}
    )
    return Page({"conversations": whole}, behind, more=bool(following))


def _freshdesk(client: Client, cursor: Cursor) -> Page:
    answer = client.get(
        "/api/v2/tickets",
        updated_since=cursor["since"],
        order_by="updated_at",
        order_type="asc",
        include="description",
        per_page=PER_PAGE,
        page=int(cursor.get("page", 1)),
    )
    tickets = []
    for ticket in answer.document:
        path = f"/api/v2/tickets/{required(ticket, 'id')}/conversations"
        said: list[Json] = []
        number = 1
        while part := client.get(path, per_page=PER_PAGE, page=number).document:
            said += part
            number += 1
            if len(part) < PER_PAGE:
                break
        tickets.append({**ticket, "conversations": said})
    return Page(tickets, _behind(cursor, tickets), more=len(tickets) == PER_PAGE)


def _github(client: Client, cursor: Cursor) -> Page:
    """First the issues, then the comments of the whole repository, each in order of change."""
    stage, repository = cursor["stage"], cursor["repository"]
    answer = client.get(
        f"/repos/{repository}/{'issues' if stage == 'issues' else 'issues/comments'}",
        since=cursor["since"],
        sort="updated",
        direction="asc",
        per_page=PER_PAGE,
        page=int(cursor.get("page", 1)),
        **({"state": "all"} if stage == "issues" else {}),
    )
    found: list[Json] = answer.document
    behind = {**cursor, **_behind(cursor, found)}
    more = len(found) == PER_PAGE
    if more:
        return Page(found, behind, more=True)
    # Where issues end the comments begin, at the same moment as the issues did; and the other way round for the next pull.
    other = {"issues": "comments", "comments": "issues"}[stage]
    turned = {
        "stage": other,
        "repository": repository,
        "since": cursor.get("other") or cursor["began"],
        "began": cursor["began"],
        "other": behind["since"],
    }
    return Page(found, turned, more=stage == "issues")


def _behind(cursor: Cursor, found: Sequence[Json]) -> dict[str, Any]:
    """The time of the last record, or, when a whole page is of one moment, the page after it."""
    last = max((moment(one.get("updated_at")) for one in found), default=None)
    if last is None or last <= moment(cursor["since"]):
        page = int(cursor.get("page", 1))
        return {"since": cursor["since"], "page": page + 1 if len(found) == PER_PAGE else page}
    return {"since": iso(last.timestamp()), "page": 1}


CONNECTORS: Mapping[str, Connector] = {
    "zendesk": Connector(
        "zendesk",
        lambda given: {"auth": (f"{given.user}/token", given.token.get_secret_value())},
        lambda since, _: {"since": int(since.timestamp())},
        _zendesk,
    ),
    "intercom": Connector(
        "intercom",
        lambda given: {
            "headers": {"authorization": f"Bearer {given.token.get_secret_value()}", "intercom-version": "2.11"},
            "address": given.address or "https://api.intercom.io",
        },
        lambda since, _: {"since": int(since.timestamp())},
        _intercom,
    ),
    "freshdesk": Connector(
        "freshdesk",
        lambda given: {"auth": (given.token.get_secret_value(), "X")},
        lambda since, _: {"since": iso(since.timestamp()), "page": 1},
        _freshdesk,
    ),
    "github": Connector(
        "github",
        lambda given: {
            "headers": {"accept": "application/vnd.github+json", "x-github-api-version": "2022-11-28"}
            | ({"authorization": f"Bearer {given.token.get_secret_value()}"} if given.token.get_secret_value() else {}),
            "address": given.address or "https://api.github.com",
        },
        lambda since, given: {
            "stage": "issues",
            "repository": given.repository,
            "since": iso(since.timestamp()),
            "began": iso(since.timestamp()),
        },
        _github,
    ),
}
