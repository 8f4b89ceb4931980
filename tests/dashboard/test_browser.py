"""The board in a real browser, light and dark, wide and narrow: nothing breaks, nothing calls out, links work."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from insights.store import Store
from tests.dashboard.browser import CHART, WIDTHS, Tabs
from tests.dashboard.conftest import Served
from tests.dashboard.planted import HOSTILE, SUBJECTS, add_note

pytestmark = pytest.mark.browser
PAGES = {
    "themes": "/",
    "themes-table": "/?view=Table",
    "themes-map": "/?view=Map",
    "themes-grouped": "/?view=Grouped",
    "themes-worth": "/?view=Worth",
    "theme": "/theme?id={lock}",
    "notes": "/notes?theme={lock}",
    "explore": "/explore?find=paid",
    "explore-map": "/explore?explore=Map",
    "pipeline": "/pipeline",
    "admin": "/admin",
    "learning": "/learning",
    "nothing": "/?q=no+such+words&product=Bikes",
    "bad-link": "/theme?id=nope",
}
DRAWN = dict.fromkeys(("themes-table", "themes-map", "themes-worth", "theme", "explore-map", "pipeline"), CHART)
SELECTORS = (
    "stMainBlockContainer", "stSidebar", "stSidebarNavLink", "stSidebarNavItems", "stSidebarUserContent", "stSidebarHeader",
    "stHeader", "stPageLink", "stTextInputRootElement", "stElementContainer", "stPopoverButton", "stSidebarContent",
)  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", list(WIDTHS))
def test_pages_are_whole_quiet_and_keep_to_themselves(tab: Tabs, served: Served, width: str, scheme: str) -> None:
    seen = tab(width, scheme)
    for name, path in PAGES.items():
        seen.look(name, path.format(lock=served.store.id(SUBJECTS[0].name)), DRAWN.get(name, ""))
    seen.kept_to_itself()


def test_customers_text_never_becomes_markup(tab: Tabs, served: Served) -> None:
    seen = tab()
    hostile = served.store.id(HOSTILE)
    for path in (
        "/?q=onerror",
        "/?view=Table&q=onerror",
        "/?view=Map",
        f"/theme?id={hostile}",
        f"/notes?theme={hostile}",
    ):
        seen.open(path)
        assert seen.page.locator("[data-testid=stMain] img, [data-testid=stMain] script").count() == 0
        assert "example.org" not in " ".join(
            str(link.get_attribute("href")) for link in seen.page.locator("[data-testid=stMain] a").all()
        )
        assert seen.page.title() != "owned"
    assert seen.errors == []
    assert seen.elsewhere == []


def test_a_row_opens_its_theme_and_its_number_the_notes(tab: Tabs, served: Served) -> None:
    seen = tab().open("/?kind=Pains")
    lock = served.store.id(SUBJECTS[0].name)
    assert seen.rows()[0] == SUBJECTS[0].name
    seen.page.get_by_role("link", name=SUBJECTS[0].name, exact=True).click()
    seen.page.wait_for_url(f"**/theme?id={lock}")
    assert seen.settled().title() == SUBJECTS[0].name
    seen.page.locator(".st-key-crumb a").first.click()
    seen.page.wait_for_url("**/?kind=Pains")
    assert seen.settled().rows()[0] == SUBJECTS[0].name
    seen.page.locator(f".st-key-num-{lock} a").click()
    seen.page.wait_for_url(f"**/notes?theme={lock}")
    assert seen.settled().title() == f"All {sum(SUBJECTS[0].weeks)} notes"
    assert seen.errors == []


def test_a_row_opens_by_keyboard_and_shows_its_focus(tab: Tabs) -> None:
    seen = tab().open("/")
    link = seen.page.get_by_role("link", name=SUBJECTS[0].name, exact=True)
    seen.page.locator("[data-testid=stPopoverButton]").first.focus()
    for _ in range(12):
        seen.page.keyboard.press("Tab")
        if link.evaluate("one => one === document.activeElement"):
            break
    assert link.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    seen.page.keyboard.press("Enter")
    assert seen.page.wait_for_url("**/theme?id=*") is None
    assert seen.settled().title() == SUBJECTS[0].name


def test_numbers_and_themes_on_a_theme_page_open_and_write_the_address(tab: Tabs, served: Served) -> None:
    lock = served.store.id(SUBJECTS[0].name)
    seen = tab().open(f"/theme?id={lock}")
    seen.page.locator(".st-key-stat-customers a").click()
    seen.page.wait_for_url(f"**/notes?theme={lock}")
    assert seen.settled().title() == f"All {sum(SUBJECTS[0].weeks)} notes"
    seen.open(f"/theme?id={lock}").page.locator(".st-key-crumb a").nth(1).click()
    seen.page.wait_for_function("name => document.querySelector('h1.h1')?.innerText === name", arg=SUBJECTS[0].group)
    assert not seen.page.url.endswith(f"id={lock}")
    seen.page.get_by_role("link", name=SUBJECTS[0].name, exact=True).click()
    seen.page.wait_for_url(f"**/theme?id={lock}")
    assert seen.settled().title() == SUBJECTS[0].name
    assert seen.errors == []


def test_the_map_and_the_table_open_what_is_pressed(tab: Tabs) -> None:
    seen = tab().open("/?view=Map").settled()
    box = seen.page.locator("[data-testid=stMain] canvas").first.bounding_box()
    assert box is not None
    seen.page.mouse.click(box["x"] + 60, box["y"] + 80)
    seen.page.wait_for_url("**/theme?id=*")
    seen.open("/?view=Table").settled()
    box = seen.page.locator("[data-testid=stDataFrame] canvas").first.bounding_box()
    assert box is not None
    seen.page.mouse.click(box["x"] + 17, box["y"] + 52)
    seen.page.wait_for_url("**/theme?id=*")
    assert seen.settled().title() == SUBJECTS[0].name


def test_filters_write_themselves_into_the_link(tab: Tabs) -> None:
    seen = tab().open("/")
    seen.page.get_by_text("Suggestions", exact=True).click()
    seen.page.wait_for_url("**/?kind=Suggestions")
    find = seen.page.get_by_placeholder("Find a theme")
    find.fill("winter")
    find.press("Enter")
    seen.page.wait_for_url("**q=winter*")
    copied = seen.settled().page.url
    other = tab()
    other.page.goto(copied)
    other.settled()
    assert other.rows() == seen.rows() == ["Let me pause my pass over the winter"]
    assert other.page.get_by_placeholder("Find a theme").input_value() == "winter"


def test_the_browsers_back_keeps_the_filters(tab: Tabs, served: Served) -> None:
    lock = served.store.id(SUBJECTS[0].name)
    seen = tab().open("/?kind=Pains&product=Bikes&time=Last+12+weeks")
    listed = seen.rows()
    assert listed == [SUBJECTS[0].name, SUBJECTS[1].name]
    seen.page.get_by_role("link", name=SUBJECTS[0].name, exact=True).click()
    seen.page.wait_for_url("**/theme?id=*")
    seen.settled().page.go_back()
    seen.page.wait_for_url("**/?kind=Pains*")
    assert seen.settled().rows() == listed
    seen.page.locator(f".st-key-num-{lock} a").click()
    seen.page.wait_for_url("**/notes?**")
    assert "Only Product: Bikes" in seen.settled().main()
    seen.page.go_back()
    seen.page.wait_for_url("**/?kind=Pains*")
    assert seen.settled().rows() == listed
    assert seen.errors == []


def test_a_search_is_typed_shared_and_opened_from_the_map(tab: Tabs) -> None:
    seen = tab().open("/explore")
    find = seen.page.get_by_placeholder("Words, or")
    find.fill("snow")
    find.press("Enter")
    seen.page.wait_for_url("**find=snow*")
    assert "notes say it" in seen.settled().page.inner_text("[data-testid=stMain] .sub")
    marks = {" ".join(text.lower().split()) for text in seen.page.locator("mark.m-hit").all_inner_texts()}
    assert marks == {"found: snow (end)"}
    other = tab().open("/explore?find=snow")
    assert other.page.locator("figure.q").all_inner_texts() == seen.page.locator("figure.q").all_inner_texts()
    seen.open("/explore?explore=Map").page.wait_for_selector(CHART)
    box = seen.settled().page.locator("[data-testid=stMain] canvas").first.bounding_box()
    assert box is not None
    seen.page.mouse.click(box["x"] + box["width"] - 86, box["y"] + 17)
    seen.page.mouse.move(box["x"] + 5, box["y"] + 40)
    seen.page.mouse.down()
    seen.page.mouse.move(box["x"] + box["width"] - 5, box["y"] + box["height"] - 5, steps=8)
    seen.page.mouse.up()
    seen.page.wait_for_selector("figure.q", timeout=20000)
    assert "Marked" in seen.settled().main()
    assert seen.errors == []


def test_a_theme_is_renamed_and_the_change_taken_back(tab: Tabs, served: Served) -> None:
    racks = SUBJECTS[4].name
    seen = tab().open(f"/theme?id={served.store.id(racks)}")
    for item, fields, verb in (
        ("Rename…", {"New name": "Say which racks are free"}, "Rename"),
        ("Undo last change…", {}, "Undo"),
    ):
        seen.page.get_by_role("button", name="Change", exact=True).click()
        seen.page.get_by_role("button", name=item).click()
        dialog = seen.page.get_by_role("dialog")
        for label, value in {**fields, "Why": "tried in a test"}.items():
            field = dialog.get_by_label(label)
            field.fill(value)
            field.press("Tab")
            seen.settled()
        dialog.get_by_role("button", name=verb, exact=True).click()
        wanted = fields.get("New name", racks)
        seen.page.wait_for_function("name => document.querySelector('h1.h1')?.innerText === name", arg=wanted)
        seen.settled()
    assert "tried in a test" in seen.page.inner_text(".log")
    assert seen.errors == []


def test_numbers_follow_the_stream_without_a_click(tab: Tabs, served: Served) -> None:
    seen = tab().open("/")
    before = int(re.sub(r"\D", "", seen.page.inner_text("[data-testid=stMain] .sub").split(" notes")[0]))
    with Store(served.store.url) as store:
        add_note(store, f"live-{before}", "And {pain|it stays shut again}.", datetime.now(UTC))
    seen.page.wait_for_function(
        f"() => document.querySelector('[data-testid=stMain] .sub').innerText.startsWith('{before + 1} notes')",
        timeout=15000,
    )
    assert "Last note just now" in seen.page.inner_text("[data-testid=stSidebar]")
    assert seen.errors == []


def test_nothing_is_drawn_again_while_nothing_changes(tab: Tabs) -> None:
    seen = tab().open("/").settled()
    seen.page.evaluate(
        "() => { window.touched = 0; new MutationObserver(all => { window.touched += all.length })"
        ".observe(document.querySelector('.st-key-list'), {childList: true, subtree: true, characterData: true}) }"
    )
    seen.page.wait_for_timeout(7000)
    assert seen.page.evaluate("() => window.touched") == 0


def test_the_hooks_the_stylesheet_hangs_on_still_exist(tab: Tabs) -> None:
    page = tab().open("/").page
    assert [one for one in SELECTORS if page.locator(f"[data-testid={one}]").count() == 0] == []
    assert page.locator("button[data-variant=segmented_control][data-selected=true]").count() == 2
    assert page.locator(".stSelectbox [role=group]").count() == 1


def test_the_board_finds_its_store_again_by_itself(tab: Tabs, served: Served) -> None:
    path = Path(served.store.url.removeprefix("sqlite:///"))
    away = path.rename(path.with_suffix(".away"))
    try:
        seen = tab().open("/")
        assert "tries again every 5 seconds" in seen.main()
        assert served.get("/healthz")[0] == 503
    finally:
        away.rename(path)
    seen.page.wait_for_function("() => document.querySelectorAll('.row').length > 0", timeout=15000)
    assert seen.rows()[0] == SUBJECTS[0].name
