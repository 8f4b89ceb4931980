"""Protects the counts: whatever is written, in whatever order, they equal a count from the raw rows, on both engines."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from insights.board.ranking import ThemeQuery, choices, themes
from insights.counting.counted import counted
from insights.counting.packing import NOTES
from insights.counting.recount import recount, repair
from insights.delivery.writer import Home, write
from insights.store import Store
from insights.tables import CountBlockRow, FeedbackRow, LineageRow, SignalRow, ThemeRow
from insights.themes import curation
from insights.themes.curation import CurationError, Decision
from nlp.signals import Attribution, SignalKind
from tests.insights.notes import NOW, analysis, feedback, signal

BY = Decision("anna", "tried", NOW)
TODAY = date(2026, 9, 30)
NUMBERS = st.integers(0, 9)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.lists(st.tuples(NUMBERS, st.integers(1, 4), st.integers(0, 30)), min_size=1, max_size=6)),
        st.tuples(st.just("create"), st.lists(NUMBERS, max_size=5)),
        st.tuples(st.sampled_from(["merge", "split", "retire", "undo", "erase", "edit", "fail"]), NUMBERS),
    ),
    min_size=1,
    max_size=12,
)  # fmt: skip


def empty(store: Store) -> None:
    with store.begin() as connection:
        connection.execute(update(LineageRow).values(undone_by=None))
        for name in ("lineage_member", "lineage", "outbox", "vector", "signal", "segment", "feedback", "theme"):
            connection.execute(FeedbackRow.metadata.tables[name].delete())


def put(store: Store, number: int, version: int, age: int) -> None:
    """One note: what it says, by whom, when and of what product changes with its version."""
    kind = SignalKind.SUGGESTION if number % 3 == 2 else SignalKind.PAIN
    whose = Attribution.AGENT if version == 4 else Attribution.CUSTOMER
    note = feedback(
        f"n{number}", f"It broke in way {version}.", version=version, occurred_at=NOW - timedelta(days=age),
        conversation_id=f"case {number % 3}" if version % 2 else "", handle_minutes=1.1 * version,
        refund=9.99 if version == 3 else None, credit=0.1 * number, currency="EUR" if version % 2 else "GBP",
        customer_key=f"c{number % 4}", product=f"p{version % 3}" if version % 3 else "", plan=f"plan {number % 2}",
    )  # fmt: skip
    said = [signal(note.segments[0].text, kind, attribution=whose), signal("It broke", kind)]
    with store.connect() as connection:
        standing = connection.execute(select(ThemeRow.id).where(ThemeRow.status == "live", ThemeRow.kind == kind.value))
        homes = standing.scalars().all()
    home = Home(homes[number % len(homes)], 0.8) if homes and number % 2 else Home(None, 0.0)
    write(store, [analysis(note, said)], [[home, Home(None, 0.0)]], received_at=NOW - timedelta(days=age // 2))


def take(store: Store, step: str, given_: Any) -> None:
    if step == "write":
        for number, version, age in given_:
            put(store, number, version, age)
        return
    with store.connect() as connection:
        ids = list(connection.execute(select(ThemeRow.id).order_by(ThemeRow.id)).scalars())
        signals = list(connection.execute(select(SignalRow.id).order_by(SignalRow.id)).scalars())
        notes = list(connection.execute(select(FeedbackRow.id).order_by(FeedbackRow.id)).scalars())
        steps = list(connection.execute(select(LineageRow.id)).scalars())
    if step == "create" and signals:
        members = [signals[at % len(signals)] for at in given_]
        curation.create(store, "pain", f"theme {len(ids)}", members, BY)
    elif step == "merge" and ids:
        curation.merge(store, ids[given_ % len(ids)], ids[given_ * 3 % len(ids)], BY)
    elif step == "split" and ids and signals:
        curation.split(store, ids[given_ % len(ids)], signals[given_::2], BY, name="part")
    elif step == "retire" and ids:
        curation.retire(store, ids[given_ % len(ids)], BY)
    elif step == "undo" and steps:
        curation.undo(store, steps[-1 - given_ % len(steps)], BY)
    elif step == "erase" and notes:
        with store.begin() as connection:
            connection.execute(delete(FeedbackRow).where(FeedbackRow.id == notes[given_ % len(notes)]))
    elif step == "edit":
        with store.begin() as connection:
            connection.execute(
                update(FeedbackRow).values(region=f"r{given_ % 3}", handle_minutes=float(given_), refund=None)
            )
            connection.execute(update(SignalRow).where(SignalRow.kind == "pain").values(severity=given_ % 6))
    elif step == "fail":
        with suppress(ZeroDivisionError), store.begin() as connection:
            connection.execute(delete(FeedbackRow))
            raise ZeroDivisionError


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_after_any_steps_the_counts_equal_a_recount(store: Store, steps: list[tuple[str, Any]]) -> None:
    empty(store)
    for step, given_ in steps:
        try:
            take(store, step, given_)
        except CurationError:
            continue
        with store.connect() as connection:
            counted(store, connection)  # a reader who looks after every step, and so reads only what was changed
    assert recount(store).right, recount(store)
    with store.connect() as connection:
        followed = counted(store, connection)
    page, offered = themes(store, ThemeQuery(regions=("r1",)), TODAY), choices(store)
    address = store._url.render_as_string(hide_password=False)
    with Store(address) as other, other.connect() as connection:
        fresh = counted(other, connection)
        assert {place: len(found) for place, found in fresh.places.items()} == {
            place: len(found) for place, found in followed.places.items() if len(found)
        }
        for place, found in fresh.places.items():
            assert sorted(found.id) == sorted(followed.at(place).id)
        assert themes(other, ThemeQuery(regions=("r1",)), TODAY) == page
        assert choices(other) == offered


def test_a_block_that_was_spoilt_is_found_and_mended(store: Store) -> None:
    for number in range(8):
        put(store, number, 1, number)
    assert recount(store).right
    with store.begin() as connection:
        connection.execute(delete(CountBlockRow).where(CountBlockRow.place == NOTES))
    assert recount(store).missing == 8
    repair(store)
    assert recount(store).right
    assert themes(store, ThemeQuery(), TODAY).totals.notes == 8


def test_many_records_of_one_week_spread_over_blocks(store: Store) -> None:
    notes = [analysis(feedback(f"m{number}")) for number in range(1_300)]
    for start in range(0, 1_300, 260):
        some = notes[start : start + 260]
        write(store, some, [[Home(None, 0.0)]] * len(some), received_at=NOW)
    with store.connect() as connection:
        sizes = connection.execute(select(CountBlockRow.records).where(CountBlockRow.place == NOTES)).scalars().all()
    assert sorted(sizes) == [276, 512, 512]
    assert recount(store).right
