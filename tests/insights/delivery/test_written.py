"""Protects written notes: kept before anything else, done only when they came back as feedback, their raw words gone then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from ingest.feedback import Feedback, Origin, Reason, Rejected, Segment, Speaker
from ingest.wire import encode
from insights.delivery import outbox, written
from insights.delivery.writer import Home, write
from insights.delivery.written import Draft, NotWritten, State
from insights.desk import own_notes
from insights.store import Store
from insights.tables import OutboxRow, SignalRow
from insights.themes import curation
from insights.themes.lineage import Decision
from insights.trust import audit, erasure, people
from insights.trust.people import NotAllowed, Person, Role
from tests.insights.notes import NOW, analysis

SAID = "Anna Smith cannot open the bike."


@pytest.fixture
def mira(store: Store) -> Person:
    return people.add(store, "Mira", "", Role.AGENT, by=people.local(store, "Ada", at=NOW), at=NOW)


def arrive(store: Store) -> None:
    """The worker stores what waits, redacted."""
    (note,) = written.waiting(store)
    found = Feedback(
        source=note.event["source"],
        external_id=note.event["external_id"],
        occurred_at=NOW,
        segments=(Segment(Speaker.CUSTOMER, SAID.replace("Anna Smith", "[name]")),),
    )
    write(store, [analysis(found)], [[Home(None, 0.0)]], received_at=NOW)


def payloads(store: Store) -> str:
    with store.connect() as connection:
        return str(connection.execute(select(OutboxRow.payload)).all())


def test_a_note_is_kept_at_once_and_done_when_its_feedback_is_stored(store: Store, mira: Person) -> None:
    identity = written.write_note(store, Draft(SAID, channel="phone", customer_id="4711"), by=mira, at=NOW)
    (note,) = written.waiting(store)
    assert note.feedback_id == identity
    assert note.event["segments"] == [{"speaker": "customer", "text": SAID}]
    assert outbox.waiting(store, besides=written.TYPE) == ()
    (entry,) = audit.entries(store, subject=f"note:{identity}")
    assert "Anna" not in str(entry)
    assert "4711" not in str(entry)
    (mine,) = own_notes.own_notes(store, mira)
    assert (mine.state, mine.words) == (State.WAITING, SAID)
    assert written.settle(store, NOW) == 0
    arrive(store)
    assert written.settle(store, NOW) == 1
    assert written.waiting(store) == ()
    assert outbox.waiting(store) == ()
    assert "Anna" not in payloads(store)
    assert "4711" not in payloads(store)
    (mine,) = own_notes.own_notes(store, mira)
    assert (mine.state, mine.words) == (State.HEARD, SAID.replace("Anna Smith", "[name]"))
    assert [(fate.kind, fate.theme_id) for fate in mine.fates] == [("pain", None)]


def test_what_became_of_it_is_told_to_its_author_alone(store: Store, mira: Person) -> None:
    written.write_note(store, Draft(SAID), by=mira, at=NOW)
    arrive(store)
    with store.connect() as connection:
        number = connection.execute(select(SignalRow.id)).scalar_one()
    made = curation.create(store, "pain", "Bikes stay shut", [number], Decision("machine", "", NOW))
    (mine,) = own_notes.own_notes(store, mira)
    assert [(fate.theme_id, fate.theme_name) for fate in mine.fates] == [(made.theme_id, "Bikes stay shut")]
    tom = people.add(store, "Tom", "", Role.AGENT, by=people.local(store, "Ada", at=NOW), at=NOW)
    assert own_notes.own_notes(store, tom) == ()


def test_older_notes_follow_and_notes_from_other_systems_are_found_by_key(store: Store) -> None:
    ada = people.local(store, "Ada", at=NOW)
    mira = people.add(store, "Mira", "", Role.AGENT, by=ada, at=NOW, agent_key="k1")
    for minute in range(3):
        written.write_note(store, Draft(f"Note {minute}"), by=mira, at=NOW + timedelta(minutes=minute))
    said = (Segment(Speaker.NOTE, "From the help desk"),)
    for key in ("k1", "k2"):
        found = Feedback("zendesk", key, NOW - timedelta(days=1), said, agent_key=key)
        write(store, [analysis(found, [])], [[]], received_at=NOW)
    shown = own_notes.own_notes(store, mira, limit=2)
    assert [one.words for one in shown] == ["Note 2", "Note 1"]
    older = own_notes.own_notes(store, mira, limit=2, before=shown[-1].at)
    assert [one.words for one in older] == ["Note 0", "From the help desk"]


def test_a_note_that_cannot_be_read_is_not_sent_for_ever(store: Store, mira: Person) -> None:
    identity = written.write_note(store, Draft(SAID), by=mira, at=NOW)
    (note,) = written.waiting(store)
    letter = Rejected(Reason.ANALYSIS_FAILED, "", encode(note.event), Origin("earshot.feedback", 0, 7))
    write(store, [], [], [letter], received_at=NOW)
    assert written.settle(store, NOW) == 1
    assert own_notes.own_notes(store, mira)[0].state is State.SET_ASIDE
    assert own_notes.own_notes(store, mira)[0].feedback_id == identity
    assert written.waiting(store) == ()


def test_a_note_erased_on_its_way_is_gone_from_its_authors_list(store: Store, mira: Person) -> None:
    ada = people.local(store, "Ada", at=NOW)
    written.write_note(store, Draft(SAID, customer_id="customer-4711"), by=mira, at=NOW)
    erasure.erase(store, "0" * 32, raw_id="customer-4711", by=ada, at=NOW)
    assert "Anna" not in payloads(store)
    assert own_notes.own_notes(store, mira) == ()
    assert written.waiting(store) == ()


def test_an_empty_or_endless_note_and_a_reader_are_refused(store: Store, mira: Person) -> None:
    with pytest.raises(NotWritten, match="what the customer said"):
        written.write_note(store, Draft("  \n"), by=mira, at=NOW)
    with pytest.raises(NotWritten, match="longer than"):
        written.write_note(store, Draft("x" * 20_001), by=mira, at=NOW)
    with pytest.raises(NotWritten, match="product"):
        written.write_note(store, Draft("words", product="p" * 300), by=mira, at=NOW)
    reader = people.add(store, "Vera", "", Role.VIEWER, by=people.local(store, "Ada", at=NOW), at=NOW)
    with pytest.raises(NotAllowed):
        written.write_note(store, Draft("words"), by=reader, at=NOW)
    assert written.waiting(store) == ()
