"""The board as a server: it says whether its store answers, and no answer lacks the headers."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
from collections.abc import Callable

import pytest
from starlette.types import Message, Receive, Scope, Send

from dashboard import asgi, run
from dashboard.run import ENTRY
from tests.dashboard.conftest import Served

HEADERS = ("content-security-policy", "referrer-policy", "x-content-type-options", "x-frame-options")


def test_health_says_that_the_store_answers(served: Served) -> None:
    status, headers, body = served.get("/healthz")
    assert (status, json.loads(body)) == (200, {"store": "ok"})
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", ["/", "/theme?id=1", "/_stcore/health", "/app/static/inter-latin.woff2", "/nothing"])
def test_x5_every_answer_carries_the_headers(served: Served, path: str) -> None:
    status, headers, _ = served.get(path)
    assert status == 200 or path == "/nothing"
    assert set(HEADERS) <= set(headers)


def test_x5_the_policy_allows_the_one_script_in_the_page_and_no_other(served: Served) -> None:
    _, headers, body = served.get("/")
    policy = headers["content-security-policy"]
    scripts = re.findall(r"<script>(.*?)</script>", body.decode(), flags=re.DOTALL)
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert policy.count("'sha256-") == len(scripts)
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert "http" not in policy


def test_a_store_that_does_not_answer_turns_health_red_without_secrets(
    monkeypatch: pytest.MonkeyPatch, forget: Callable[[], None]
) -> None:
    monkeypatch.setenv("EARSHOT_DATABASE_URL", "sqlite:////nowhere/hunter2/earshot.db")
    forget()
    answer = asyncio.run(asgi.healthz(None))  # type: ignore[arg-type]
    assert answer.status_code == 503
    assert b"hunter2" not in bytes(answer.body)


def test_a_websocket_is_passed_on_untouched() -> None:
    seen: list[Message] = []

    async def inner(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        seen.append(message)

    asyncio.run(asgi.Headers(inner)({"type": "websocket"}, receive, send))
    assert seen == [{"type": "websocket.accept"}]


def test_the_command_names_host_and_port() -> None:
    assert run.command("127.0.0.1", 8600)[-3:] == [str(ENTRY), "--server.address=127.0.0.1", "--server.port=8600"]
    environment = run.environment({"EARSHOT_DATABASE_URL": "sqlite:///x.db"})
    assert environment["EARSHOT_DATABASE_URL"] == "sqlite:///x.db"
    assert environment["STREAMLIT_SERVER_HEADLESS"] == "true"
