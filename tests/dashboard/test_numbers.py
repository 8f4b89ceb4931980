"""Protects the way from a number to its notes: whatever the filters, exactly those that were counted."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import parse_qs

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from dashboard import exports, session
from insights import migrate
from insights.board.export import as_csv
from insights.board.ranking import ThemeQuery, themes
from insights.store import Store
from insights.themes import stewarding
from insights.themes.curation import CurationError
from insights.trust import people
from insights.trust.people import NotAllowed, Role
from tests.dashboard.conftest import Open, PlantedStore
from tests.dashboard.planted import SUBJECTS, add_note

LOCK, PARKED, REFUND = SUBJECTS[0], SUBJECTS[1], SUBJECTS[2]
SQL = """
    SELECT count(DISTINCT s.feedback_id), count(DISTINCT s.customer) FROM signal s JOIN feedback f ON f.id = s.feedback_id
    WHERE s.theme_id = :theme AND s.attribution != 'agent' AND (:region = '' OR f.region = :region)
    AND (:plan = '' OR f.plan = :plan) AND (:since = '' OR f.week >= :since)
"""


def words(app: AppTest) -> str:
    assert not app.exception, app.exception
    return unescape(re.sub(r"<[^>]*>", " ", "\n".join(one.proto.body for one in app.get("html"))))


def quoted(app: AppTest) -> int:
    return sum(one.proto.body.count("<figure") for one in app.get("html"))


FILTERS = [
    {}, {"region": "North"}, {"plan": "Year"}, {"region": "South", "plan": "Day"}, {"time": "Last 4 weeks"},
    {"time": "Last 12 weeks", "region": "Harbour"}, {"time": "Last 4 weeks", "plan": "Month", "region": "North"},
]  # fmt: skip


@pytest.mark.parametrize("asked", FILTERS, ids=str)
def test_every_number_equals_sql_and_opens_its_notes(page: Open, planted: PlantedStore, asked: dict[str, str]) -> None:
    app = page(planted.url, **{key: [value] if key != "time" else value for key, value in asked.items()})
    weeks = {"Last 4 weeks": 4, "Last 12 weeks": 12}.get(asked.get("time", ""), 0)
    today = session.today()
    monday = today - timedelta(days=today.weekday(), weeks=weeks)
    for subject in (LOCK, PARKED, REFUND):
        theme = planted.id(subject.name)
        with Store(planted.url, read_only=True) as store, store.connect() as connection:
            values = {"region": asked.get("region", ""), "plan": asked.get("plan", "")}
            values |= {"theme": str(theme), "since": monday.isoformat() if weeks else ""}
            notes, customers = connection.execute(text(SQL), values | {"theme": theme}).one()
        labels = {one.proto.query_string: one.proto.label for one in app.get("page_link")}
        query = next((query for query in labels if re.match(rf"theme={theme}(&|$)", query)), None)
        if not notes:
            assert query is None
            continue
        assert query is not None
        assert labels[query].startswith(f"{customers} customer")
        behind = page(planted.url, session.NOTES, **_parsed(query))
        assert f"{notes} note" in words(behind)
        assert f"from {customers} customer" in words(behind)
        assert quoted(behind) == min(20, notes)


def _parsed(query: str) -> dict[str, str | list[str]]:
    return {key: values if len(values) > 1 else values[0] for key, values in parse_qs(query).items()}


def test_waiting_again_and_compared_weeks_open_exactly_theirs(page: Open, planted: PlantedStore) -> None:
    lock = str(planted.id(LOCK.name))
    app = page(planted.url)
    with Store(planted.url, read_only=True) as store:
        totals = themes(store, ThemeQuery(), session.today()).totals
        with store.connect() as connection:
            waiting = connection.execute(
                text("SELECT count(DISTINCT feedback_id) FROM signal WHERE theme_id IS NULL AND attribution != 'agent'")
            ).scalar_one()
    label = next(one.proto.label for one in app.get("page_link") if one.proto.query_string == "waiting=1")
    assert label == f"{totals.unassigned} signals not yet in a theme"
    assert f"{waiting} notes" in words(page(planted.url, session.NOTES, waiting="1"))
    recent = page(planted.url, session.NOTES, theme=lock, span="recent")
    assert f"of {sum(LOCK.weeks[-5:-1])}" in words(recent)
    assert f"of {sum(LOCK.weeks[-9:-5])}" in words(page(planted.url, session.NOTES, theme=lock, span="before"))
    assert "customers who came back" in words(page(planted.url, session.NOTES, theme=lock, again="1"))
    everything = page(planted.url, session.NOTES, all="1")
    assert f"{planted.planted.notes} notes" in words(everything)


def test_explore_finds_words_marks_them_and_keeps_filters(page: Open, planted: PlantedStore) -> None:
    app = page(planted.url, session.EXPLORE, find="winter snow")
    assert "No note says this" in words(app)
    app = page(planted.url, session.EXPLORE, find="snow", plan=["Year"])
    with Store(planted.url, read_only=True) as store, store.connect() as connection:
        sql = "SELECT count(*) FROM segment s JOIN feedback f ON f.id = s.feedback_id WHERE s.text LIKE '%snow%' AND f.plan = 'Year'"
        number = connection.execute(text(sql)).scalar_one()
    assert f"{number} notes say it" in words(app)
    assert quoted(app) == min(20, number)
    assert any('<mark class="m-hit"' in one.proto.body for one in app.get("html"))
    for evil in ('"', "' OR 1=1 --", "(((", "*", "<script>alert(1)</script>", "\\"):
        assert "<script" not in "".join(
            one.proto.body for one in page(planted.url, session.EXPLORE, find=evil).get("html")
        )


def test_a_search_is_saved_and_offered(page: Open, planted: PlantedStore) -> None:
    app = page(planted.url, session.EXPLORE, find="snow")
    app.text_input(key="save-name").set_value("Snow").run()
    app.button(key="save-it").click().run()
    assert "Saved." in words(app)
    assert any(
        one.proto.label == "Snow" and one.proto.query_string == "find=snow" for one in app.run().get("page_link")
    )


def test_one_note_is_enough_for_every_page(page: Open, tmp_path: object) -> None:
    url = f"sqlite:///{tmp_path}/one.db"
    migrate.upgrade(url)
    with Store(url) as store:
        add_note(store, "only", "{pain|It does not open}.", datetime.now(UTC))
    assert "Nothing here yet" in words(page(url))
    assert quoted(page(url, session.EXPLORE)) == 1
    assert "1 note say" in words(page(url, session.EXPLORE, find="open"))
    assert "No map to show" in words(page(url, session.EXPLORE, explore="Map"))
    assert quoted(page(url, session.NOTES, all="1")) == 1


def test_what_is_changed_is_changed_by_the_person_with_a_reason(page: Open, planted: PlantedStore) -> None:
    lock = planted.id(LOCK.name)
    page(planted.url)
    with Store(planted.url) as store:
        person = people.local(store)
        at = datetime.now(UTC)
        with pytest.raises(CurationError, match="say why"):
            stewarding.rename(store, lock, "Lock stays shut", by=person, why=" ", at=at)
        stewarding.rename(store, lock, "Lock stays shut", by=person, why="shorter", at=at)
        step = stewarding.last_step(store, lock)
        assert step is not None
        assert (step.event, step.who) == ("renamed", person.name)
        rain = stewarding.saying(store, lock, "lock stayed")
        assert 0 < len(rain) < sum(LOCK.weeks)
        made = stewarding.split(store, lock, "lock stayed", "In the rain", by=person, why="another thing", at=at)
        assert made.moved == len(rain)
        stewarding.undo(store, made.lineage_id, by=person, why="no, the same", at=at)
        viewer = people.add(store, "Vera", "vera@example.org", Role.VIEWER, by=person, at=at)
        with pytest.raises(NotAllowed):
            stewarding.retire(store, lock, by=viewer, why="because", at=at)
    found = page(planted.url, session.THEME, id=str(lock))
    assert "Lock stays shut" in words(found)
    assert "“shorter”" in words(found)
    assert f"of {sum(LOCK.weeks)}" in words(page(planted.url, session.NOTES, theme=str(lock)))


def test_an_export_holds_every_theme_that_the_filters_leave(page: Open, planted: PlantedStore) -> None:
    app = page(planted.url)
    assert {one.proto.label for one in app.get("download_button")} == {"CSV", "Excel", "Markdown"}
    sheet = exports.theme_sheet(session.store(), ThemeQuery(), "everything", "")
    rows = list(csv.reader(io.StringIO(as_csv(sheet).decode("utf-8-sig"))))
    assert [row[0] for row in rows[6:]] == [
        row.name for row in themes(Store(planted.url), ThemeQuery(page_size=99), session.today()).rows
    ]
