"""Protects the books: any delivery in any order ends in the same tables, and a batch stands or falls whole."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from ingest.feedback import Feedback, Origin, Reason, Received, Rejected
from ingest.kafka_client import TopicIdentity
from ingest.sources import Progress
from insights.delivery import dead_letters
from insights.delivery.feedback import known_ids
from insights.delivery.offsets import Offsets
from insights.delivery.rows import signal_id
from insights.delivery.writer import Home, Written, write
from insights.store import Overtaken, Store, Unavailable
from insights.tables import DeadLetterRow, FeedbackRow, SegmentRow, SignalRow, VectorRow
from insights.themes import curation
from insights.themes.curation import Decision
from insights.trust import people
from nlp.analyzer import Analysis
from nlp.signals import SignalKind
from tests.insights.notes import NOW, analysis, feedback, signal

TOPIC = TopicIdentity("cluster", "notes", "id-1")
WAITS = Home(None, 0.0)
NO_CLOCK = {"received_at", "updated_at", "at", "id"}


def put(store: Store, *notes: Analysis, progress: Sequence[Progress] = ()) -> Written:
    homes = [[WAITS] * len(note.signals) for note in notes]
    return write(store, notes, homes, (), progress, received_at=NOW)


def contents(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Everything the notes left, without our own clock, in an order of its own."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    with store.connect() as connection:
        for row_type in (FeedbackRow, SegmentRow, SignalRow, VectorRow, DeadLetterRow):
            skip = NO_CLOCK if row_type is DeadLetterRow else NO_CLOCK - {"id"}
            columns = [column for column in row_type.__table__.columns if column.name not in skip]
            found[row_type.__tablename__] = sorted(
                (tuple(row) for row in connection.execute(select(*columns))), key=repr
            )
    return found


def count(store: Store, row_type: type[FeedbackRow] | type[SignalRow] | type[VectorRow]) -> int:
    with store.connect() as connection:
        return connection.execute(select(func.count()).select_from(row_type)).scalar_one()


def part(start: int, following: int, partition: int = 0) -> Progress:
    return Progress(TOPIC.cluster, TOPIC.topic, TOPIC.topic_id, partition, start, following, 100)


versions = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 2), st.sampled_from(["a b c", "d e f g"])),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deliveries=versions, seed=st.integers(0, 1_000))
def test_d6_any_order_in_any_batches_ends_in_the_same_tables(
    store: Store, deliveries: list[tuple[int, int, int, str]], seed: int
) -> None:
    notes = [
        analysis(feedback(f"n{number}", words, version=version, occurred_at=NOW - timedelta(hours=hours)))
        for number, version, hours, words in deliveries
    ]
    empty(store)
    put(store, *notes)
    expected = contents(store)
    shuffled = notes * 2
    random.Random(seed).shuffle(shuffled)
    empty(store)
    while shuffled:
        size = random.Random(seed).randint(1, 3)
        put(store, *shuffled[:size])
        shuffled = shuffled[size:]
    assert contents(store) == expected


def empty(store: Store) -> None:
    with store.begin() as connection:
        for name in ("vector", "signal", "segment", "feedback"):
            connection.execute(FeedbackRow.metadata.tables[name].delete())


def test_the_same_twice_is_unchanged_newer_replaces_older_is_ignored(store: Store) -> None:
    first, second = (
        analysis(feedback("1", words, version=at)) for at, words in enumerate(["old words", "new words now"])
    )
    assert put(store, first) == Written(1, 0, 0, 0)
    assert put(store, first) == Written(0, 0, 1, 0)
    assert put(store, second) == Written(0, 1, 0, 0)
    expected = contents(store)
    assert put(store, first, first) == Written(0, 0, 2, 0)
    assert contents(store) == expected
    assert (count(store, SignalRow), count(store, VectorRow)) == (1, 1)
    assert known_ids(store, [first.feedback.id, "nobody"]) == {first.feedback.id}


def test_a_clamped_clock_does_not_make_a_note_new(store: Store) -> None:
    """Its time is ours, so every delivery carries another."""
    for minutes in (5, 0, 9):
        put(store, analysis(feedback("1", occurred_at=NOW - timedelta(minutes=minutes), clock_clamped=True)))
    with store.connect() as connection:
        assert connection.execute(select(FeedbackRow.occurred_at)).scalar_one() == NOW - timedelta(minutes=5)


def test_every_field_survives(store: Store) -> None:
    found = feedback(
        "1",
        "Fahrräder 🚲 öffnen nicht.\nNie.",
        conversation_id="c1",
        customer_kind="internal",
        customer_key="k",
        agent_key="a",
        language="de",
        handle_minutes=7.25,
        refund=12.5,
        currency="EUR",
        csat=3.0,
        attributes={"tariff": "ü"},
        extra={"deep": [1, None, {"x": True}]},
    )
    put(store, analysis(found, language="de", unread=True))
    with store.connect() as connection:
        row = connection.execute(select(FeedbackRow.__table__)).one()
        said = connection.execute(select(SignalRow.__table__)).one()
    for name in Feedback.__dataclass_fields__:
        if name != "segments":
            assert getattr(row, name) == getattr(found, name), name
    assert (row.detected_language, row.unread, str(row.week)) == ("de", True, "2026-09-28")
    assert said.text == found.segments[0].text
    assert said.customer == "k"
    assert said.slots == [["what", 0, 3]]


def test_a_changed_note_keeps_the_theme_of_what_it_still_says(store: Store) -> None:
    pains = [signal("It is slow."), signal("It is loud.", start=12)]
    old = analysis(feedback("1", "It is slow. It is loud."), pains)
    put(store, old)
    ids = [signal_id(old.feedback.id, pain) for pain in pains]
    made = curation.create(store, "pain", "Slow or loud", ids, Decision("machine", "", NOW))
    new = analysis(feedback("1", "It is slow. It is cold.", version=1), [pains[0], signal("It is cold.", start=12)])
    put(store, new)
    with store.connect() as connection:
        themes = {row.text: row.theme_id for row in connection.execute(select(SignalRow.text, SignalRow.theme_id))}
    assert themes == {"It is slow.": made.theme_id, "It is cold.": None}


def test_a_home_follows_redirects_and_a_retired_one_waits(store: Store) -> None:
    by = Decision("machine", "", NOW)
    kept, gone, retired = (curation.create(store, "pain", name, [], by).theme_id for name in ("A", "B", "C"))
    curation.merge(store, gone, kept, by)
    curation.retire(store, retired, by)
    notes = [analysis(feedback(str(number))) for number in range(3)]
    write(store, notes, [[Home(theme, 0.9)] for theme in (kept, gone, retired)], received_at=NOW)
    with store.connect() as connection:
        homes = connection.execute(select(SignalRow.theme_id)).scalars().all()
    assert sorted(homes, key=str) == sorted([kept, kept, None], key=str)
    with pytest.raises(ValueError, match="no theme ever had the id 99"):
        write(store, [analysis(feedback("9"))], [[Home(99, 0.9)]], received_at=NOW)


def test_two_signals_at_one_place_leave_the_surer(store: Store) -> None:
    twice = [signal("Slow.", confidence=0.6, rule="weak"), signal("Slow.", confidence=0.8, rule="strong")]
    put(store, analysis(feedback("1", "Slow."), twice))
    with store.connect() as connection:
        assert connection.execute(select(SignalRow.rule)).scalars().all() == ["strong"]


def test_d3_offsets_move_only_from_where_they_stand(store: Store) -> None:
    offsets = Offsets(store)
    assert offsets.next_offset(TOPIC, 0) is None
    put(store, analysis(feedback("1")), progress=[part(0, 5)])
    put(store, analysis(feedback("2")), progress=[part(5, 9), part(0, 3, partition=1)])
    assert (offsets.next_offset(TOPIC, 0), offsets.next_offset(TOPIC, 1)) == (9, 3)
    assert offsets.next_offset(TopicIdentity("cluster", "notes", "made again"), 0) is None
    before = contents(store)
    with pytest.raises(Overtaken, match="start over"):
        put(store, analysis(feedback("3")), progress=[part(3, 4, partition=1), part(5, 10)])
    assert contents(store) == before, "a zombie changes nothing"
    assert offsets.next_offset(TOPIC, 1) == 3


def test_a_dead_letter_is_kept_once_with_its_bytes(store: Store) -> None:
    letter = Rejected(Reason.NOT_JSON, "no", b"\x00\xff{", Origin("notes", 2, 7), (("k", b"\xfe"),))
    for _ in range(2):
        write(store, [], [], [letter], received_at=NOW)
    (found,) = dead_letters.listed(store)
    assert (found.reason, found.origin, found.size) == ("not_json", "notes[2]@7", 3)
    kept = dead_letters.payload(store, found.id)
    assert kept is not None
    assert (kept.payload, kept.headers) == (b"\x00\xff{", (("k", b"\xfe"),))
    assert dead_letters.counts(store) == (("not_json", 1),)
    someone = people.local(store, at=NOW)
    assert dead_letters.mark_taken_in(store, [found.id], by=someone, at=NOW) == 1
    assert dead_letters.mark_taken_in(store, [found.id], by=someone, at=NOW) == 0
    assert dead_letters.listed(store) == ()
    assert dead_letters.counts(store) == ()


@pytest.mark.parametrize("evil", [3, 0, 7])
def test_a_note_the_database_refuses_is_set_aside_and_the_rest_is_stored(store: Store, evil: int) -> None:
    notes = [analysis(feedback(str(number), "bad \ud800" if number == evil else "good")) for number in range(8)]
    received = [Received(note.feedback, b"as it came", Origin("notes", 0, at)) for at, note in enumerate(notes)]
    done = write(store, notes, [[WAITS]] * 8, (), [part(0, 8)], received_at=NOW, received=received)
    assert done == Written(7, 0, 0, 1)
    assert count(store, FeedbackRow) == 7
    (letter,) = dead_letters.listed(store)
    assert (letter.reason, letter.origin) == ("store_refused", f"notes[0]@{evil}")
    assert Offsets(store).next_offset(TOPIC, 0) == 8
    kept = dead_letters.payload(store, letter.id)
    assert kept is not None
    assert kept.payload == b"as it came"


def test_a_lock_held_by_another_is_waited_for(store: Store) -> None:
    with ThreadPoolExecutor(1) as pool:
        with store.begin() as holder:
            if store.dialect == "postgresql":
                holder.execute(text("LOCK TABLE feedback IN ACCESS EXCLUSIVE MODE"))
            waiting = pool.submit(put, store, analysis(feedback("1")))
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
        assert waiting.result(timeout=10) == Written(1, 0, 0, 0)


def test_a_lock_that_stays_is_given_up_with_nothing_written(store: Store) -> None:
    """PostgreSQL gives a lock up after three seconds; SQLite, after ten, is left to the long suite."""
    if store.dialect == "sqlite":
        with store.begin(), store.connect() as reader:
            assert reader.execute(select(FeedbackRow.id)).all() == []
        return
    with store.begin() as holder:
        holder.execute(text("LOCK TABLE feedback IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(Unavailable, match="lock"):
            write(store, [analysis(feedback("1"))], [[WAITS]], received_at=NOW, patience=0)
    assert count(store, FeedbackRow) == 0


def test_workers_that_store_the_same_notes_at_once_store_each_once(store: Store) -> None:
    notes = [analysis(feedback(str(number))) for number in range(60)]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: put(store, *notes), range(4)))
    assert sum(one.stored for one in done) == 60
    assert sum(one.unchanged for one in done) == 180
    assert count(store, SignalRow) == 60


def test_signals_of_other_kinds_and_attributions_are_stored_as_heard(store: Store) -> None:
    put(store, analysis(feedback("1"), [signal("Great!", SignalKind.PRAISE, severity=0)]))
    with store.connect() as connection:
        assert connection.execute(select(SignalRow.kind, SignalRow.severity)).all() == [("praise", 0)]
