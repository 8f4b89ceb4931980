"""Protects the numbers on the board: each equals a count made by hand from the notes that went in, on both engines."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from insights.board.atlas import atlas, draw_map
from insights.board.behind import Behind
from insights.board.quotes import notes, opposed
from insights.board.ranking import Rank, ThemeQuery, choices, themes
from insights.board.saved import save_search, saved_searches
from insights.board.search import search
from insights.board.theme import QuoteOrder, quotes, theme
from insights.counting.weeks import calendar, change
from insights.delivery.rows import signal_id
from insights.delivery.writer import Home, write
from insights.store import Store
from insights.themes import curation
from insights.themes.curation import Decision
from nlp.analyzer import Analysis
from nlp.signals import Attribution, SignalKind
from tests.insights.notes import ENCODER, analysis, feedback, signal

TODAY = date(2026, 9, 30)  # a Wednesday
NOON = datetime(2026, 9, 30, 12, tzinfo=UTC)
BY = Decision("machine", "discovered", NOON)
WORDS = {"lock": "The bike does not unlock.", "brake": "The brake squeals.", "app": "I wish the app had dark mode."}
PRODUCTS = ("Bike", "App", "")


def planted(seed: int) -> list[tuple[str, Analysis]]:
    """150 notes of three subjects over twenty weeks, some by one customer, some with the agent's own guess."""
    chance = random.Random(seed)
    notes = []
    for number in range(150):
        subject = chance.choice(["lock", "lock", "lock", "brake", "app"])
        found = feedback(
            f"n{number}",
            WORDS[subject],
            occurred_at=NOON - timedelta(days=chance.randrange(0, 140), hours=chance.randrange(24)),
            customer_key=chance.choice(["", f"c{chance.randrange(40)}"]),
            product=chance.choice(PRODUCTS),
            region=chance.choice(["north", "south"]),
            channel=chance.choice(["chat", "phone"]),
        )
        kind = SignalKind.SUGGESTION if subject == "app" else SignalKind.PAIN
        whose = Attribution.AGENT if chance.random() < 0.1 else Attribution.CUSTOMER
        severity = chance.randrange(1, 6) if kind is SignalKind.PAIN else 0
        notes.append((subject, analysis(found, [signal(WORDS[subject], kind, severity=severity, attribution=whose)])))
    return notes


def gather(store: Store, notes: Sequence[tuple[str, Analysis]]) -> dict[str, int]:
    """Write the notes and make one theme of each subject; one signal in ten waits."""
    analyses = [found for _, found in notes]
    write(store, analyses, [[Home(None, 0.0)]] * len(notes), received_at=NOON)
    ids = {}
    for subject, kind in (("lock", "pain"), ("brake", "pain"), ("app", "suggestion")):
        members = [
            signal_id(found.feedback.id, found.signals[0])
            for number, (about, found) in enumerate(notes)
            if about == subject and number % 10
        ]
        ids[subject] = curation.create(store, kind, subject.title(), members, BY, terms=(subject,)).theme_id
    return ids


def by_hand(notes: Sequence[tuple[str, Analysis]], subject: str, **only: str) -> list[Analysis]:
    return [
        found
        for number, (about, found) in enumerate(notes)
        if about == subject
        and number % 10
        and found.signals[0].attribution is not Attribution.AGENT
        and all(getattr(found.feedback, name) == value for name, value in only.items())
    ]


def customers(found: Sequence[Analysis], first: date = date.min, last: date = date.max) -> int:
    return len(
        {
            one.feedback.customer_key or one.feedback.id
            for one in found
            if first <= one.feedback.occurred_at.date() <= last
        }
    )


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("region", ["", "north"])
def test_every_number_of_the_list_equals_the_count_by_hand(store: Store, seed: int, region: str) -> None:
    notes = planted(seed)
    ids = gather(store, notes)
    only = {"region": region} if region else {}
    page = themes(store, ThemeQuery(regions=(region,) if region else ()), TODAY)
    monday = date(2026, 9, 28)
    for subject, theme_id in ids.items():
        row = next(row for row in page.rows if row.id == theme_id)
        truth = by_hand(notes, subject, **only)
        assert (row.notes, row.customers) == (len(truth), customers(truth))
        assert row.weeks == tuple(
            sum(
                monday - timedelta(weeks=back) <= one.feedback.occurred_at.date() < monday - timedelta(weeks=back - 1)
                for one in truth
            )
            for back in range(12, 0, -1)
        )
        recent = customers(truth, monday - timedelta(weeks=4), monday - timedelta(days=1))
        before = customers(truth, monday - timedelta(weeks=8), monday - timedelta(weeks=4, days=1))
        assert row.change == change(recent, before)
        severities = [one.signals[0].severity for one in truth if one.signals[0].severity]
        assert row.severity == (int(sum(severities) / len(severities) + 0.5) if severities else 0)
        assert row.first_heard == min(one.feedback.occurred_at for one in truth).date()
    narrowed = [found for _, found in notes if not region or found.feedback.region == region]
    assert page.totals.notes == len(narrowed)
    assert page.totals.customers == customers(narrowed)
    assert page.totals.themes_by_kind == (("pain", 2), ("suggestion", 1))
    assert page.totals.unassigned == sum(
        number % 10 == 0
        and found.signals[0].attribution is not Attribution.AGENT
        and (not region or found.feedback.region == region)
        for number, (_, found) in enumerate(notes)
    )
    assert [row.customers for row in page.rows] == sorted((row.customers for row in page.rows), reverse=True)


