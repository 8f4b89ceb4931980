"""Protects every number that is a way in: it equals a count by SQL written here alone, and opens exactly those notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from sqlalchemy import bindparam, text
from streamlit.testing.v1 import AppTest

from dashboard import session
from insights.review import reviewing
from insights.store import Store
from insights.trust import people
from tests.dashboard.conftest import Open, PlantedStore
from tests.dashboard.planted import SUBJECTS
from tests.dashboard.test_numbers import quoted, words

COLUMNS = {"product": "product", "plan": "plan", "region": "region", "channel": "channel"}
WEEKS = {"Last 4 weeks": 4, "Last 12 weeks": 12}
Link = dict[str, list[str]]
Truth = dict[str, int]


def truth(store: Store, link: Link, today: date) -> Truth:
    """Count by SQL what a link to notes means: distinct notes, distinct customers and signals."""
    running = today - timedelta(days=today.weekday())
    one = {key: values[0] for key, values in link.items()}
    where, lists, values = ["1 = 1"], [], dict[str, object]()
    for key, column in COLUMNS.items():
        if chosen := link.get(f"only-{key}"):
            where.append(f"f.{column} IN :{key}")
            lists.append(bindparam(key, expanding=True))
            values[key] = chosen
    if one.get("only-time") in WEEKS:
        where.append("f.week >= :since")
        values["since"] = str(running - timedelta(weeks=WEEKS[one["only-time"]]))
    narrowed = " AND ".join(where)
    spans = {"recent": (4, 0), "before": (8, 4)}
    if "week" in one or "span" in one:
        first, end = spans.get(one.get("span", ""), (0, 0))
        begins = date.fromisoformat(one["week"]) if "week" in one else running - timedelta(weeks=first)
        where.append("f.week >= :begins AND f.week < :ends")
        values["begins"] = str(begins)
        values["ends"] = str(begins + timedelta(weeks=1) if "week" in one else running - timedelta(weeks=end))
    if "all" in one:
        sql = f"SELECT count(*), count(DISTINCT coalesce(nullif(f.customer_key, ''), f.id)), 0 FROM feedback f WHERE {' AND '.join(where)}"  # noqa: S608
        return _counted(store, sql, values, lists)
    heard = "signal s JOIN feedback f ON f.id = s.feedback_id"
    where.append("s.attribution != 'agent'")
    if "theme" in one:
        where.append("s.theme_id = :theme")
        values["theme"] = int(one["theme"])
    elif "parent" in one:
        where.append("s.theme_id IN (SELECT id FROM theme WHERE parent_id = :parent AND status = 'live')")
        values["parent"] = int(one["parent"])
    else:
        where.append("s.theme_id IS NULL AND s.kind IN ('pain', 'suggestion', 'job', 'praise')")
    for key, column in (("beside", "feedback_id"), ("shared", "customer")):
        if key in one:
            others = (
                f"SELECT s.{column} FROM {heard} WHERE {narrowed} AND s.attribution != 'agent' AND s.theme_id = :{key}"  # noqa: S608
            )
            where.append(f"s.{column} IN ({others})")
            values[key] = int(one[key])
    meant = " AND ".join(where)
    if "again" in one:
        often = (
            f"SELECT s.customer FROM {heard} WHERE {meant} GROUP BY s.customer HAVING count(DISTINCT s.feedback_id) > 1"  # noqa: S608
        )
        meant += f" AND s.customer IN ({often})"
    sql = f"SELECT count(DISTINCT s.feedback_id), count(DISTINCT s.customer), count(*) FROM {heard} WHERE {meant}"  # noqa: S608
    return _counted(store, sql, values, lists)


def _counted(store: Store, sql: str, values: dict[str, object], lists: list[object]) -> Truth:
    with store.connect() as connection:
        row = connection.execute(text(sql).bindparams(*lists), values).one()  # type: ignore[arg-type]
    return dict(zip(("note", "customer", "signal"), row, strict=True))


def told(label: str) -> dict[str, int]:
    """Return the numbers that a label tells, by what they count."""
    said = re.sub(r"[*\\\u2060]", "", label)
    if "the one note" in said:
        return {"note": 1}
    if found := re.search(r"([\d,]+) came back", said):
        return {"customer": int(found[1].replace(",", ""))}
    pairs = re.findall(r"([\d,]+) (?:of its )?(customer|note|signal)s?\b", said)
    return {unit: int(number.replace(",", "")) for number, unit in pairs}


def ways_in(app: AppTest) -> Iterator[tuple[str, str]]:
    """Label and link of everything on a page that opens notes."""
    for one in app.main.get("page_link"):
        if one.proto.page.endswith("notes") and one.proto.query_string:
            yield one.proto.label, one.proto.query_string


def pages(planted: PlantedStore) -> Iterator[tuple[str, dict[str, str | list[str]]]]:
    yield session.THEMES, {}
    yield session.THEMES, {"view": "Grouped", "region": ["North"], "time": "Last 12 weeks"}
    yield session.THEMES, {"kind": "Pains", "plan": ["Year", "Day"], "product": ["Bikes"]}
    for subject in SUBJECTS:
        yield session.THEME, {"id": str(planted.id(subject.name))}
    yield session.JOBS, {}
    yield session.JOBS, {"of": "Bikes"}
    yield session.REVIEW, {}


def test_every_number_that_is_a_way_in_equals_sql_and_opens_exactly_those_notes(
    page: Open, planted: PlantedStore
) -> None:
    with Store(planted.url) as store:
        reviewing.open_week(store, by=people.local(store), at=datetime.now(UTC))
    today, met, opened = session.today(), 0, set[tuple[str, ...]]()
    with Store(planted.url, read_only=True) as store:
        for path, asked in pages(planted):
            app = page(planted.url, path, **asked)
            assert not app.exception
            found = list(ways_in(app))
            assert found, path
            for label, query in found:
                link = parse_qs(query)
                right, numbers = truth(store, link, today), told(label)
                assert numbers, f"{label!r} on {path} tells no number"
                assert {unit: right[unit] for unit in numbers} == numbers, (path, label, query)
                met += 1
                shape = (path, *sorted(link))
                if shape in opened or "signal" in numbers:
                    continue
                opened.add(shape)
                behind = page(
                    planted.url, session.NOTES, **{key: one if len(one) > 1 else one[0] for key, one in link.items()}
                )
                assert quoted(behind) >= min(20, right["note"])
                if right["note"]:
                    assert re.search(rf"of {right['note']}\b", words(behind)), (label, query)
                    assert f"from {right['customer']} customer" in words(behind), (label, query)
    assert met > 150
    assert len(opened) > 8


@pytest.mark.parametrize(
    ("label", "numbers"),
    [
        ("**143** customers", {"customer": 143}),
        ("1,204 customers, open their notes", {"customer": 1204}),
        ("35 customers, 65 notes", {"customer": 35, "note": 65}),
        ("Week of 2 Nov: 19 notes", {"note": 19}),
        ("**13** came back twice or more", {"customer": 13}),
        ("in 5 of its notes", {"note": 5}),
    ],
)
def test_labels_are_read_rightly(label: str, numbers: dict[str, int]) -> None:
    assert told(label) == numbers
