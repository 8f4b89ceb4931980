"""Protects the speed of the board on a million notes: no question reads a large table from end to end.

Every statement that the board's questions send is explained on both engines. PostgreSQL is told to avoid sequential
scans, so one that is left means that no index could serve; SQLite says so by itself. A walk along an index is let pass
where the statement stops it by a limit, or where the index holds the few rows that are meant and no others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, event, text

from insights.board import atlas, jobs, owned, quotes, ranking, saved
from insights.board.behind import Behind
from insights.board.quotes import QuoteOrder
from insights.board.ranking import Rank, ThemeQuery
from insights.board.search import search
from insights.board.theme import theme
from insights.delivery.pipeline import status
from insights.desk import conversation, inbox
from insights.desk.inbox import DeskQuery
from insights.listening import asking
from insights.review import of_theme, reviews
from insights.store import Store
from tests.dashboard.planted import SUBJECTS, plant

LARGE = ("feedback", "segment", "signal", "vector", "search_note", "annotation")
NOW = datetime.now(UTC)
TODAY = NOW.date()
NARROW = ThemeQuery(products=("Bikes",), plans=("Year", "Day"), regions=("North",), weeks=12)
Ask = Callable[[Store, int], object]
QUESTIONS: dict[str, Ask] = {
    "themes": lambda store, _: [ranking.themes(store, ThemeQuery(rank=rank), TODAY) for rank in Rank],
    "themes, filtered and grouped": lambda store, _: ranking.themes(store, ThemeQuery(regions=("North",), grouped=True), TODAY),
    "choices": lambda store, _: ranking.choices(store),
    "a theme": lambda store, one: theme(store, one, TODAY),
    "owners and answers": lambda store, one: owned.owned(store, [one], TODAY),
    "owner panel": lambda store, one: asking.standing(store, one, NOW),
    "reviews of a theme": lambda store, one: of_theme.reviewed(store, one),
    "quotes": lambda store, one: [quotes.quotes(store, one, order, limit=6) for order in QuoteOrder],
    "against": lambda store, one: quotes.opposed(store, one, limit=6),
    "notes": lambda store, one: quotes.notes(store, Behind(theme=one, query=NARROW), QuoteOrder.NEWEST, TODAY),
    "notes of a week": lambda store, _: quotes.notes(
        store, Behind(first=TODAY - timedelta(weeks=2), end=TODAY), QuoteOrder.NEWEST, TODAY
    ),
    "notes that wait": lambda store, _: quotes.notes(store, Behind(waiting=True), QuoteOrder.NEWEST, TODAY),
    "all notes": lambda store, _: quotes.notes(store, Behind(), QuoteOrder.NEWEST, TODAY, offset=200),
    "map": lambda store, _: atlas.atlas(store, NARROW, TODAY),
    "search": lambda store, _: search(store, "lock paid", ThemeQuery(), TODAY, None),
    "search, filtered": lambda store, _: search(store, '"the rain"', NARROW, TODAY, None),
    "saved searches": lambda store, _: saved.saved_searches(store),
    "jobs": lambda store, _: jobs.jobs(store, "Bikes"),
    "pulse": lambda store, _: status(store, NOW),
    "desk": lambda store, _: _desk(store),
    "review": lambda store, _: (reviews.summaries(store), reviews.review(store, None, TODAY)),
}  # fmt: skip


def _desk(store: Store) -> None:
    inbox.progress(store, "Ada", NOW - timedelta(hours=12))
    box = inbox.inbox(store, "Ada", DeskQuery(kind="pain", products=("Bikes",)))
    conversation.conversation(store, box.items[0].feedback_id, "Ada")


@contextmanager
def heard() -> Iterator[list[tuple[str, Any]]]:
    """Collect every SELECT that is sent, with its parameters."""
    sent: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if not many and statement.lstrip().upper().startswith(("SELECT", "WITH")):
            sent.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


def scans(store: Store, statement: str, parameters: Any) -> list[str]:
    """Return the large tables that a statement reads from end to end."""
    with store.connect() as connection:
        if store.dialect == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            plan = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)]
            found = [match[1] for line in plan if (match := re.search(r"Seq Scan on (\w+)", line))]
        else:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            walks = [row.detail for row in rows if row.detail.startswith("SCAN")]
            limited = "LIMIT" in statement.upper()
            few = connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'"
            )
            short = tuple(f"INDEX {name}" for name in few.scalars())
            found = [line.split()[1] for line in walks if not (("INDEX" in line and limited) or line.endswith(short))]
    return [name for name in found if name in LARGE]


def test_no_question_reads_a_large_table_from_end_to_end(store: Store) -> None:
    planted = plant(store)
    lock = planted.ids[SUBJECTS[0].name]
    slow: dict[str, list[str]] = {}
    for name, ask in QUESTIONS.items():
        with heard() as sent:
            ask(store, lock)
        assert sent, name
        for statement, parameters in sent:
            if names := scans(store, statement, parameters):
                slow.setdefault(name, []).append(f"{names}: {statement}")
    assert slow == {}


def test_a_walk_through_all_signals_is_seen(store: Store) -> None:
    """The check itself: what must fail does."""
    plant(store)
    assert scans(store, "SELECT count(*) FROM signal WHERE length(text) = 3", ()) == ["signal"]
    assert scans(store, "SELECT id FROM feedback WHERE id = 'x'", ()) == []
