"""The weekly review in a real browser: decided by keyboard alone, printed, and last week's as it was seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from insights.review import opportunity_edits, reviewing, reviews
from insights.review.agenda import Reason
from insights.review.opportunities import NodeKind, State
from insights.review.reviewing import Choice
from insights.review.reviews import Review, Verdict
from insights.store import Store
from insights.trust import people
from insights.trust.people import Person
from tests.dashboard.browser import SCREENS, WIDTHS, Tabs
from tests.dashboard.conftest import Served, serving
from tests.dashboard.planted import HOSTILE, SUBJECTS, Planted

pytestmark = pytest.mark.browser
NOW = datetime.now(UTC)
THEN = NOW - timedelta(weeks=1)
LOCK, PASS, RACKS, CODE = (SUBJECTS[at].name for at in (0, 3, 4, 7))


@pytest.fixture(scope="module")
def board(planted_file: tuple[object, Planted], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A board of our own with last week's review, this week's, and a tree."""
    with serving(planted_file, tmp_path_factory.mktemp("review")) as served:  # type: ignore[arg-type]
        with Store(served.store.url) as store:
            ada = people.local(store)
            _last_week(store, ada)
            reviewing.open_week(store, by=ada, at=NOW)
            _tree(store, ada, served.store.planted.ids)
        yield served


def held(store: Store, at: datetime) -> Review:
    found = reviews.review(store, at.date(), at.date())
    assert found is not None
    return found


def _last_week(store: Store, ada: Person) -> None:
    reviewing.open_week(store, by=ada, at=THEN)
    by = {item.evidence.name: item.id for item in held(store, THEN).items}
    due = THEN.date() + timedelta(days=20)
    choices = {
        LOCK: Choice(Verdict.ACT, "The money goes back by itself when the lock stays shut.", "Bikes", due),
        RACKS: Choice(Verdict.TRY, "If calls about full racks fall by a third, we build it.", "App", due),
    }
    for name, choice in choices.items():
        if name in by:
            reviewing.decide(store, by[name], choice, by=ada, at=THEN)
    reviewing.close(store, held(store, THEN).id, by=ada, at=THEN + timedelta(hours=1), carry_rest=True)


def _tree(store: Store, ada: Person, ids: dict[str, int]) -> None:
    outcome = opportunity_edits.add(store, NodeKind.OUTCOME, "Fewer calls per ride", by=ada, at=NOW)
    for theme, solution, trial in (
        (LOCK, "Money back by itself", "Two stations, four weeks"),
        (RACKS, "Free places on the map", ""),
    ):
        node = opportunity_edits.add(store, NodeKind.THEME, under=outcome, theme_id=ids[theme], by=ada, at=NOW)
        made = opportunity_edits.add(store, NodeKind.SOLUTION, solution, under=node, owner="Bikes", by=ada, at=NOW)
        if trial:
            tried = opportunity_edits.add(store, NodeKind.EXPERIMENT, trial, under=made, by=ada, at=NOW)
            opportunity_edits.change(store, tried, state=State.RUNNING, note="a third fewer calls", by=ada, at=NOW)
    opportunity_edits.add(store, NodeKind.THEME, under=outcome, theme_id=ids[HOSTILE], by=ada, at=NOW)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", list(WIDTHS))
def test_pages_are_whole_quiet_and_keep_to_themselves(tab: Tabs, width: str, scheme: str) -> None:
    week = (THEN - timedelta(days=THEN.weekday())).date().isoformat()
    pages = {
        "review": "/review",
        "review-past": f"/review?week={week}",
        "review-print": f"/review?week={week}&print=1",
        "tree": "/tree?node=2",
    }
    seen = tab(width, scheme, 1500)
    for name, path in pages.items():
        seen.look(name, path)
    seen.kept_to_itself()


