"""Protects the way to where work is planned: evidence goes out, what was decided there comes back with its reason, once."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from pydantic import SecretStr

from insights.listening import answers, asking, cases, ledger, tracked
from insights.listening.ledger import AnswerKind, Event
from insights.listening.tracked import State, TrackError
from insights.store import Store
from insights.trust.people import NotAllowed
from pipelines.settings import TrackerAddress
from pipelines.trackers.evidence import title_and_body
from pipelines.trackers.sync import sync
from pipelines.trackers.tracker import open_tracker
from tests.insights.loop import AGENTS, Company, found, told
from tests.insights.notes import NOW

KINDS = ("github", "gitlab", "jira", "linear")
TOKEN = "a-token"


class Vendor(ThreadingHTTPServer):
    """Speaks the documented part of four trackers' interfaces over the same issues; refuses every third call for a while."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.issues: dict[int, dict[str, Any]] = {}
        self.calls = 0

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def make(self, title: str, body: str) -> int:
        number = len(self.issues) + 1
        self.issues[number] = {"title": title, "body": body, "end": "", "comments": []}
        return number

    def github(self, method: str, path: str, given: Any) -> Any:
        parts = path.removeprefix("/repos/acme/app/issues").strip("/").split("/")
        if method == "POST" and parts == [""]:
            parts = [str(self.make(given["title"], given["body"]))]
        number, issue = int(parts[0]), self.issues[int(parts[0])]
        if len(parts) == 2:
            if method == "POST":
                issue["comments"].append(given["body"])
            return [{"body": text} for text in issue["comments"]]
        reasons = {"": None, "done": "completed", "declined": "not_planned"}
        return {
            "number": number, "html_url": f"{self.base}/{number}", "title": issue["title"],
            "state": "closed" if issue["end"] else "open", "state_reason": reasons[issue["end"]],
            "comments": len(issue["comments"]),
        }  # fmt: skip

    def gitlab(self, method: str, path: str, given: Any) -> Any:
        parts = path.removeprefix("/api/v4/projects/acme/app/issues").strip("/").split("/")
        if method == "POST" and parts == [""]:
            parts = [str(self.make(given["title"], given["description"]))]
        number, issue = int(parts[0]), self.issues[int(parts[0])]
        if len(parts) == 2:
            if method == "POST":
                issue["comments"].append(given["body"])
            said = [{"body": text, "system": False} for text in reversed(issue["comments"])]
            return [{"body": "closed", "system": True}, *said]
        return {
            "iid": number, "web_url": f"{self.base}/{number}", "title": issue["title"],
            "state": "closed" if issue["end"] else "opened",
            "labels": ["Won't Do"] if issue["end"] == "declined" else [],
        }  # fmt: skip

    def jira(self, method: str, path: str, given: Any) -> Any:
        parts = path.removeprefix("/rest/api/2/issue").strip("/").split("/")
        if method == "POST" and parts == [""]:
            return {"key": f"APP-{self.make(given['fields']['summary'], given['fields']['description'])}"}
        number = int(parts[0].removeprefix("APP-"))
        issue = self.issues[number]
        if len(parts) == 2:
            issue["comments"].append(given["body"])
            return {}
        names = {"": None, "done": {"name": "Done"}, "declined": {"name": "Won't Do"}}
        return {
            "key": f"APP-{number}",
            "fields": {
                "summary": issue["title"], "resolution": names[issue["end"]],
                "status": {"statusCategory": {"key": "done" if issue["end"] else "new"}},
                "comment": {"comments": [{"body": text} for text in issue["comments"]]},
            },
        }  # fmt: skip

    def linear(self, _method: str, _path: str, given: Any) -> Any:
        asked, variables = given["query"], given["variables"]
        if "commentCreate" in asked:
            number = int(variables["input"]["issueId"].removeprefix("APP-"))
            self.issues[number]["comments"].append(variables["input"]["body"])
            return {"data": {"commentCreate": {"success": True}}}
        creating = "issueCreate" in asked
        number = (
            self.make(variables["input"]["title"], variables["input"]["description"])
            if creating
            else int(variables["id"].removeprefix("APP-"))
        )
        issue = self.issues[number]
        types = {"": "started", "done": "completed", "declined": "canceled"}
        nodes = [{"body": text, "createdAt": f"2026-01-01T00:00:{at:02}Z"} for at, text in enumerate(issue["comments"])]
        told_ = {
            "id": str(number), "identifier": f"APP-{number}", "url": f"{self.base}/{number}", "title": issue["title"],
            "state": {"type": types[issue["end"]]}, "comments": {"nodes": nodes},
        }  # fmt: skip
        return {"data": {"issueCreate": {"issue": told_}} if creating else {"issue": told_}}


class Handler(BaseHTTPRequestHandler):
    server: Vendor

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = unquote(urlsplit(self.path).path)
        self.server.calls += 1
        if self.server.calls % 3 == 2:
            return self._send(429, {}, {"Retry-After": "0"})
        if TOKEN not in str(self.headers) and "Basic" not in str(self.headers):
            return self._send(401, {})
        kind = {"/re": "github", "/ap": "gitlab", "/gr": "linear"}[path[:3]]
        kind = "jira" if path.startswith("/rest") else kind
        try:
            return self._send(200, getattr(self.server, kind)(self.command, path, json.loads(body) if body else None))
        except (KeyError, ValueError):
            return self._send(404, {})

    def _send(self, status: int, told: Any, headers: dict[str, str] | None = None) -> None:
        text = json.dumps(told).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = _answer

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    server = Vendor()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def address(vendor: Vendor, kind: str) -> TrackerAddress:
    project = {"jira": "APP", "linear": "team"}.get(kind, "acme/app")
    return TrackerAddress(
        kind=kind, project=project, token=SecretStr(TOKEN), address=vendor.base, user="ada@example.com"
    )  # type: ignore[arg-type]


