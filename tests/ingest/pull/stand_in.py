"""A server on loopback that speaks as the vendors document: their pages, cursors, limits of rate, and bad days.

``python -m tests.ingest.pull.stand_in PORT TICKETS`` serves until ended, for `bench/pull.py`.
"""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
TALKATIVE = 5
"""Every fifth record has comments beside its description."""
COMMENTS = 3


def at(number: int) -> str:
    """Records change in bursts: 150 share a moment, more than one page holds."""
    return (BEGAN + timedelta(minutes=number // 150)).strftime("%Y-%m-%dT%H:%M:%SZ")


def ids(vendor: str, count: int) -> set[str]:
    """Return the ids of every message in the stand-in's books."""
    found: set[str] = set()
    for number in range(1, count + 1):
        place = f"finch/mail#{number}" if vendor == "github" else str(number)
        found.add(place)
        if number % TALKATIVE == 0:
            found |= {f"{place}-{number * 10 + one}" for one in range(1, COMMENTS + 1)}
    return found


class StandIn(ThreadingHTTPServer):
    """Serves ``count`` records of each vendor. ``faults``: the n-th request of every so many goes wrong in that way."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, count: int, *, port: int = 0, faults: bool = True, token: str = "right") -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.count = count
        self.faults = faults
        self.token = token
        self.asked = 0
        self.said: Counter[int] = Counter()
        self.lock = threading.Lock()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def bad_day(self) -> int:
        """Return the fault of this request, or 0: too fast, away, hung up, cut off."""
        with self.lock:
            self.asked += 1
            asked = self.asked
        if not self.faults:
            return 0
        return next(
            (fault for every, fault in ((7, 429), (31, 503), (41, 500), (53, -1), (61, -2)) if asked % every == 0), 0
        )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body go out together: apart, each answer would wait for the other side's word.
    wbufsize = 64 * 1024
    disable_nagle_algorithm = True
    server: StandIn

    def log_message(self, format: str, *args: object) -> None:  # noqa: ARG002
        return

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("content-length", "0"))))

    def _answer(self, body: bytes) -> None:
        split = urlsplit(self.path)
        asked = {name: values[-1] for name, values in parse_qs(split.query).items()}
        fault = self.server.bad_day()
        if self.server.token not in self.headers.get("authorization", "") and "Basic" not in self.headers.get(
            "authorization", ""
        ):
            self._say(401, {"error": "Couldn't authenticate you"})
        elif fault == -1:
            self.close_connection = True
        elif fault == -2:
            self._say(200, {"cut": "off"}, cut=True)
        elif fault:
            # Zendesk, Freshdesk: Retry-After. GitHub and Intercom: the moment at which the limit is reset.
            self._say(fault, {"error": "later"}, {"Retry-After": "0"} if fault == 429 else {})
        else:
            found = self._found(split.path, asked, json.loads(body) if body else {})
            self._say(404 if found is None else 200, found)

    def _say(self, status: int, document: Any, headers: dict[str, str] | None = None, cut: bool = False) -> None:
        self.server.said[status] += 1
        content = json.dumps(document).encode()
        content = content[: len(content) // 2] if cut else content
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _found(self, path: str, asked: dict[str, str], body: Any) -> Any:
        parts = path.strip("/").split("/")
        if path == "/api/v2/incremental/tickets/cursor.json":
            return self._zendesk(asked)
        if path.startswith("/api/v2/tickets/") and path.endswith("/comments.json"):
            return self._zendesk_comments(int(parts[3]), asked)
        if path == "/api/v2/tickets":
            return self._listed(asked, "updated_since", self._freshdesk)
        if path.startswith("/api/v2/tickets/"):
            return self._freshdesk_said(int(parts[3])) if int(asked["page"]) == 1 else []
        if path == "/conversations/search":
            return self._intercom(body)
        if path.startswith("/conversations/"):
            return self._conversation(int(parts[1]))
        if path == "/repos/finch/mail/issues":
            return self._listed(asked, "since", self._issue)
        if path == "/repos/finch/mail/issues/comments":
            return self._comments(asked)
        return None

    def _zendesk(self, asked: dict[str, str]) -> Any:
        start = int(asked["cursor"]) if "cursor" in asked else 0
        size = int(asked["per_page"])
        numbers = range(start + 1, min(self.server.count, start + size) + 1)
        tickets = [
            {
                "id": number,
                "subject": "Export",
                "description": f"The export {number} is empty.",
                "requester_id": 5000 + number % 90,
                "submitter_id": 5000 + number % 90,
                "assignee_id": 9000,
                "status": "open",
                "tags": [],
                "via": {"channel": "web"},
                "created_at": at(number),
                "updated_at": at(number),
                "comment_count": 1 + (COMMENTS if number % TALKATIVE == 0 else 0),
            }
            for number in numbers
        ]
        last = numbers[-1] if numbers else start
        users = [{"id": 9000, "role": "agent"}]
        return {
            "tickets": tickets,
            "users": users,
            "after_cursor": str(last) if numbers else None,
            "end_of_stream": last >= self.server.count,
        }

    def _zendesk_comments(self, number: int, asked: dict[str, str]) -> Any:
        customer = 5000 + number % 90
        first = {
            "id": number * 10,
            "author_id": customer,
            "public": True,
            "body": f"The export {number} is empty.",
            "created_at": at(number),
        }
        others = [
            {
                **first,
                "id": number * 10 + one,
                "author_id": (9000, customer, 9000)[one - 1],
                "public": one != 3,
                "body": f"Words {one}",
            }
            for one in range(1, COMMENTS + 1)
        ]
        every = [first, *({**one, "created_at": at(number + 300)} for one in others)]
        # Two pages, whatever was asked: the second by its cursor.
        after = asked.get("page[after]")
        return {
            "comments": every[2:] if after else every[:2],
            "users": [],
            "meta": {"has_more": not after, "after_cursor": "two"},
        }

    def _listed(self, asked: dict[str, str], since: str, made: Any) -> Any:
        size, page = int(asked["per_page"]), int(asked["page"])
        # The books are in order of change, so what changed since then is a tail of them.
        numbers = [number for number in range(1, self.server.count + 1) if at(number) >= asked[since]]
        return [made(number) for number in numbers[(page - 1) * size : page * size]]

    def _freshdesk(self, number: int) -> Any:
        return {
            "id": number,
            "subject": "Export",
            "description_text": f"The export {number} is empty.",
            "requester_id": 5000 + number % 90,
            "responder_id": 9000,
            "source": 2,
            "status": 2,
            "priority": 1,
            "created_at": at(number),
            "updated_at": at(number),
        }

    def _freshdesk_said(self, number: int) -> Any:
        if number % TALKATIVE:
            return []
        return [
            {
                "id": number * 10 + one,
                "body_text": f"Words {one}",
                "incoming": one == 2,
                "private": one == 3,
                "user_id": 9000,
                "created_at": at(number),
            }
            for one in range(1, COMMENTS + 1)
        ]

    def _intercom(self, body: Any) -> Any:
        since = datetime.fromtimestamp(body["query"]["value"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        numbers = [number for number in range(1, self.server.count + 1) if at(number) > since]
        size, start = body["pagination"]["per_page"], int(body["pagination"].get("starting_after", 0))
        page = numbers[start : start + size]
        found = [
            {"type": "conversation", "id": str(number), "updated_at": _seconds(number), "source": {}} for number in page
        ]
        following = {"next": {"starting_after": str(start + size)}} if start + size < len(numbers) else {}
        return {"type": "conversation.list", "conversations": found, "pages": {"type": "pages", **following}}

    def _conversation(self, number: int) -> Any:
        parts = [
            {
                "type": "conversation_part",
                "id": str(number * 10 + one),
                "part_type": "note" if one == 3 else "comment",
                "body": f"<p>Words {one}</p>",
                "created_at": _seconds(number),
                "author": {"type": ("admin", "user", "admin")[one - 1], "id": "1"},
            }
            for one in range(1, COMMENTS + 1)
            if number % TALKATIVE == 0
        ]
        return {
            "type": "conversation",
            "id": str(number),
            "created_at": _seconds(number),
            "updated_at": _seconds(number),
            "source": {
                "type": "conversation",
                "body": f"<p>The export {number} is empty.</p>",
                "author": {"type": "user", "id": "7"},
            },
            "conversation_parts": {"conversation_parts": parts},
        }

    def _issue(self, number: int) -> Any:
        return {
            "number": number,
            "title": f"The export {number} is empty.",
            "body": "Since Monday.",
            "user": {"login": "ada", "type": "User"},
            "html_url": f"https://github.example/finch/mail/issues/{number}",
            "url": f"https://api.github.example/repos/finch/mail/issues/{number}",
            "created_at": at(number),
            "updated_at": at(number),
        }

    def _comments(self, asked: dict[str, str]) -> Any:
        every = [
            number * 10 + one
            for number in range(TALKATIVE, self.server.count + 1, TALKATIVE)
            for one in range(1, COMMENTS + 1)
        ]
        later = [id for id in every if at(id // 10) >= asked["since"]]
        size, page = int(asked["per_page"]), int(asked["page"])
        return [
            {
                "id": id,
                "body": "Words",
                "user": {"login": "bo", "type": "User"},
                "author_association": "MEMBER",
                "issue_url": f"https://api.github.example/repos/finch/mail/issues/{id // 10}",
                "created_at": at(id // 10),
                "updated_at": at(id // 10),
            }
            for id in later[(page - 1) * size : page * size]
        ]


def _seconds(number: int) -> int:
    return int(datetime.fromisoformat(at(number)).timestamp())


@contextmanager
def standing(count: int, *, faults: bool = True) -> Iterator[StandIn]:
    """A stand-in that serves while the block runs."""
    with StandIn(count, faults=faults) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


if __name__ == "__main__":
    StandIn(int(sys.argv[2]), port=int(sys.argv[1])).serve_forever()
