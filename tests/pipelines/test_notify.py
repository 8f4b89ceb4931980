"""Protects notices: everybody hears in the rhythm they chose, over a real connection, and a repeated one can be told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from insights.listening import answers, asking, echo, notices
from insights.listening.ledger import AnswerKind
from insights.listening.notices import Quiet, Rhythm, Wish
from insights.settings import NoticeSettings
from insights.store import Store, StoreError
from insights.trust import audit
from pipelines.notify import Delivered, deliver
from tests.insights.loop import Company, found, told
from tests.insights.notes import NOW

DAY = timedelta(days=1)
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
"""Apprise 2.2 looks through all its plugins, and one of them asks for that."""


class Hook(ThreadingHTTPServer):
    """A webhook that remembers what it was sent, and refuses while ``down``."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.down = False
        super().__init__(("127.0.0.1", 0), Answer)

    @property
    def address(self) -> str:
        return f"json://127.0.0.1:{self.server_port}/"


class Answer(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers["Content-Length"]))
        if not self.server.down:
            self.server.got.append(json.loads(said))
        self.send_response(503 if self.server.down else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def answered(company: Company, name: str, days: int = 0) -> None:
    theme = told(company.store, name, ["Ada", "Ada", "Ben", "Cleo"])
    at = NOW + days * DAY
    asking.ask_due(company.store, at)
    lead = company.lead("Payments")
    answers.answer(company.store, theme, AnswerKind.DECLINED, "It is too dear to mend", by=lead, at=at)


def test_everybody_hears_in_their_own_rhythm_and_of_each_echo_once(store: Store, hook: Hook) -> None:
    company = found(store)
    for name, rhythm in (("Ada", Rhythm.AT_ONCE), ("Ben", Rhythm.WEEKLY), ("Cleo", Rhythm.DESK)):
        notices.wish(store, Wish(rhythm, "Hook"), by=company.people[name], at=NOW)
    channels = {"Hook": hook.address}
    answered(company, "charged twice")
    assert deliver(store, channels, NOW) == Delivered(1, 1, 0)
    assert deliver(store, channels, NOW) == Delivered(0, 0, 0)
    answered(company, "no invoice", 1)
    assert deliver(store, channels, NOW + DAY) == Delivered(1, 1, 0)
    assert deliver(store, channels, NOW + 7 * DAY) == Delivered(1, 1, 0)
    first, second, third = (one["message"] for one in hook.got)
    assert "Your 2 notes: declined by Payments." in first
    assert "charged twice" in first
    assert "charged twice" not in second
    assert "charged twice" in third
    assert "no invoice" in third
    assert len({one.splitlines()[-1] for one in (first, second, third)}) == 3


def test_what_a_channel_refuses_waits_and_keeps_its_id(store: Store, hook: Hook) -> None:
    company = found(store)
    notices.wish(store, Wish(Rhythm.AT_ONCE, "Hook"), by=company.people["Ada"], at=NOW)
    answered(company, "charged twice")
    hook.down = True
    assert deliver(store, {"Hook": hook.address}, NOW) == Delivered(1, 0, 1)
    assert deliver(store, {}, NOW) == Delivered(0, 0, 1)
    (waiting,) = notices.waiting(store)
    hook.down = False
    assert deliver(store, {"Hook": hook.address}, NOW) == Delivered(0, 1, 0)
    assert hook.got[0]["message"].endswith(f"Notice {waiting.id}")


def test_what_was_read_on_the_desk_is_not_sent(store: Store, hook: Hook) -> None:
    company = found(store)
    ada = company.people["Ada"]
    notices.wish(store, Wish(Rhythm.AT_ONCE, "Hook"), by=ada, at=NOW)
    answered(company, "charged twice")
    echo.read(store, [one.id for one in echo.of_person(store, ada)], by=ada, at=NOW)
    assert deliver(store, {"Hook": hook.address}, NOW) == Delivered(0, 0, 0)
    with pytest.raises(StoreError, match="channel"):
        notices.wish(store, Wish(Rhythm.DAILY, " "), by=ada, at=NOW)
    assert notices.wish_of(store, ada) == Wish(Rhythm.AT_ONCE, "Hook")


def test_nothing_goes_out_in_quiet_hours_and_all_of_it_after(store: Store, hook: Hook) -> None:
    company = found(store)
    ada, at = company.people["Ada"], NOW.replace(hour=20)
    quiet = Quiet(20, 7, "Europe/Berlin")
    notices.wish(store, Wish(Rhythm.AT_ONCE, "Hook", quiet), by=ada, at=NOW)
    answered(company, "charged twice")
    channels = {"Hook": hook.address}
    assert deliver(store, channels, at) == Delivered(0, 0, 0)
    hook.down = True
    morning = (at + DAY).replace(hour=6)
    assert deliver(store, channels, morning) == Delivered(1, 0, 1)
    hook.down = False
    assert deliver(store, channels, morning.replace(hour=22)) == Delivered(0, 0, 0), "what failed waits for the morning"
    assert hook.got == []
    assert deliver(store, channels, morning + DAY) == Delivered(0, 1, 0)
    assert len(hook.got) == 1


@given(some.integers(0, 23), some.integers(0, 23), some.integers(0, 23))
def test_quiet_hours_run_from_one_hour_to_the_other_also_over_midnight(start: int, until: int, hour: int) -> None:
    inside = [(start + step) % 24 for step in range((until - start) % 24)]
    assert Quiet(start, until).holds(NOW.replace(hour=hour)) == (hour in inside)


def test_a_wish_is_the_persons_own_and_audited_and_nonsense_is_refused(store: Store) -> None:
    company = found(store)
    ada = company.people["Ada"]
    notices.wish(store, Wish(Rhythm.DAILY, "Hook", Quiet(18, 8, "Asia/Tokyo")), by=ada, at=NOW)
    assert notices.wish_of(store, ada).quiet == Quiet(18, 8, "Asia/Tokyo")
    assert notices.wish_of(store, company.people["Ben"]) == notices.ON_THE_DESK
    assert audit.entries(store, limit=1)[0].action == "notices chosen"
    for bad in (Quiet(24, 0), Quiet(0, -1), Quiet(0, 7, "Mars/Olympus"), Quiet(0, 7, "../etc")):
        with pytest.raises(StoreError, match="quiet hours"):
            notices.wish(store, Wish(Rhythm.DAILY, "Hook", bad), by=ada, at=NOW)


def test_addresses_of_channels_never_print(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARSHOT_NOTICE_CHANNELS", '{"E-mail": "mailtos://u:secret@host?to={email}"}')
    settings = NoticeSettings()
    assert "secret" in settings.addresses["E-mail"]
    assert "secret" not in repr(settings) + str(settings.model_dump_json())