def test_search_kind_rank_and_pages_narrow_the_list(store: Store) -> None:
    ids = gather(store, planted(3))
    assert [row.id for row in themes(store, ThemeQuery(text="BRAKE"), TODAY).rows] == [ids["brake"]]
    only = themes(store, ThemeQuery(kind="suggestion"), TODAY)
    assert [row.id for row in only.rows] == [ids["app"]]
    assert only.totals.themes_by_kind == (("pain", 2), ("suggestion", 1)), "the other kinds stay countable"
    everything = themes(store, ThemeQuery(), TODAY)
    paged = [themes(store, ThemeQuery(page=page, page_size=1), TODAY) for page in (1, 2, 3, 4)]
    assert [row for page in paged for row in page.rows] == list(everything.rows)
    assert {page.matching for page in paged} == {3}
    newest = themes(store, ThemeQuery(rank=Rank.NEWEST), TODAY).rows
    assert [row.first_heard for row in newest] == sorted((row.first_heard for row in newest), reverse=True)
    growth = themes(store, ThemeQuery(rank=Rank.GROWTH), TODAY).rows
    assert [row.change.low for row in growth] == sorted((row.change.low for row in growth), reverse=True)


def test_a_parent_is_named_and_a_merged_theme_leaves_the_list(store: Store) -> None:
    ids = gather(store, planted(4))
    group = curation.create(store, "pain", "Riding", [], BY).theme_id
    curation.arrange(store, {ids["lock"]: group, ids["brake"]: group})
    rows = {row.id: row for row in themes(store, ThemeQuery(), TODAY).rows}
    assert rows[ids["lock"]].parent == rows[ids["brake"]].parent == "Riding"
    before = rows[ids["lock"]].notes + rows[ids["brake"]].notes
    curation.merge(store, ids["brake"], ids["lock"], BY)
    rows = {row.id: row for row in themes(store, ThemeQuery(), TODAY).rows}
    assert ids["brake"] not in rows
    assert rows[ids["lock"]].notes == before


def test_a_theme_is_new_for_six_weeks_once_the_store_is_older_than_that(store: Store) -> None:
    fresh = [("brake", analysis(feedback("b", WORDS["brake"], occurred_at=NOON - timedelta(days=9))))]
    write(store, [fresh[0][1]], [[Home(None, 0.0)]], received_at=NOON)
    made = curation.create(store, "pain", "Brake", [signal_id(fresh[0][1].feedback.id, fresh[0][1].signals[0])], BY)
    assert [row.is_new for row in themes(store, ThemeQuery(), TODAY).rows] == [False], (
        "everything is new in a new store"
    )
    old = analysis(feedback("old", "Hello.", occurred_at=NOON - timedelta(days=100)), [])
    write(store, [old], [[]], received_at=NOON)
    assert [(row.id, row.is_new) for row in themes(store, ThemeQuery(), TODAY).rows] == [(made.theme_id, True)]


def test_an_empty_store_has_an_empty_board(store: Store) -> None:
    page = themes(store, ThemeQuery(), TODAY)
    assert (page.rows, page.matching, page.totals.notes) == ((), 0, 0)
    assert page.totals.first_week == date(2026, 9, 28)
    assert choices(store).products == ()


def test_filters_offer_what_occurs_most_frequent_first(store: Store) -> None:
    write(
        store,
        [
            analysis(feedback(str(n), product=product), [])
            for n, product in enumerate(["App", "Bike", "Bike", "", "Äpp"])
        ],
        [[]] * 5,
        received_at=NOON,
    )
    assert choices(store).products == ("Bike", "App", "Äpp")


def test_hostile_filter_values_find_nothing_and_break_nothing(store: Store) -> None:
    gather(store, planted(5))
    evil = "' OR 1=1 --"
    page = themes(store, ThemeQuery(products=(evil,), customer_kind=evil, text="%_\\" + evil), TODAY)
    assert (page.rows, page.totals.notes) == ((), 0)


def test_the_change_names_its_interval() -> None:
    found = change(30, 10)
    assert found.low < found.ratio < found.high
    assert found.clear
    assert not change(3, 2).clear
    assert change(0, 0).ratio == 1


def test_weeks_run_monday_to_sunday() -> None:
    assert calendar(date(2026, 9, 28)).running == calendar(date(2026, 10, 4)).running == date(2026, 9, 28)
    assert calendar(TODAY).full[-1] == date(2026, 9, 21)
    assert len(calendar(TODAY).full) == 12


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_no_question_of_the_board_reads_all_notes(store: Store) -> None:
    """What a page reads may grow with what it shows and with the packed counts, not with the notes of the store."""
    ids = gather(store, planted(6))
    draw_map(store, ENCODER)
    save_search(store, "late", "find=late", "anna", NOON)
    query = ThemeQuery(regions=("north",), weeks=12, grouped=True)
    asked: list[tuple[str, Any]] = []

    def listen(*call: Any) -> None:
        asked.append((call[2], call[3]))

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        for rank in Rank:
            themes(store, ThemeQuery(regions=("north",), rank=rank), TODAY)
        themes(store, query, TODAY)
        choices(store)
        theme(store, ids["lock"], TODAY)
        for order in QuoteOrder:
            quotes(store, ids["lock"], order)
        opposed(store, ids["lock"])
        for behind in (Behind(), Behind(waiting=True), Behind(theme=ids["lock"], query=query, again=True)):
            notes(store, behind, QuoteOrder.NEWEST, TODAY)
        search(store, "bike lock", ThemeQuery(), TODAY, None)
        search(store, '"does not" bike', query, TODAY, None)
        atlas(store, query, TODAY)
        saved_searches(store)
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    questions = [(sql, values) for sql, values in asked if sql.startswith("SELECT")]
    assert len(questions) > 30
    large = re.compile(r"SCAN (signal|feedback|segment|vector|search_note|lineage_member)\b")
    with store.connect() as connection:
        for sql, values in questions:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
            assert not [step for step in plan if large.match(step)], (sql, plan)
