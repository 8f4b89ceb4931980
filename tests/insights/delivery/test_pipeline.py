"""Protects the pipeline page: nothing waits, lags or is set aside without being counted."""

from __future__ import annotations

from datetime import timedelta

from ingest.feedback import Origin, Reason, Rejected
from ingest.sources import Progress
from insights.delivery.pipeline import set_aside, status
from insights.delivery.writer import Home, write
from insights.store import Store
from insights.themes import curation
from insights.themes.curation import Decision
from nlp.signals import Attribution, SignalKind
from tests.insights.notes import NOW, analysis, feedback, signal


def test_an_empty_pipeline(store: Store) -> None:
    found = status(store, NOW)
    assert (found.notes, found.signals, found.set_aside, found.last_stored_at) == (0, 0, 0, None)
    assert found.per_minute == (0,) * 30
    assert found.partitions == ()


def test_what_came_in_is_counted(store: Store) -> None:
    notes = [
        analysis(feedback("1"), [signal("Slow."), signal("Refund.", SignalKind.COMPENSATION, start=9)]),
        analysis(feedback("2"), [signal("Guess.", attribution=Attribution.AGENT)]),
        analysis(feedback("3", "Ikke bra.", occurred_at=NOW), [], language="nb", unread=True),
    ]
    progress = [Progress("c", "notes", "t", 0, 0, 3, 10), Progress("c", "notes", "t", 1, 0, 5, None)]
    homes = [[Home(None, 0.0)] * len(note.signals) for note in notes]
    write(store, notes, homes, (), progress, received_at=NOW - timedelta(minutes=1, seconds=30))
    write(store, [analysis(feedback("4"), [])], [[]], received_at=NOW - timedelta(hours=2))
    found = status(store, NOW)
    assert (found.notes, found.signals, found.unassigned, found.unread) == (4, 1, 1, 1), (
        "guesses and hand-offs are no evidence"
    )
    assert found.last_stored_at == NOW - timedelta(minutes=1, seconds=30)
    assert found.last_occurred_at == NOW
    assert found.per_minute == (0,) * 28 + (3, 0)
    assert [(part.partition, part.next_offset, part.lag) for part in found.partitions] == [(0, 3, 7), (1, 5, None)]
    version = found.themes_version
    curation.create(store, "pain", "Empty", [], Decision("machine", "", NOW))
    assert status(store, NOW).themes_version > version


def test_what_was_set_aside_is_listed_newest_first_by_reason_and_page(store: Store) -> None:
    letters = [
        Rejected(Reason.NOT_JSON if at % 2 else Reason.EMPTY, f"no {at}", b"x" * at, Origin("notes", 0, at))
        for at in range(7)
    ]
    write(store, [], [], letters, received_at=NOW)
    found = status(store, NOW)
    assert (found.set_aside, found.set_aside_by_reason) == (7, (("empty", 4), ("not_json", 3)))
    first = set_aside(store, limit=4)
    rest = set_aside(store, limit=4, before_id=first[-1].id)
    assert [letter.size for letter in (*first, *rest)] == [6, 5, 4, 3, 2, 1, 0]
    assert {letter.reason for letter in set_aside(store, reason="empty")} == {"empty"}


def test_an_older_log_of_the_same_topic_is_not_shown_twice(store: Store) -> None:
    write(store, [], [], (), [Progress("c", "notes", "old", 0, 0, 90, 90)], received_at=NOW - timedelta(days=1))
    write(store, [], [], (), [Progress("c", "notes", "new", 0, 0, 4, 4)], received_at=NOW)
    assert [part.next_offset for part in status(store, NOW).partitions] == [4]
