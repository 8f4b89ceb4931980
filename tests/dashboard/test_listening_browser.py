"""The loop in a real browser, after a quarter at Finchwheel: pages whole, and a team that was deaf answers at last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest

from insights import migrate
from insights.listening import echo, ledger
from insights.listening.cases import State, cases
from insights.store import Store
from insights.trust import people
from tests.dashboard.browser import WIDTHS, Tabs
from tests.dashboard.conftest import Served, serving
from tests.dashboard.planted import Planted
from tests.pipelines import quarter

pytestmark = pytest.mark.browser
TODAY = datetime.now(UTC).date()
MONDAY = datetime.combine(TODAY - timedelta(days=TODAY.weekday()), time(), UTC)
PAGES = {
    "themes-owned": "/",
    "theme-owned": "/theme?id=1",
    "listening": "/listening",
    "owners": "/owners",
    "owner": "/owners?team=1",
    "ledger": "/ledger?id=1",
    "litmus": "/litmus?figure=0",
    "staff": "/staff",
}


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A board over the store that a quarter, ended last Monday, left behind."""
    path = tmp_path_factory.mktemp("quarter") / "earshot.db"
    migrate.upgrade(f"sqlite:///{path}")
    with pytest.MonkeyPatch.context() as patched, Store(f"sqlite:///{path}") as store:
        patched.setattr(quarter, "END", MONDAY)
        quarter.play(store)
    with serving((path, Planted({}, 0, 0)), tmp_path_factory.mktemp("served")) as served:
        yield served


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", list(WIDTHS))
def test_pages_are_whole_quiet_and_keep_to_themselves(tab: Tabs, width: str, scheme: str) -> None:
    seen = tab(width, scheme)
    for name, path in PAGES.items():
        seen.look(name, path)
    seen.kept_to_itself()


def test_a_deaf_team_answers_at_last_and_the_authors_hear_of_it(tab: Tabs, board: Served) -> None:
    seen = tab().open("/listening")
    assert "12 answers are overdue" in seen.page.inner_text(".sayline")
    seen.page.get_by_role("combobox", name="Working as").click()
    seen.page.get_by_role("option", name="Repairs lead").click()
    seen.settled()
    seen.page.get_by_role("link", name="repair-takes-weeks", exact=True).first.click()
    seen.page.wait_for_url("**/ledger?id=*")
    assert seen.settled().title() == "repair-takes-weeks"
    theme = int(seen.page.url.split("id=")[1])
    seen.page.get_by_role("radio", name="Decline").click()
    seen.settled()
    seen.page.get_by_label("Reason", exact=True).fill("We have no second mechanic this year")
    seen.page.get_by_role("button", name="Record answer").click()
    seen.page.get_by_text("The authors of its notes have been told.").wait_for()
    seen.settled()
    assert "Repairs lead" in seen.page.inner_text(".log li >> nth=0")
    with Store(board.store.url, read_only=True) as store:
        (ask,) = [one for one in cases(store) if one.theme_id == theme]
        assert ask.state(TODAY) is State.DECLINED
        assert ledger.check(store).whole
        assert echo.missing(store) == 0
        agent = next(one for one in people.all(store) if one.agent_key == "A01")
        assert echo.of_person(store, agent)[0].reason == "We have no second mechanic this year"
    seen.page.get_by_role("link", name="Listening").first.click()
    seen.page.wait_for_url("**/listening")
    assert "11 answers are overdue" in seen.settled().page.inner_text(".sayline")
    assert seen.errors == []
