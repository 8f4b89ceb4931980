"""Each page over a real store: what it says equals what was planted, whatever the link asks for."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime
from html import unescape
from itertools import product
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import filters, session
from insights import migrate
from insights.board import ranking
from insights.board.ranking import Rank, ThemeQuery
from insights.store import Store
from tests.dashboard.conftest import Open, PlantedStore
from tests.dashboard.planted import HOSTILE, SUBJECTS, add_note

LOCK, RACKS = SUBJECTS[0], SUBJECTS[4]


def html(app: AppTest) -> str:
    assert not app.exception, app.exception
    return "\n".join(one.proto.body for one in app.get("html"))


def words(app: AppTest) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", html(app)))


def links(app: AppTest, starting: str) -> list[str]:
    """What the page's links ask for, in order."""
    found = [one.proto.query_string for one in app.get("page_link")]
    return [query for query in found if query.startswith(starting)]


def listed(app: AppTest) -> list[int]:
    return [int(query.removeprefix("id=")) for query in links(app, "id=")]


def test_themes_lists_what_was_planted(page: Open, planted: PlantedStore) -> None:
    app = page(planted.url)
    assert f"{planted.planted.notes} notes from" in words(app)
    assert "9 themes: 5 pains, 2 suggestions, 1 job, 1 praise" in words(app)
    assert set(listed(app)) == set(planted.planted.ids.values())
    assert listed(app)[0] == planted.id(LOCK.name)
    assert f"{sum(LOCK.weeks)} notes" in words(app)
    assert html(app).count('<span class="newt">') == 1


def test_hostile_names_stay_text(page: Open, planted: PlantedStore) -> None:
    app = page(planted.url)
    assert HOSTILE in words(app)
    assert "<img" not in html(app)
    label = next(one.proto.label for one in app.get("page_link") if "onerror" in one.proto.label)
    assert re.sub(r"\\(.)", r"\1", label).replace("\u2060", "") == HOSTILE


LINKS = [
    {"kind": kind, "rank": rank, "product": products, "region": region}
    for (kind, rank), (products, region) in zip(
        product(filters.KINDS, filters.RANKS),
        [([], []), (["Bikes"], []), (["App", "Plans"], ["North"]), ([], ["South", "Harbour"]), (["Care"], [])] * 5,
        strict=True,
    )
] + [
    {"q": "bike"}, {"q": "PAID  bike"}, {"channel": ["chat"]}, {"plan": ["Year"]}, {"who": "Colleagues"},
    {"who": "Customers", "language": ["en"]},
]  # fmt: skip


@pytest.mark.parametrize("link", LINKS, ids=str)
def test_a_copied_link_gives_the_same_rows_and_controls(
    page: Open, planted: PlantedStore, link: dict[str, str | list[str]]
) -> None:
    app = page(planted.url, **link)
    query = ThemeQuery(
        kind=filters.KINDS[str(link.get("kind", "All"))],
        text=" ".join(str(link.get("q", "")).split()),
        rank=filters.RANKS[str(link.get("rank", "Most customers"))],
        products=tuple(link.get("product", ())),
        plans=tuple(link.get("plan", ())),
        regions=tuple(link.get("region", ())),
        languages=tuple(link.get("language", ())),
        channels=tuple(link.get("channel", ())),
        customer_kind=filters.WHO[str(link.get("who", "Everyone"))],
    )
    with Store(planted.url, read_only=True) as store:
        wanted = ranking.themes(store, query, session.today())
    assert listed(app) == [row.id for row in wanted.rows]
    for key, value in link.items():
        assert app.session_state[key] == value


@pytest.mark.parametrize(
    "link",
    [
        {"kind": "Gossip"}, {"rank": "Loudest"}, {"view": "Pie"}, {"region": "Nowhere"}, {"page": "99"}, {"page": "-3"},
        {"page": "x"}, {"page": "9" * 40}, {"who": "Nobody"}, {"product": ["'; DROP TABLE theme; --"]}, {"utm": "1"},
    ],
    ids=str,
)  # fmt: skip
def test_a_bad_link_gives_defaults(page: Open, planted: PlantedStore, link: dict[str, str | list[str]]) -> None:
    assert len(listed(page(planted.url, **link))) == len(SUBJECTS)


def test_filtered_to_nothing_says_so_and_offers_the_way_back(page: Open, planted: PlantedStore) -> None:
    app = page(planted.url, q="no such words", product=["Bikes"])
    assert "No theme passes both filters" in words(app)
    app.button(key="remove-all").click().run()
    assert len(listed(app)) == len(SUBJECTS)


def test_a_chip_takes_its_filter_off(page: Open, planted: PlantedStore) -> None:
    app = page(planted.url, product=["Bikes", "App"])
    before = listed(app)
    app.button(key="chip-product-App").click().run()
    assert app.session_state["product"] == ["Bikes"]
    assert 0 < len(listed(app)) < len(before)


def test_the_table_and_the_map_show_the_same_themes(page: Open, planted: PlantedStore) -> None:
    with Store(planted.url, read_only=True) as store:
        rows = ranking.themes(store, ThemeQuery(), session.today()).rows
    table = page(planted.url, view="Table").dataframe[0].value
    assert list(table["Theme"]) == [row.name for row in rows]
    assert list(table["Customers"]) == [row.customers for row in rows]
    assert "area: customers" in words(page(planted.url, view="Map"))