@pytest.fixture
def company(store: Store) -> Company:
    return found(store)


def asked(company: Company, name: str = "The gate stays shut") -> int:
    theme = told(company.store, name, AGENTS)
    assert asking.ask_due(company.store, NOW)
    return theme


def events(company: Company, theme: int) -> list[tuple[Event, str, str]]:
    return [(one.event, one.answer, one.reason) for one in ledger.of_theme(company.store, theme)]


@pytest.mark.parametrize("kind", KINDS)
def test_there_and_back(company: Company, vendor: Vendor, kind: str) -> None:
    lead, store = company.lead("Payments"), company.store
    theme = asked(company)
    tracker, connection = open_tracker("App", address(vendor, kind))
    with connection:
        issue = tracker.create(*title_and_body(store, theme, NOW.date(), "https://earshot.example"))
    (made,) = vendor.issues.values()
    assert made["title"] == "The gate stays shut"
    assert "4 customers in 4 notes" in made["body"]
    assert f"/theme?id={theme}" in made["body"]
    tracked.link(store, theme, "App", issue, by=lead, at=NOW)
    known = {"App": address(vendor, kind)}
    due = NOW.date() + timedelta(days=30)
    answers.answer(
        store, theme, AnswerKind.ACCEPTED, "We saw it ourselves", change="The gate opens", due=due, by=lead, at=NOW
    )
    assert sync(store, known, NOW).told == 1
    assert "We saw it ourselves" in made["comments"][0]
    assert sync(store, known, NOW).told == 0
    made["comments"].append("Out since Tuesday, in every station")
    made["end"] = "done"
    done = sync(store, known, NOW + timedelta(days=3))
    assert (done.changed, done.told, done.troubles) == (1, 0, [])
    assert events(company, theme)[-1] == (Event.SHIPPED, "", "Out since Tuesday, in every station")
    before = len(events(company, theme))
    sync(store, known, NOW + timedelta(days=4))
    assert len(events(company, theme)) == before
    assert cases.cases(store)[0].state(NOW.date()) is cases.State.SHIPPED


@pytest.mark.parametrize("kind", KINDS)
def test_turned_down_there_is_declined_here_with_the_reason_given_there(
    company: Company, vendor: Vendor, kind: str
) -> None:
    theme = asked(company)
    tracker, connection = open_tracker("App", address(vendor, kind))
    with connection:
        issue = tracker.create("The gate", "")
    tracked.link(company.store, theme, "App", issue, by=company.lead("Payments"), at=NOW)
    known = {"App": address(vendor, kind)}
    vendor.issues[1]["end"] = "declined"
    (trouble,) = sync(company.store, known, NOW).troubles
    assert "without a reason" in trouble
    assert events(company, theme)[-1][0] is Event.ASKED
    vendor.issues[1]["comments"].append("The new gates come next year anyway")
    assert sync(company.store, known, NOW).troubles == []
    assert events(company, theme)[-1] == (Event.ANSWERED, "declined", "The new gates come next year anyway")
    assert tracked.links(company.store)[0].issue.state is State.DECLINED


def test_who_may_not_answer_may_not_link_and_whoever_lost_the_right_speaks_no_more(
    company: Company, vendor: Vendor
) -> None:
    from insights.listening import teams

    theme = asked(company)
    issue = tracked.Issue("#1", vendor.base, "The gate", State.OPEN)
    with pytest.raises(NotAllowed):
        tracked.link(company.store, theme, "App", issue, by=company.lead("Riding"), at=NOW)
    lead = company.lead("Payments")
    link = tracked.link(company.store, theme, "App", issue, by=lead, at=NOW)
    with pytest.raises(TrackError, match="already"):
        tracked.link(company.store, theme, "App", issue, by=lead, at=NOW)
    teams.leave(company.store, company.teams["Payments"].id, lead.id, by=company.admin, at=NOW)
    turned = tracked.Issue("#1", vendor.base, "The gate", State.DECLINED, "It will not be done")
    assert "neither" in tracked.heard(company.store, link, turned, NOW).trouble
    assert events(company, theme)[-1][0] is Event.ASKED


def test_too_few_customers_are_not_told_outside(company: Company) -> None:
    theme = asked(company)
    with pytest.raises(TrackError, match="fewer than 5 customers"):
        title_and_body(company.store.seen_by(5), theme, NOW.date(), "")


def test_what_customers_said_cannot_speak_to_the_tracker() -> None:
    from insights.review.minutes import plain_markdown

    said = plain_markdown("@everyone closes #12 <img src=x> [a](http://example.org) **bold**")
    assert not re.search(r"(?<!\\)[@#*\[<]", said)


def test_a_tracker_that_is_gone_stops_nobody_else(company: Company, vendor: Vendor) -> None:
    theme, lead = asked(company), company.lead("Payments")
    tracked.link(company.store, theme, "Old", tracked.Issue("#7", "", "x", State.OPEN), by=lead, at=NOW)
    tracked.link(company.store, theme, "App", tracked.Issue("#99", "", "x", State.OPEN), by=lead, at=NOW)
    vendor.make("x", "")
    tracked.link(company.store, theme, "App", tracked.Issue("#1", "", "x", State.OPEN), by=lead, at=NOW)
    done = sync(company.store, {"App": address(vendor, "github")}, NOW)
    assert done.looked_at == 1
    assert len(done.troubles) == 2
    assert "'Old'" in done.troubles[0]
    assert "#99" in done.troubles[1]
