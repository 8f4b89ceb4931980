"""Protects links: what a copied one asks for is shown again, and one that is garbage shows the page as it is by default."""

from __future__ import annotations

from html import unescape
from itertools import cycle, product
from re import sub

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard import session
from tests.dashboard.conftest import Open, PlantedStore
from tests.dashboard.planted import CHANNELS, PLANS, REGIONS

PAGES = (
    session.THEMES, session.THEME, session.NOTES, session.EXPLORE, session.JOBS, session.REVIEW, session.TREE,
    session.DESK, session.MY_NOTES, session.LISTENING, session.LITMUS, session.OWNERS, session.LEDGER, session.STAFF,
    session.PIPELINE, session.ADMIN, session.LEARNING,
)  # fmt: skip
KEYS = (
    "kind", "q", "rank", "view", "page", "p", "n", "time", "who", "product", "plan", "region", "language", "channel",
    "version", "find", "explore", "id", "theme", "parent", "week", "span", "again", "all", "waiting", "beside",
    "shared", "only-product", "only-time", "order", "quotes", "note", "node", "of", "print", "team", "figure",
)  # fmt: skip
GARBAGE = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["", "0", "-1", "1e9", "٣", "9" * 40, "None", "1", "2026-13-45", "9999-12-31", "0001-01-01", "[]", "\x00"]),
    st.sampled_from(["Pains", "Most notes", "Map", "Table", "Grouped", "Last 4 weeks", "Bikes", "recent", "Newest", "print"]),
)  # fmt: skip


def words(app: AppTest) -> str:
    return unescape(sub(r"<[^>]*>", " ", "\n".join(one.proto.body for one in app.get("html"))))


@pytest.fixture
def shared_page(page: Open, planted: PlantedStore) -> tuple[Open, str]:
    """One store for all examples: nothing here changes it."""
    return page, planted.url


@pytest.mark.parametrize("path", PAGES)
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(asked=st.dictionaries(st.sampled_from(KEYS), st.one_of(GARBAGE, st.lists(GARBAGE, max_size=3)), max_size=6))
def test_garbage_in_a_link_shows_a_page_without_a_traceback(
    shared_page: tuple[Open, str], path: str, asked: dict[str, str | list[str]]
) -> None:
    open_page, url = shared_page
    app = open_page(url, path, **asked)
    assert not app.exception, (path, asked, app.exception)
    said = words(app)
    assert "Traceback" not in said
    assert "could not be drawn" not in said, (path, asked)


def combinations() -> list[dict[str, str | list[str]]]:
    """Thirty filters of one to four fields, every field and every view among them."""
    found: list[dict[str, str | list[str]]] = []
    views = cycle(["List", "Grouped", "Table", "Map", "Worth"])
    ranks = cycle(["Most customers", "Most notes", "Most severe", "Fastest growth", "Newest"])
    kinds = cycle(["All", "Pains", "Suggestions"])
    times = cycle(["All time", "Last 4 weeks", "Last 12 weeks", "Last 26 weeks"])
    for at, (plan, region, channel) in enumerate(product(PLANS, REGIONS, (*CHANNELS, ""))):
        asked: dict[str, str | list[str]] = {"plan": [plan]}
        if at % 2:
            asked["region"] = [region, REGIONS[0]] if region != REGIONS[0] else [region]
        if channel and at % 3 == 0:
            asked["channel"] = [channel]
        if at % 4 == 1:
            asked["product"] = ["Bikes", "App"]
        found.append(asked | {"view": next(views), "rank": next(ranks), "kind": next(kinds), "time": next(times)})
    return found[:30]


def shown(app: AppTest) -> tuple[object, ...]:
    """Everything on the page beside the sidebar: words, links, tables and charts."""
    assert not app.exception, app.exception
    kinds = ("html", "page_link", "arrow_data_frame", "echarts_chart", "button")
    return tuple(tuple(_told(one.proto) for one in app.main.get(kind)) for kind in kinds)


def _told(proto: object) -> object:
    told = ("body", "label", "query_string", "spec", "option", "options")
    return tuple(str(getattr(proto, name)) for name in told if hasattr(proto, name)) or type(proto).__name__


@pytest.mark.parametrize("asked", combinations(), ids=str)
def test_a_link_shows_what_the_controls_show(
    page: Open, planted: PlantedStore, asked: dict[str, str | list[str]]
) -> None:
    """The same thirty questions, once by the controls and once by the link that somebody else opens."""
    mine = page(planted.url)
    for key in ("kind", "view"):
        mine.segmented_control(key=key).set_value(str(asked[key]))
    for key in ("rank", "time"):
        mine.selectbox(key=key).set_value(str(asked[key]))
    for key in ("plan", "region", "channel", "product"):
        if key in asked:
            mine.multiselect(key=key).set_value(list(asked[key]))
    mine.run()
    theirs = page(planted.url, **asked)
    assert shown(theirs) == shown(mine)
    assert {key: theirs.session_state[key] for key in asked} == asked
    assert {key: mine.session_state[key] for key in asked} == asked
