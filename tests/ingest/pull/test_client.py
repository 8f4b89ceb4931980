"""A pull waits as it is told, mends what a second try mends, and ends with a clear word where none would."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import httpx
import pytest

from ingest.pull.client import Client, PullFailed

NOW = 1_800_000_000.0


def client_of(answers: list[httpx.Response | Exception], waits: list[float], **given: Any) -> Client:
    def handle(request: httpx.Request) -> httpx.Response:
        del request
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    made = Client("https://desk.example", sleep=waits.append, clock=lambda: NOW, **given)
    made._http = httpx.Client(base_url="https://desk.example", transport=httpx.MockTransport(handle))
    return made


Answer = Callable[[], httpx.Response]
FINE = {"a": 1}


@pytest.mark.parametrize(
    ("headers", "status", "seconds"),
    [
        ({"retry-after": "17"}, 429, 17.0),
        ({"retry-after": formatdate(NOW + 40, usegmt=True)}, 503, 40.0),
        ({"x-ratelimit-reset": str(int(NOW) + 25)}, 429, 25.0),
        ({"ratelimit-reset": "9"}, 429, 9.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW) + 60)}, 403, 60.0),
    ],
)
def test_it_waits_as_long_as_it_is_told(headers: dict[str, str], status: int, seconds: float) -> None:
    waits: list[float] = []
    answers: list[httpx.Response | Exception] = [
        httpx.Response(status, headers=headers),
        httpx.Response(200, json=FINE),
    ]
    assert client_of(answers, waits).get("/x").document == FINE
    assert waits == [seconds]


def test_without_a_word_it_waits_longer_each_time() -> None:
    waits: list[float] = []
    bad: list[httpx.Response | Exception] = [
        httpx.Response(500),
        httpx.Response(502),
        httpx.ConnectError("gone"),
        httpx.ReadTimeout("slow"),
        httpx.Response(200, content=b'{"half'),
    ]
    assert client_of([*bad, httpx.Response(200, json=FINE)], waits).get("/x").document == FINE
    assert len(waits) == 5
    assert all(2**at / 2 <= wait <= 2**at for at, wait in enumerate(waits))


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "user or token"),
        (403, "user or token"),
        (404, "not there"),
        (302, "leads elsewhere"),
        (400, "refuses the question"),
    ],
)
def test_what_will_not_mend_itself_is_said_at_once(status: int, said: str) -> None:
    waits: list[float] = []
    with pytest.raises(PullFailed, match=said) as told:
        client_of([httpx.Response(status)], waits).get("/x", api_key="secret")
    assert waits == []
    assert "secret" not in str(told.value)


def test_patience_ends() -> None:
    waits: list[float] = []
    answers: list[httpx.Response | Exception] = [httpx.Response(429, headers={"retry-after": "50"}) for _ in range(9)]
    with pytest.raises(PullFailed, match="goes on where it stopped"):
        client_of(answers, waits, patience=120.0).get("/x")
    assert sum(waits) <= 120