def test_an_item_is_decided_by_keyboard_alone_and_the_next_opens(tab: Tabs, board: Served) -> None:
    with Store(board.store.url, read_only=True) as store:
        first, second, *_ = sorted(held(store, NOW).undecided, key=lambda item: list(Reason).index(item.reason))
    seen = tab().open("/review")
    form = seen.page.locator(f".st-key-item-{first.id} [data-testid=stForm]")
    seen.page.get_by_role("button", name="Print view").or_(seen.page.get_by_role("link", name="Print view")).focus()
    for _ in range(40):
        seen.page.keyboard.press("Tab")
        if form.evaluate("one => one.contains(document.activeElement)"):
            break
    assert form.evaluate("one => one.contains(document.activeElement)")
    for _ in range(3):
        seen.page.keyboard.press("ArrowRight")
    seen.page.keyboard.press("Space")
    for _ in range(8):
        seen.page.keyboard.press("Tab")
        if seen.page.evaluate("() => document.activeElement.placeholder") == "One sentence the agents will read":
            break
    seen.page.keyboard.type("It costs more than it brings")
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector(f".st-key-item-{first.id} .done")
    seen.settled()
    assert "It costs more than it brings" in seen.page.inner_text(f".st-key-item-{first.id} .done")
    assert seen.page.locator(f".st-key-item-{second.id} [data-testid=stForm]").count() == 1
    with Store(board.store.url, read_only=True) as store:
        made = next(item.decision for item in held(store, NOW).items if item.id == first.id)
    assert made is not None
    assert made.verdict is Verdict.DECLINE
    assert made.evidence.quotes
    assert seen.errors == []


def test_every_earlier_review_is_one_link_away_and_the_minutes_are_a_file(tab: Tabs) -> None:
    seen = tab().open("/review")
    seen.page.locator(".st-key-weeks a").first.click()
    seen.page.wait_for_url("**/review?week=*")
    assert "As it was seen on" in seen.settled().page.inner_text(".notice")
    seen.page.get_by_role("button", name="Export").click()
    seen.page.add_init_script("delete window.showSaveFilePicker")
    with seen.page.expect_download() as waited:
        seen.page.get_by_role("button", name="Minutes as MD").click()
    assert waited.value.suggested_filename.startswith("review-")
    text = waited.value.path().read_text(encoding="utf-8")
    assert text.startswith("# Review, week of")
    assert f"### {LOCK}" in text


def test_a_theme_is_put_on_the_agenda_from_its_own_page(tab: Tabs, board: Served) -> None:
    parked = board.store.id(SUBJECTS[1].name)
    seen = tab().open(f"/theme?id={parked}")
    assert "Not on an agenda yet" in seen.main()
    seen.page.get_by_role("button", name="Put on an agenda").click()
    seen.page.get_by_label("Why it belongs there").fill("Care hears it every day")
    seen.page.get_by_role("button", name="Put it there").click()
    seen.page.get_by_text("It is on the agenda.").wait_for()
    with Store(board.store.url, read_only=True) as store:
        item = next(one for one in held(store, NOW).items if one.theme_id == parked)
    assert (item.reason, item.why) == (Reason.WISHED, "Care hears it every day")
    seen.open("/review")
    assert "Care hears it every day" in seen.main()
    seen.kept_to_itself()


def test_what_was_decided_stands_on_the_theme(tab: Tabs, board: Served) -> None:
    seen = tab().open(f"/theme?id={board.store.id(LOCK)}")
    assert "The money goes back by itself when the lock stays shut." in seen.main()
    seen.page.locator(".st-key-link-reviews a").last.click()
    seen.page.wait_for_url("**/review?week=*")
    assert "As it was seen on" in seen.settled().main()


def test_paper_shows_the_agenda_and_no_control(tab: Tabs) -> None:
    seen = tab(height=1500).open("/review?print=1")
    seen.page.emulate_media(media="print")
    seen.page.screenshot(path=SCREENS / "review-paper.png")
    assert seen.page.locator(".row.it").first.is_visible()
    for gone in ("[data-testid=stSidebar]", ".st-key-revtools", "[data-testid=stForm]"):
        assert not seen.page.locator(gone).first.is_visible() or seen.page.locator(gone).count() == 0
    seen.page.pdf(path=SCREENS / "review.pdf")


def test_a_line_of_the_tree_is_chosen_and_grows_by_keyboard(tab: Tabs) -> None:
    seen = tab().open("/tree")
    seen.page.get_by_role("link", name="outcome: Fewer calls per ride").focus()
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_url("**/tree?node=*")
    seen.settled()
    seen.page.get_by_role("link", name="solution: Free places on the map").click()
    seen.settled()
    field = seen.page.get_by_label("In a few words").first
    field.fill("Three racks in spring")
    field.press("Enter")
    seen.page.wait_for_selector("text=Added: Three racks in spring")
    assert seen.settled().page.get_by_role("link", name="experiment: Three racks in spring").count() == 1
    assert seen.errors == []