def test_an_empty_store_says_what_comes_next(page: Open, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    migrate.upgrade(url)
    assert "Nothing here yet" in words(page(url))
    assert "Nothing has arrived yet" in words(page(url, session.PIPELINE))
    assert "does not exist" in words(page(url, session.THEME, id="1"))


def test_a_theme_shows_its_figures_and_words(page: Open, planted: PlantedStore) -> None:
    app = page(planted.url, session.THEME, id=str(planted.id(LOCK.name)))
    assert LOCK.name in words(app)
    labels = [one.proto.label for one in app.get("page_link")]
    assert any(label.startswith(f"**{sum(LOCK.weeks)}** notes") for label in labels)
    assert '<mark class="m-pain"' in html(app)
    assert f"{LOCK.weeks[-1]} notes so far in the week that is still running" in words(app)
    assert any(label.startswith(f"Read all {sum(LOCK.weeks)}") for label in labels)
    opened = links(app, f"theme={planted.id(LOCK.name)}&week=")
    assert len(opened) == 13


def test_an_old_id_leads_on_and_says_so(page: Open, planted: PlantedStore) -> None:
    app = page(planted.url, session.THEME, id=str(planted.planted.merged_away))
    assert LOCK.name in words(app)
    assert f"Theme {planted.planted.merged_away} was merged into this one on" in words(app)
    assert "Joined: “Lock stays shut after paying”" in words(app)


@pytest.mark.parametrize("path", [session.THEME, session.NOTES])
def test_a_bad_theme_link_is_answered_plainly(page: Open, planted: PlantedStore, path: str) -> None:
    app = page(planted.url, path)
    for asked in ("", "nope", "-1", "0", "1e3", "99999", "9" * 19, "9" * 60, "٣", "1 OR 1=1"):
        app.query_params["id"] = app.query_params["theme"] = asked
        assert "This link names a theme that does not exist" in words(app.run()), asked


def test_notes_are_exactly_those_behind_the_number(page: Open, planted: PlantedStore) -> None:
    racks = str(planted.id(RACKS.name))
    assert html(page(planted.url, session.NOTES, theme=racks)).count("<figure") == 20
    assert html(page(planted.url, session.NOTES, theme=racks, p="2")).count("<figure") == sum(RACKS.weeks) - 20
    now = datetime.now(UTC)
    running = f"{now.date().isoformat()}"
    app = page(planted.url, session.NOTES, theme=racks, week=running)
    assert html(app).count("<figure") == RACKS.weeks[-1]
    assert "Notes from the week of" in words(app)
    assert "No note here" in words(page(planted.url, session.NOTES, theme=racks, week="2001-01-01"))
    assert html(page(planted.url, session.NOTES, theme=racks, week="soon")).count("<figure") == 20


def test_the_pipeline_tells_what_waits_and_what_was_set_aside(page: Open, planted: PlantedStore) -> None:
    app = page(planted.url, session.PIPELINE)
    assert re.search(r"9\s+waiting in the stream", words(app))
    assert re.search(r"2\s+set aside", words(app))
    assert "the year 1899 is before 1970" in words(app)
    app = page(planted.url, session.PIPELINE, reason="not JSON")
    assert "the year 1899" not in words(app)
    assert "earshot.feedback[2]@917" in words(app)


def test_numbers_follow_when_a_note_arrives(page: Open, planted: PlantedStore) -> None:
    app = page(planted.url)
    seen = app.session_state["drawn_version"]
    with Store(planted.url) as store:
        add_note(store, "new", "And {pain|again it stays shut}.", datetime.now(UTC))
    session.close()
    app.run()
    assert app.session_state["drawn_version"] != seen
    assert f"{planted.planted.notes + 1} notes from" in words(app)
    assert "Last note just now" in words(app)


@pytest.mark.parametrize("opened", [False, True], ids=["from the start", "while the board is open"])
def test_a_store_that_is_gone_is_told_and_found_again(page: Open, planted: PlantedStore, opened: bool) -> None:
    path = Path(planted.url.removeprefix("sqlite:///"))
    app = page(planted.url) if opened else None
    away = path.rename(path.with_suffix(".away"))
    app = app.run() if app else page(planted.url)
    assert "tries again every 5 seconds" in words(app)
    assert not listed(app)
    away.rename(path)
    assert len(listed(app.run())) == len(SUBJECTS)


def test_a_store_without_tables_names_the_mend(page: Open, tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "bare.db").close()
    app = page(f"sqlite:///{tmp_path / 'bare.db'}")
    assert "The store is not ready yet" in words(app)
    assert "earshot db upgrade" in words(app)


def test_an_address_that_is_none_is_told(page: Open) -> None:
    app = page("mysql://user:hunter2@nowhere/x")
    assert "The board cannot reach its store" in words(app)
    assert "hunter2" not in html(app)


def test_every_rank_is_offered() -> None:
    assert set(filters.RANKS.values()) == set(Rank)
