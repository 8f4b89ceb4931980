"""The whole loop by hand in a real browser: a theme is given away, asks, is answered, echoed, rated, asked about, decided on.

What happened in the weeks before is planted with its days; today is played on pages alone, but for the two things that no
page does: the daily `earshot ledger ask`, and a conversation that comes in. By hand, with customers in brackets:

| theme | team | first heard | owned | asked | answered | then |
|---|---|---|---|---|---|---|
| wrong name (5) | Payments | -40 | -38 | -38 | -35 accepted, it takes | due on -10, not out: broken |
| late deposit (5) | Payments | -36 | -34 | -34 | -32 accepted, it gives | due in 5 days, out today: kept |
| app crashes (5) | Mobile | -22 | -20 | -20 | | due on -13: 13 days late |
| charged twice (5) | Payments | -8 | 0 | 0 | 0 accepted, it gives | rated by three; the review acts on it |
| student price (5) | Payments | -8 | 0 | 0 | 0 declined | |
| cannot pause (5) | Payments | -8 | 0 | 0 | 0 need evidence | a question, answered by Ada |
| brake squeals (5) | Riding | -8 | 0 | 0 | 0 tried before | |
| scooter beeps (10) | nobody, then Mobile | -8 | 0 | 0 | | due in 7 days |

Five agents wrote notes; Eve's are about the app alone, which nobody answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from insights import migrate
from insights.delivery.writer import Home, write
from insights.listening import answers, asking, echo, ledger
from insights.listening.ledger import AnswerKind, Value
from insights.store import Store
from insights.trust import people
from pipelines.cli.app import app
from tests.dashboard.browser import Tab, Tabs
from tests.dashboard.conftest import Served, serving
from tests.dashboard.planted import Planted
from tests.insights.loop import AGENTS, Company, found, key_of, told
from tests.insights.notes import analysis, feedback, signal

pytestmark = pytest.mark.browser
expect = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install playwright").expect
NOW = datetime.now(UTC)
DAY = timedelta(days=1)
FIVE = (*AGENTS, "Ada")


@pytest.fixture(scope="module")
def themes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """The weeks before today."""
    path = tmp_path_factory.mktemp("loop") / "earshot.db"
    migrate.upgrade(f"sqlite:///{path}")
    with Store(f"sqlite:///{path}") as store:
        company = found(store, (*AGENTS, "Eve"))
        ids = {
            "wrong name": _answered(company, "wrong name", -40, asked=-38, answered=-35, due=-10, value=Value.TAKING),
            "late deposit": _answered(company, "late deposit", -36, asked=-34, answered=-32, due=5, value=Value.GIVING),
            "app crashes": told(store, "app crashes", ["Eve"] * 5, product="App", at=NOW - 22 * DAY),
        }
        asking.ask_due(store, NOW - 20 * DAY)
        for name, product in (
            ("charged twice", "Billing"),
            ("student price", "Billing"),
            ("cannot pause", "Billing"),
            ("brake squeals", "Bikes"),
        ):
            ids[name] = told(store, name, FIVE, product=product, at=NOW - 8 * DAY)
        ids["scooter beeps"] = told(store, "scooter beeps", FIVE * 2, product="Scooter", at=NOW - 8 * DAY)
    return path, ids


def _answered(company: Company, name: str, heard: int, *, asked: int, answered: int, due: int, value: Value) -> int:
    theme = told(company.store, name, FIVE, at=NOW + heard * DAY)
    asking.ask_due(company.store, NOW + asked * DAY)
    answers.answer(
        company.store, theme, AnswerKind.ACCEPTED, "It hurts too many", by=company.lead("Payments"), at=NOW + answered * DAY,
        change="It works as people expect", due=(NOW + due * DAY).date(), value=value,
    )  # fmt: skip
    return theme


@pytest.fixture(scope="module")
def board(themes: tuple[Path, dict[str, int]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving((themes[0], Planted(themes[1], 0, 0)), tmp_path_factory.mktemp("served")) as served:
        yield served


def test_the_loop_played_on_pages_ends_in_the_numbers_worked_out_by_hand(
    tab: Tabs, board: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EARSHOT_DATABASE_URL", board.store.url)
    seen = tab()
    admin, payments, riding = (
        Hand(seen, board, name) for name in ("", "Payments lead, team owner", "Riding lead, team owner")
    )
    agents = [Hand(seen, board, f"{name}, agent") for name in AGENTS[:3]]
    _nobodys_theme_gets_an_owner(admin)
    asked = CliRunner().invoke(app, ["ledger", "ask"])
    assert "5 themes ask" in asked.output, asked.output
    _owners_answer(payments, riding)
    _the_agent_answers_the_question(agents[0], *_conversations_come_in(board))
    _agents_hear_and_rate(agents)
    _the_review_decides(payments, agents[1])
    _listening_is_as_worked_out(seen)
    _litmus_is_as_worked_out(seen)
    verified = CliRunner().invoke(app, ["ledger", "verify"])
    # 8 asks, 6 answers, 1 change shipped, 1 answer of an agent, 1 decision of a review
    assert verified.output.startswith("17 entries, all as they were written"), verified.output
    with Store(board.store.url, read_only=True) as store:
        assert echo.missing(store) == 0
        assert ledger.check(store).whole
    seen.kept_to_itself()


def _nobodys_theme_gets_an_owner(admin: Hand) -> None:
    admin.open("/listening")
    assert "1 theme that weighs enough to ask belongs to nobody" in admin.page.inner_text(".sayline")
    admin.theme("scooter beeps")
    admin.page.get_by_role("button", name="Whose it is").click()
    admin.choose("Part of the offering", "policy")
    admin.choose("Which team causes it", "Payments")
    admin.choose("Which team pays for it", "Riding")
    admin.press("Keep", "caused by Payments")
    admin.choose("Give it to a team", "Mobile")
    admin.press("Give", "Mobile owns it now.")
    for fact in ("owned by Mobile", "caused by Payments", "paid for by Riding"):
        assert fact in admin.told()


def _owners_answer(payments: Hand, riding: Hand) -> None:
    payments.theme("charged twice")
    payments.page.get_by_label("If accepted: what customers will notice").fill("One charge only")
    payments.choose("Whom it serves", "It gives to customers")
    payments.answer("Accept", "It hurts too many riders")
    assert "One charge only" in payments.page.inner_text(".owed")
    payments.theme("student price").answer("Decline", "It would cost more than it brings")
    payments.theme("cannot pause").answer("Need evidence", "We do not know for how long")
    payments.page.get_by_label("Question", exact=True).fill("For how many months?")
    payments.page.get_by_label("Ready answers, separated by commas").fill("One month, Three months")
    payments.press("Ask", "It waits for the next conversation about this.")
    payments.theme("late deposit").page.get_by_label("What customers notice now").fill("It is back on the same day")
    payments.press("The change is out", "the promise is kept")
    assert "the promise is broken" in payments.theme("wrong name").page.inner_text(".owed")
    refused = "only members and deputies of Riding answer for it"
    payments.theme("brake squeals").answer("Decline", "We tried it last year", refused)
    riding.theme("brake squeals").answer("Tried before", "We tried it last year")


def _conversations_come_in(board: Served) -> tuple[str, str]:
    """The next one, about another theme, and the one after it, about the theme of the question; return their ids."""
    ids = []
    with Store(board.store.url) as store:
        for words, theme in (("charged me two times", "charged twice"), ("no way to pause in winter", "cannot pause")):
            now = datetime.now(UTC)
            said = feedback(words, words, agent_key=key_of("Ada"), product="Billing", occurred_at=now)
            write(store, [analysis(said, [signal(words)])], [[Home(board.store.id(theme), 0.9)]], received_at=now)
            ids.append(said.id)
    return ids[0], ids[1]


def _the_agent_answers_the_question(ada: Hand, other: str, note: str) -> None:
    ada.open(f"/desk?note={other}")
    assert "charged me two times" in ada.told()
    assert "For how many months?" not in ada.told()
    ada.open(f"/desk?note={note}")
    assert "Payments lead asks: For how many months?" in ada.told()
    ada.press("Three months", "It stands with the theme now.")
    ada.theme("cannot pause")
    assert "Three months" in ada.page.inner_text("table >> nth=0")
    assert "An agent answered the team’s question" in ada.page.inner_text(".log")
    assert "Ada" not in ada.page.inner_text(".log")


def _agents_hear_and_rate(agents: list[Hand]) -> None:
    theme = agents[0].board.store.id("charged twice")
    for agent in agents:
        name = agent.name.split(",")[0]
        assert "is shown from 3 raters on" in agent.theme("charged twice").told(), f"before {name} votes"
        with Store(agent.board.store.url, read_only=True) as store:
            person = next(one for one in people.all(store) if one.name == name)
            (mine,) = [one for one in echo.of_person(store, person) if one.theme_id == theme]
        notes = "Your 2 notes" if name == "Ada" else "Your note"
        assert f"{notes}: accepted by Payments, change due" in agent.open("/my_notes").told()
        agent.page.locator(f".st-key-say-{mine.id}").get_by_role("radio", name="It fits").click()
        agent.page.get_by_text("Counted.").wait_for()
        agent.seen.settled().page.get_by_role("button", name="I have read these").click()
        agent.page.wait_for_function("() => !document.querySelector('.echo.new')")
    assert "Agents say 5.0 of 5, 3 raters." in agents[0].theme("charged twice").told()


def _the_review_decides(payments: Hand, ben: Hand) -> None:
    payments.open("/review").page.get_by_role("button", name="Open the review").click()
    item = payments.page.locator("[class*=st-key-item-]", has_text="charged twice").first
    item.wait_for()
    payments.seen.settled()
    if item.get_by_role("radio", name="Act").count() == 0:
        item.get_by_role("button", name="Decide").click()
        item.get_by_role("radio", name="Act").wait_for()
    item.get_by_role("radio", name="Act").click()
    item.get_by_label("Reason").fill("It goes out with the next version")
    item.get_by_role("button", name="Record decision").click()
    payments.page.get_by_text("The evidence is kept as it was seen.").wait_for()
    payments.theme("charged twice")
    assert "The weekly review decided: act, Payments" in payments.page.inner_text(".log li >> nth=0")
    payments.page.get_by_role("link", name="The review of the week of").click()
    payments.page.wait_for_url("**/review?week=*")
    payments.page.get_by_text("It goes out with the next version").first.wait_for()
    assert "the weekly review decided to act by Payments" in ben.open("/my_notes").told()


def _listening_is_as_worked_out(seen: Tab) -> None:
    seen.open("/listening")
    said = seen.page.inner_text(".sayline")
    assert "Of 7 themes that asked for an answer, 6 were heard in time. 1 answer is overdue, and 0 themes" in said
    rows = [" ".join(row.split()) for row in seen.page.locator(".row.lt").all_inner_texts()]
    mobile, payments, riding = (next(row for row in rows if team in row) for team in ("Mobile", "Payments", "Riding"))
    for row, facts in (
        (mobile, ("0 of 1", "10 days", "none yet", "shown from 3 raters on", "1")),
        (payments, ("5 of 5", "0 days", "3 accepted, 1 declined, 1 asked for evidence", "5.0", "3 raters", "none")),
        (payments, ("promises: 1 open, 1 kept, 1 broken",)),
        (riding, ("1 of 1", "0 days", "1 tried before", "shown from 3 raters on", "none")),
    ):
        assert [fact for fact in facts if fact not in row] == [], row
    assert "13 days late" in seen.page.inner_text(".st-key-over")


def _litmus_is_as_worked_out(seen: Tab) -> None:
    names, figures = (seen.page.locator(f".lrow {one}").all_inner_texts() for one in (".t2", ".n b"))
    found_on_page = dict(zip(names, figures, strict=True))
    assert found_on_page == {
        "Decisions that care’s notes stand behind": "7 of 7",
        "Days from the first note until it was seen as a theme": "0 days",
        "Days from the first note until it was owned": "8 days",
        "Days from the first note until it was answered": "8 days",
        "Days from the first note until it was changed": "36 days",
        "Agents whose notes reached a decision": "4 of 5",
        "Answers that care had a say on": "1 of 6",
        "Review decisions with care’s voice in them": "1 of 1",
        "Changes that give to customers": "2 of 3",
        "Themes in nobody’s land": "0 of 1",
    }
    seen.page.get_by_role("link", name="Open the rows behind: Changes that give to customers").click()
    seen.page.wait_for_url("**/litmus?figure=*")
    rows = seen.settled().page.locator("[class*=st-key-row-figure-]").all_inner_texts()
    assert sorted(" ".join(row.split()).split(" theme")[0] for row in rows) == [
        "charged twice",
        "late deposit",
        "wrong name",
    ]
    assert [("not counted" in row) for row in rows] == [False, False, True]


@dataclass(frozen=True)
class Hand:
    """One person at the board; a page that is opened anew asks again who is working."""

    seen: Tab
    board: Served
    name: str = ""

    @property
    def page(self) -> Any:
        return self.seen.page

    def open(self, path: str) -> Hand:
        self.seen.open(path)
        if self.name:
            self.page.get_by_role("combobox", name="Working as").click()
            self.page.get_by_role("option", name=self.name).click()
            expect(self.page.get_by_role("combobox", name="Working as")).to_have_value(self.name)
            self.seen.settled()
        return self

    def theme(self, name: str) -> Hand:
        """Open what a theme was asked and answered."""
        self.open(f"/ledger?id={self.board.store.id(name)}")
        assert self.seen.title() == name
        return self

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_role("combobox", name=label).click()
        self.page.get_by_role("option", name=option, exact=True).click()

    def press(self, button: str, told: str) -> None:
        """Press a button, and wait for what the page says of it."""
        self.page.get_by_role("button", name=button, exact=True).click()
        self.page.get_by_text(told).first.wait_for()
        self.seen.settled()

    def answer(self, kind: str, reason: str, told: str = "The authors of its notes have been told.") -> None:
        self.page.get_by_role("radio", name=kind).click()
        self.page.get_by_label("Reason", exact=True).fill(reason)
        self.press("Record answer", told)

    def told(self) -> str:
        return self.seen.main()
