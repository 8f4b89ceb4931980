"""Protects: the board's own server takes webhooks in when a source is configured, and has no such door when none is."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
from starlette.applications import Starlette

from dashboard import intake, session
from insights.delivery.intake import backlog
from insights.store import Store
from tests.ingest.intake.test_signatures import signed


def test_no_source_no_door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EARSHOT_INTAKE_SOURCES", raising=False)
    assert intake.routes() == []


def test_a_signed_post_is_kept_in_the_boards_store(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARSHOT_INTAKE_SOURCES", json.dumps({"github": {"secret": "a secret of the tests"}}))
    monkeypatch.setenv("EARSHOT_PRIVACY_KEY", "a key that only tests use")
    monkeypatch.setattr(session, "writer", lambda: store)
    issue = {
        "number": 1,
        "title": "The export is empty",
        "html_url": "https://github.example/finch/mail/issues/1",
        "created_at": "2026-03-01T10:00:00Z",
        "user": {"login": "ada"},
    }
    body = json.dumps({"action": "opened", "issue": issue}).encode()

    async def post(headers: dict[str, str]) -> int:
        app = Starlette(routes=intake.routes())
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://board") as client:
            return (await client.post("/intake/github", content=body, headers=headers)).status_code

    assert asyncio.run(post({})) == 401
    assert backlog(store) == 0
    assert asyncio.run(post(signed("github", body))) == 202
    assert backlog(store) == 1
