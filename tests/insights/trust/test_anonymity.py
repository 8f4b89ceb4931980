"""Words beyond the care team: shown from k distinct customers on, whatever is asked and however it is narrowed.

Seen to fail, one at a time, without the look at how many customers in `quotes`, `search`, `theme` and `reviews.review`.
Ought to fail, not tried yet: without it in `themes`, `atlas` and `jobs`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from insights.board import jobs, quotes, ranking, search, theme
from insights.board.atlas import atlas, draw_map
from insights.board.behind import Behind
from insights.board.quotes import QuoteOrder
from insights.counting.filters import ThemeQuery
from insights.delivery.rows import signal_id
from insights.delivery.writer import Home, write
from insights.review import opportunities, opportunity_edits, reviewing, reviews
from insights.review.minutes import html, markdown
from insights.review.opportunities import NodeKind
from insights.store import Store
from insights.tables import SignalRow
from insights.themes import curation
from insights.themes.curation import Decision
from insights.trust import people
from insights.trust.anonymity import CARE_TEAM, fewer_than, least_customers
from insights.trust.people import Person, Role
from nlp.signals import SignalKind, Slot
from tests.insights.notes import ENCODER, NOW, analysis, feedback, signal

K = 5
ALONE, AMONG = "quokkadrome", "wallabyhouse"
"""A word that only one customer ever says, in a theme of few; and one of the same customer in a theme of many."""
TODAY: date = NOW.date()
ATOLL = ThemeQuery(regions=("Atoll",))
DECISION = Decision("Mira", "they say the same", NOW)


@pytest.fixture
def filled(store: Store) -> Store:
    """Six customers speak of the lock, one of them from the Atoll; two, of whom one says ALONE, of the seat and a job."""
    said = [(f"l{at}", f"the lock {AMONG if at == 0 else 'stays shut'}", f"c{at}", SignalKind.PAIN) for at in range(6)]
    said += [(f"s{at}", f"the seat {ALONE} wobbles", f"c{at}", SignalKind.PAIN) for at in range(2)]
    said += [("j0", f"I want to reach the {ALONE}", "c0", SignalKind.JOB)]
    said += [("w0", f"nobody gathered {ALONE}", "c0", SignalKind.PAIN)]
    analyses = [
        analysis(
            feedback(
                name,
                text,
                customer_key=customer,
                region="Atoll" if customer == "c0" else "North",
                product="Bikes",
                occurred_at=NOW - timedelta(days=9, hours=at),
            ),
            [signal(text, kind, slots=(Slot("want", 0, len(text)),))],
            [[1.0 if name[0] == letter else 0.1 for letter in "lsjw"]],
        )
        for at, (name, text, customer, kind) in enumerate(said)
    ]
    write(store, analyses, [[Home(None, 0.0)]] * len(analyses), received_at=NOW)
    heard = [signal_id(one.feedback.id, one.signals[0]) for one in analyses]
    curation.create(store, "pain", "Lock", heard[:6], DECISION)
    curation.create(store, "pain", "Seat", heard[6:8], DECISION, exemplar=heard[6])
    curation.create(store, "job", "Travel", heard[8:9], DECISION, exemplar=heard[8])
    draw_map(store, ENCODER)
    return store


def ids(store: Store) -> dict[str, int]:
    return {row.name: row.id for row in ranking.themes(store, ThemeQuery(), TODAY).rows}


def everything_asked(store: Store, known: dict[str, int]) -> Iterator[tuple[str, object]]:
    """Every question of the board that could tell the lonely word."""
    lonely = [known["Seat"], known["Travel"]]
    for theme_id in lonely:
        yield "theme", theme.theme(store, theme_id, TODAY)
        yield "against", quotes.opposed(store, theme_id)
        for order in QuoteOrder:
            yield f"quotes {order}", quotes.quotes(store, theme_id, order)
    asked = (
        Behind(query=ATOLL),
        Behind(theme=known["Seat"]),
        Behind(theme=known["Lock"], query=ATOLL),
        Behind(waiting=True),
        Behind(theme=known["Lock"], shared=known["Seat"], query=ATOLL),
        Behind(query=ThemeQuery(regions=("Atoll",), products=("Bikes",), weeks=4)),
    )
    for one in asked:
        yield f"notes {one}", quotes.notes(store, one, QuoteOrder.NEWEST, TODAY)
    yield "search", search.search(store, ALONE, ThemeQuery(), TODAY, None)
    yield "search, narrowed", search.search(store, "lock", ATOLL, TODAY, None)
    with store.connect() as connection:
        marked = connection.execute(select(SignalRow.id).where(SignalRow.text.contains(ALONE))).scalars().all()
    yield "marked on the map", quotes.quotes_of(store, marked)
    yield "jobs", jobs.jobs(store)
    yield "themes", ranking.themes(store, ATOLL, TODAY)


def test_what_too_few_said_is_told_to_nobody_beyond_the_care_team(filled: Store) -> None:
    known = ids(filled)
    told = {name for name, found in everything_asked(filled, known) if ALONE in repr(found) or AMONG in repr(found)}
    names = {name for name, _ in everything_asked(filled, known)}
    assert names - told == {"against", "themes"}, "the care team reads all of it, else this would show nothing"
    for name, found in everything_asked(filled.seen_by(K), known):
        assert ALONE not in repr(found), name
        assert AMONG not in repr(found), name


def test_what_many_said_is_told_to_everybody(filled: Store) -> None:
    seen, known = filled.seen_by(K), ids(filled)
    found = quotes.notes(seen, Behind(theme=known["Lock"]), QuoteOrder.NEWEST, TODAY)
    assert (found.notes, found.customers, found.fewer_than, len(found.quotes)) == (6, 6, 0, 6)
    assert AMONG in repr(search.search(seen, "lock", ThemeQuery(), TODAY, None))
    page = ranking.themes(seen, ThemeQuery(), TODAY)
    assert [(row.name, row.customers) for row in page.rows] == [("Lock", 6)]
    assert (page.matching, page.left_out, page.totals.customers) == (1, 2, 6)
    assert [region.name for region in atlas(seen, ThemeQuery(), TODAY).regions] == ["Lock"]


def test_numbers_of_few_are_told_as_fewer_than(filled: Store) -> None:
    seen, known = filled.seen_by(K), ids(filled)
    assert ranking.themes(seen, ATOLL, TODAY).rows == ()
    assert ranking.themes(seen, ATOLL, TODAY).totals.fewer_than == K
    alone = theme.theme(seen, known["Seat"], TODAY)
    assert alone is not None
    assert (alone.name, alone.fewer_than, alone.customers, alone.notes, alone.affected) == ("Seat", K, 0, 0, ())
    lock = theme.theme(seen, known["Lock"], TODAY)
    assert lock is not None
    assert {one.value for one in lock.affected} == {"Bikes", "North", "external"}, (
        "the Atoll's one customer is not told"
    )
    assert "Atoll" in {one.value for one in theme.theme(filled, known["Lock"], TODAY).affected}  # type: ignore[union-attr]
    assert ranking.choices(seen).regions == ("North",)
    assert set(ranking.choices(filled).regions) == {"North", "Atoll"}
    assert not jobs.jobs(seen).jobs


def test_a_review_and_its_minutes_hold_to_it(filled: Store) -> None:
    admin = people.local(filled, at=NOW)
    reviewing.open_week(filled, by=admin, at=NOW)
    whole, seen = reviews.review(filled, None, TODAY), reviews.review(filled.seen_by(K), None, TODAY)
    assert whole is not None
    assert seen is not None
    assert {item.evidence.name for item in seen.items} == {item.evidence.name for item in whole.items} >= {"Seat"}
    assert ALONE in markdown(whole, NOW)
    for written in (markdown, html):
        assert ALONE not in written(seen, NOW)
        assert f"fewer than {K} customers" in written(seen, NOW)
    assert AMONG in markdown(seen, NOW), "six customers speak of the lock"


def test_the_outcome_tree_holds_to_it(filled: Store) -> None:
    admin, known = people.local(filled, at=NOW), ids(filled)
    outcome = opportunity_edits.add(filled, NodeKind.OUTCOME, "Rides begin", by=admin, at=NOW)
    for name in ("Lock", "Seat"):
        opportunity_edits.add(filled, NodeKind.THEME, under=outcome, theme_id=known[name], by=admin, at=NOW)
    nodes = [one for one in opportunities.tree(filled.seen_by(K)).nodes.values() if one.kind is NodeKind.THEME]
    assert [(one.title, one.customers, one.fewer_than) for one in nodes] == [("Lock", 6, 0), ("Seat", 0, K)]


@pytest.mark.parametrize("role", Role)
def test_the_care_team_is_one_and_the_same_everywhere(store: Store, role: Role) -> None:
    person = Person(1, "Anna", "", role, "", active=True)
    assert least_customers(person, K) == (1 if role in CARE_TEAM else K)
    seen = store.seen_by(least_customers(person, K))
    assert [fewer_than(seen, customers) for customers in (1, 4, 5)] == ([0, 0, 0] if role in CARE_TEAM else [K, K, 0])


def test_both_views_are_one_store(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept in memory is kept once; else every reader who is not of the care team would count anew."""
    from insights.counting import counted

    ranking.themes(filled, ThemeQuery(), TODAY)
    read: list[str] = []
    whole: Callable[..., object] = counted._all

    def reading(connection: object) -> object:
        read.append("again")
        return whole(connection)

    monkeypatch.setattr(counted, "_all", reading)
    ranking.themes(filled.seen_by(K), ThemeQuery(), TODAY)
    assert not read
    assert filled.seen_by(K).seen_by(1).least_customers == 1
