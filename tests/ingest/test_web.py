"""Protects talking to other systems: patience where it helps, no second copy where it would harm, no secret in a message."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ingest.web import NotFound, Outside, OutsideError, Patience


class Standin(ThreadingHTTPServer):
    """Answers with what it was told to answer, in turn; keeps what it was asked."""

    answers: list[tuple[int, dict[str, str], str] | None]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = []
        self.asked: list[tuple[str, str, str]] = []

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Standin

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.server.asked.append((self.command, self.path, body))
        told = self.server.answers.pop(0)
        if told is None:
            self.connection.close()
            return
        status, headers, text = told
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_POST = _answer

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def standin() -> Iterator[Standin]:
    server = Standin()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def told(standin: Standin, waited: list[float], **more: object) -> Outside:
    return Outside(
        "The help desk",
        standin.base,
        {"Authorization": "Bearer top-secret"},
        wait=waited.append,
        **more,  # type: ignore[arg-type]
    )


def test_it_waits_as_long_as_it_is_asked_to(standin: Standin) -> None:
    waited: list[float] = []
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    standin.answers = [(429, {"Retry-After": "7"}, ""), (503, {"Retry-After": later}, ""), (200, {}, "[1]")]
    with told(standin, waited) as other:
        assert other.get("/tickets", page="2").json() == [1]
    assert [path for _, path, _ in standin.asked] == ["/tickets?page=2"] * 3
    assert waited[0] == 7
    assert 35 <= waited[1] <= 40


def test_without_a_word_it_waits_twice_as_long_each_time_and_then_says_so(standin: Standin) -> None:
    waited: list[float] = []
    standin.answers = [(500, {}, "")] * 4
    with (
        told(standin, waited, patience=Patience(times=4, longest=3)) as other,
        pytest.raises(OutsideError, match="The help desk answered 500, 4 times"),
    ):
        other.get("/tickets")
    assert waited == [1, 2, 3]


def test_a_question_that_broke_off_is_asked_again(standin: Standin) -> None:
    standin.answers = [None, (200, {}, "{}")]
    with told(standin, []) as other:
        assert other.get("/tickets").json() == {}


def test_what_is_written_is_never_written_twice(standin: Standin) -> None:
    for broken in (None, (500, {}, "oops")):
        standin.answers, standin.asked[:] = [broken, (200, {}, "{}")], []
        with told(standin, []) as other, pytest.raises(OutsideError):
            other.send("POST", "/issues", {"title": "x"})
        assert len(standin.asked) == 1
    standin.answers, standin.asked[:] = [(429, {}, ""), (201, {}, '{"id": 3}')], []
    with told(standin, []) as other:
        assert other.send("POST", "/issues", {"title": "x"}).json() == {"id": 3}
    assert [json.loads(body) for _, _, body in standin.asked] == [{"title": "x"}] * 2


@pytest.mark.parametrize(("status", "kind"), [(401, "token"), (403, "token"), (404, "knows no /x"), (422, "refused")])
def test_what_is_wrong_for_good_is_said_at_once_and_without_secrets(standin: Standin, status: int, kind: str) -> None:
    standin.answers = [(status, {}, "no such field")]
    with told(standin, []) as other, pytest.raises(OutsideError, match=kind) as raised:
        other.get("/x")
    assert isinstance(raised.value, NotFound) == (status == 404)
    assert "top-secret" not in str(raised.value)
    assert len(standin.asked) == 1


def test_nobody_there() -> None:
    nobody = Outside("The tracker", "http://127.0.0.1:9", {}, patience=Patience(times=2), wait=lambda _: None)
    with nobody as other, pytest.raises(OutsideError, match="cannot be reached"):
        other.get("/")
