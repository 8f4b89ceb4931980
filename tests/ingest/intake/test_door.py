"""The door answers clearly, keeps before it answers, and lets nobody in who cannot sign."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from pydantic import ValidationError
from starlette.applications import Starlette

from ingest.intake.delivery import Delivery
from ingest.intake.door import Door
from ingest.intake.gather import Gathering, TooBusy
from ingest.intake.pace import Pace
from ingest.intake.settings import IntakeSettings
from ingest.pseudonyms import Pseudonyms
from ingest.wire import Decoder
from tests.ingest.intake.test_signatures import NOW, SECRET, signed

HELLO = {
    "external_id": "1",
    "occurred_at": "2026-02-01T10:00:00Z",
    "segments": [{"speaker": "customer", "text": "It broke."}],
}


class Away(RuntimeError):
    pass


def settings(**more: Any) -> IntakeSettings:
    names = ("earshot", "zendesk", "github", "chatwoot")
    sources = {name: {"secret": SECRET} for name in names} | {"own": {"format": "earshot", "secret": SECRET}}
    return IntakeSettings(intake_sources=sources, **more)


Post = Callable[..., httpx.Response]


@pytest.fixture
def kept() -> list[Delivery]:
    return []


@pytest.fixture
def door(kept: list[Delivery]) -> Callable[..., Post]:
    def opened(fails: int = 0, **more: Any) -> Post:
        left = [fails]

        def keep(deliveries: Sequence[Delivery]) -> list[bool]:
            if left[0]:
                left[0] -= 1
                raise Away("locked")
            known = {one.digest for one in kept}
            kept.extend(deliveries)
            return [one.digest not in known for one in deliveries]

        made = Door(settings(**more), lambda: Decoder(Pseudonyms(b"0123456789abcdef")), keep, Away, clock=lambda: NOW)
        app = Starlette(routes=[made.route()])

        def post(
            source: str = "earshot", body: Any = HELLO, headers: dict[str, str] | None = None, **others: Any
        ) -> httpx.Response:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            form = "earshot" if source == "own" else source
            sent = signed(form, content) if headers is None else headers

            async def ask() -> httpx.Response:
                async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://x") as client:
                    kind = {"content-type": "application/json"}
                    return await client.post(f"/intake/{source}", content=content, headers=kind | sent | others)

            return asyncio.run(ask())

        return post

    return opened


def test_a_signed_event_is_kept_and_then_answered(door: Callable[..., Post], kept: list[Delivery]) -> None:
    answer = door()()
    assert (answer.status_code, answer.json()) == (202, {"taken": 1, "passed": []})
    (arrival,) = kept[0].arrivals
    assert arrival.event["source"] == "earshot"


def test_whoever_signs_for_one_source_cannot_speak_for_another(door: Callable[..., Post], kept: list[Delivery]) -> None:
    assert door()("own", {**HELLO, "source": "zendesk"}).status_code == 202
    assert kept[0].arrivals[0].event["source"] == "own"


def test_several_events_in_one_post(door: Callable[..., Post]) -> None:
    answer = door()(body={"events": [HELLO, {**HELLO, "external_id": "2"}]})
    assert answer.json()["taken"] == 2


def test_the_same_bytes_again_are_known_and_change_nothing(door: Callable[..., Post]) -> None:
    post = door()
    assert post().status_code == 202
    again = post()
    assert (again.status_code, again.json()["known"], again.json()["taken"]) == (200, True, 0)


@pytest.mark.parametrize(
    ("source", "body", "headers", "status", "said"),
    [
        ("nobody", HELLO, None, 404, "no such source"),
        ("earshot", HELLO, {}, 401, "not signed"),
        ("zendesk", HELLO, {"authorization": f"Bearer {SECRET}"}, 401, "not signed"),
        ("earshot", HELLO, signed("earshot", b"other"), 401, "does not fit"),
        (
            "earshot",
            HELLO,
            signed("earshot", json.dumps(HELLO).encode(), datetime(2026, 1, 1, tzinfo=UTC)),
            401,
            "another time",
        ),
        ("earshot", b"{", None, 400, "not_json"),
        ("earshot", b"", None, 400, "empty"),
        ("earshot", b"[1]", None, 400, "object"),
        ("earshot", b'{"a": 1, "a": 2}', None, 400, "twice"),
        ("earshot", b"[" * 500, None, 400, "deep"),
        ("earshot", {"external_id": "1"}, None, 422, "occurred_at"),
        ("earshot", {"events": [3]}, None, 422, "not_an_object"),
        ("zendesk", HELLO, None, 422, "not a Zendesk"),
        ("github", {"issue": {"number": 1, "title": "x", "html_url": "x"}}, None, 422, "missing_field"),
    ],
)
def test_what_is_wrong_is_told(
    door: Callable[..., Post],
    kept: list[Delivery],
    source: str,
    body: Any,
    headers: dict[str, str] | None,
    status: int,
    said: str,
) -> None:
    if source == "nobody":
        headers = {}
    answer = door()(source, body, headers)
    assert answer.status_code == status
    assert said in answer.json()["error"]
    assert kept == []


def test_other_kinds_of_content_and_large_posts_are_refused(door: Callable[..., Post], kept: list[Delivery]) -> None:
    post = door(intake_max_bytes=2048)
    assert post(**{"content-type": "application/x-www-form-urlencoded"}).status_code == 415
    large = {**HELLO, "segments": [{"speaker": "customer", "text": "x" * 4000}]}
    assert post(body=large).status_code == 413
    assert post(body=large, **{"content-length": "10"}).status_code == 413, "whatever it says of itself"
    assert kept == []


def test_a_ping_needs_nothing_kept(door: Callable[..., Post], kept: list[Delivery]) -> None:
    answer = door()("github", {"zen": "x", "hook_id": 1, "hook": {}})
    assert (answer.status_code, answer.json()["passed"]) == (200, ["ping"])
    assert kept == []


def test_a_store_that_is_away_is_told_to_the_sender_and_the_next_try_is_taken(
    door: Callable[..., Post], kept: list[Delivery]
) -> None:
    post = door(fails=1)
    refused = post()
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    assert kept == []
    assert post().status_code == 202


def test_too_fast_is_told_with_the_seconds_to_wait(door: Callable[..., Post]) -> None:
    post = door(intake_per_second=2)
    codes = [post(body={**HELLO, "external_id": str(number)}).status_code for number in range(40)]
    assert codes[:2] == [202, 202]
    assert 429 in codes
    forged = door(intake_per_second=1)
    assert [forged(headers={}).status_code for _ in range(5)] == [401] * 5
    assert forged(body={**HELLO, "external_id": "x"}).status_code == 202, "whoever cannot sign uses up nobody's share"


def test_a_bucket_holds_a_second_and_refills_evenly() -> None:
    now = [0.0]
    pace = Pace(10, clock=lambda: now[0])
    assert [pace.wait("a") > 0 for _ in range(11)] == [False] * 10 + [True]
    assert pace.wait("b") == 0
    now[0] = 0.1
    assert pace.wait("a") == 0
    assert pace.wait("a") == pytest.approx(0.1)


def test_what_comes_together_is_kept_together_and_each_is_told_its_own() -> None:
    batches: list[int] = []

    def keep(deliveries: Sequence[Delivery]) -> list[bool]:
        batches.append(len(deliveries))
        return [one.digest != "7" for one in deliveries]

    async def run() -> list[bool]:
        gathering = Gathering(keep)
        return await asyncio.gather(*(gathering.put(Delivery("a", str(number), ())) for number in range(100)))

    fresh = asyncio.run(run())
    assert [at for at, new in enumerate(fresh) if not new] == [7]
    assert sum(batches) == 100
    assert len(batches) <= 3


def test_more_than_can_wait_is_turned_away() -> None:
    async def run() -> None:
        gathering = Gathering(lambda deliveries: [True] * len(deliveries), most=1)
        first = asyncio.ensure_future(gathering.put(Delivery("a", "1", ())))
        await asyncio.sleep(0)
        with pytest.raises(TooBusy):
            await gathering.put(Delivery("a", "2", ()))
        assert await first

    asyncio.run(run())


def test_a_source_without_a_known_format_or_with_a_short_secret_is_refused_at_the_start() -> None:
    with pytest.raises(ValidationError, match="give its format"):
        IntakeSettings(intake_sources={"helpdesk": {"secret": SECRET}})
    with pytest.raises(ValidationError) as told:
        IntakeSettings(intake_sources={"zendesk": {"secret": "short"}})
    assert "short" not in str(told.value).replace("too_short", "").replace("at least", "")
    assert SECRET not in repr(IntakeSettings(intake_sources={"zendesk": {"secret": SECRET}}))
