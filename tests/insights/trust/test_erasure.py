"""X6: after an erasure nothing of the customer is left in any table or in the file, and nothing comes back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Table, insert, select, text, update

from ingest.feedback import Feedback, Origin, Reason, Rejected, Segment, Speaker
from insights.columns import Base, Utc
from insights.delivery import dead_letters, outbox
from insights.delivery.rows import signal_id
from insights.delivery.writer import Home, write
from insights.store import Store
from insights.tables import ProofCaseRow, SavedSearchRow, TrackerLinkRow
from insights.themes import curation
from insights.themes.curation import Decision
from insights.trust import audit, backup, erasure, people
from insights.trust.backup import BackupFailed
from insights.trust.people import NotAllowed, Person, Role
from insights.trust.removal import HISTORY
from tests.insights.notes import NOW, analysis, signal

KEY, RAW = "k" * 32, "cust-4711"
MARKERS = [f"marker{number:02}zq" for number in range(25)]
PEOPLES = {"question": ("who", "words", "choices", "state")}
"""Columns whose words are those of people who work with Earshot; they say nothing of the customer."""
DECISION = Decision("Mira", "they say the same", NOW)


@pytest.fixture
def admin(store: Store) -> Person:
    return people.local(store, at=NOW)


def said(external_id: str, words: str, customer: str = KEY) -> Feedback:
    return Feedback(
        source="desk",
        external_id=external_id,
        occurred_at=NOW - timedelta(days=1),
        segments=(Segment(Speaker.CUSTOMER, words),),
        customer_key=customer,
        attributes={"tariff": words.split()[0]},
        extra={"further": words.split()[-1]},
    )


def plant(store: Store) -> int:
    """Twenty-five notes with a marker each, in a small theme, a large theme and in none; return the small theme."""
    notes = [said(f"t-{at:04}", f"{marker} does not open {marker}") for at, marker in enumerate(MARKERS)]
    others = [said(f"o-{at:04}", "the lock does not open", f"other-{at}") for at in range(6)]
    analyses = [analysis(note, [signal(note.segments[0].text)]) for note in (*notes, *others)]
    write(store, analyses, [[Home(None, 0.0)]] * len(analyses), received_at=NOW)
    heard = [signal_id(one.feedback.id, one.signals[0]) for one in analyses]
    small = curation.create(store, "pain", f"Broken {MARKERS[0]}", heard[:3], DECISION).theme_id
    curation.create(store, "pain", "Lock does not open", heard[3:5] + heard[25:], DECISION)
    letters = [
        Rejected(
            Reason.BAD_VALUE, "no", f'{{"customer_id": "{RAW}", "text": "{MARKERS[5]}"}}'.encode(), Origin("n", 0, 1)
        ),
        Rejected(Reason.NOT_UTF8, "no", f"{RAW};{MARKERS[6]}".encode("utf-16-le"), Origin("n", 0, 2)),
        Rejected(
            Reason.NOT_JSON, "no", b'{"customer_id": "cust\\u002d4711", ' + MARKERS[7].encode(), Origin("n", 0, 3)
        ),
        Rejected(Reason.NOT_JSON, "no", f"x{RAW}9 is somebody else".encode(), Origin("n", 0, 4)),
    ]
    write(store, [], [], letters, received_at=NOW)
    with store.begin() as connection:
        outbox.add(connection, "feedback", notes[0].id, "feedback.captured", {"text": MARKERS[8]}, NOW)
        outbox.add(connection, "replay", "n:1", "dead_letter.sent", {"customer": RAW, "text": MARKERS[9]}, NOW)
        search = {"name": MARKERS[10], "link": f"find={RAW}", "who": "Mira", "at": NOW}
        connection.execute(insert(SavedSearchRow).values(search))
        made: dict[str, dict[str, Any]] = {
            "feedback": {"id": notes[0].id},
            "signal": {"id": heard[0]},
            "theme": {"id": small},
        }
        for table in planted_tables():
            plant_row(connection, table, made, MARKERS[11])
        for name, column in ((ProofCaseRow.__tablename__, "name"), (TrackerLinkRow.__tablename__, "title")):
            named = Base.metadata.tables[name]
            if name not in made:
                plant_row(connection, named, made, "")
            connection.execute(update(named).values({column: f"Broken {MARKERS[0]}"}))
    return small


def planted_tables() -> list[Table]:
    """Every table that says whose note, signal or customer a row is about, whichever are added later."""
    names = {"feedback_id", "signal_id", "customer_key"}
    return [
        table
        for table in Base.metadata.sorted_tables
        if names & set(table.c.keys())
        and table.name not in {"feedback", "segment", "signal", "vector", "search_note", *HISTORY}
    ]


def plant_row(connection: Connection, table: Table, made: dict[str, dict[str, Any]], word: str) -> None:
    """Write one row about the customer, with a word in every column that can hold one, and the rows it refers to."""
    about = {"feedback_id": made["feedback"]["id"], "signal_id": made["signal"]["id"], "customer_key": KEY}
    row: dict[str, Any] = {}
    for column in table.columns:
        parent = next((key.column for key in column.foreign_keys), None)
        if column.name in about:
            row[column.name] = about[column.name]
        elif parent is not None and not (column.nullable and parent.table.name not in made):
            if parent.table.name not in made:
                plant_row(connection, parent.table, made, "")
            row[column.name] = made[parent.table.name][parent.name]
        elif parent is None and not column.nullable:
            row[column.name] = plain(column, "" if column.name in PEOPLES.get(table.name, ()) else word)
    connection.execute(insert(table).values(row))
    made.setdefault(table.name, row)


def plain(column: Column[Any], word: str) -> Any:
    kind = datetime if isinstance(column.type, Utc) else column.type.python_type
    given = {str: word, object: {"said": word}, bytes: word.encode(), datetime: NOW, date: NOW.date()}
    return given.get(kind, 9_001 if column.primary_key else 1)


def found_in_tables(store: Store, needles: list[str]) -> set[str]:
    """Every table and column that holds one of the words, however it is written."""
    found: set[str] = set()
    with store.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for row in connection.execute(select(table)):
                for name, value in row._mapping.items():
                    shown = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                    if any(needle in shown for needle in needles):
                        found.add(f"{table.name}.{name}")
    return found


def test_x6_nothing_is_left_in_any_table_and_the_receipt_counts_it(store: Store, admin: Person) -> None:
    """Seen to fail without the steps for dead letters, events and small themes. Ought to, not tried yet: searches, answers, waiting."""
    small = plant(store)
    before = found_in_tables(store, [*MARKERS, KEY, RAW])
    assert {
        "feedback.attributes",
        "segment.text",
        "signal.text",
        "signal.customer",
        "theme.name",
        "outbox.payload",
        "intake.event",
        "question.answer",
        "review_quote.quote",
        "proof_quote.quote",
        "proof_case.name",
        "tracker_link.title",
        "saved_search.name",
    } <= before
    receipt = erasure.erase(store, KEY, raw_id=RAW, by=admin, at=NOW)
    assert found_in_tables(store, MARKERS) == set()
    assert found_in_tables(store, [KEY]) == {"tombstone.key"}
    with store.connect() as connection:
        letters = connection.execute(text("SELECT payload FROM dead_letter")).scalars().all()
        assert [bytes(one) for one in letters] == [f"x{RAW}9 is somebody else".encode()]
        assert connection.execute(text("SELECT count(*) FROM feedback")).scalar_one() == 6
        assert (
            connection.execute(text("SELECT name FROM theme WHERE id = :id"), {"id": small}).scalar_one()
            == f"Theme {small}"
        )
    assert receipt.counts["feedback"] == 25
    assert receipt.counts["segment"] == receipt.counts["signal"] == receipt.counts["vector"] == 25
    assert receipt.counts["dead_letter"] == 3
    assert receipt.counts["theme"] == 1
    assert erasure.receipts(store) == (receipt,)
    assert audit.check(store).broken_at is None


def test_x6_what_the_broker_still_keeps_does_not_come_back(store: Store, admin: Person) -> None:
    """Seen to fail without the look at tombstones in the writer, and in the books."""
    plant(store)
    erasure.erase(store, KEY, raw_id=RAW, by=admin, at=NOW)
    again = [analysis(said(f"t-{at:04}", marker)) for at, marker in enumerate(MARKERS)]
    unknown_by_now = [analysis(said("t-0000", MARKERS[0], customer="")), analysis(said("t-new", MARKERS[1]))]
    done = write(store, again + unknown_by_now, [[Home(None, 0.0)]] * 27, received_at=NOW)
    assert (done.stored, done.updated) == (0, 0)
    letter = Rejected(
        Reason.BAD_VALUE, "no", f'{{"customer_id": "{RAW}", "text": "{MARKERS[5]}"}}'.encode(), Origin("n", 0, 1)
    )
    write(store, [], [], [letter], received_at=NOW)
    assert found_in_tables(store, MARKERS) == set()
    assert len(dead_letters.listed(store)) == 1


def test_x6_the_bytes_of_the_file_hold_nothing_either(tmp_path: Path) -> None:
    """Seen to fail without `backup.scrub`: the search index and the write-ahead log still held the words."""
    from insights import migrate

    url = f"sqlite:///{tmp_path / 'earshot.db'}"
    migrate.upgrade(url)
    with Store(url) as store:
        admin = people.local(store, at=NOW)
        plant(store)
        assert erasure.erase_for_good(store, KEY, raw_id=RAW, by=admin, at=NOW)[1] == ""
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        for marker in MARKERS:
            assert marker.encode() not in content, (file.name, marker)
            assert marker.encode("utf-16-le") not in content, (file.name, marker)


def test_x6_a_reader_who_holds_the_old_file_is_told_of_and_the_rows_are_gone(tmp_path: Path) -> None:
    """Ought to fail, not tried yet: when the answer of the checkpoint is not looked at, and all seems well."""
    from insights import migrate

    url = f"sqlite:///{tmp_path / 'earshot.db'}"
    migrate.upgrade(url)
    with Store(url) as store:
        admin = people.local(store, at=NOW)
        plant(store)
        with Store(url, read_only=True) as other, other.connect() as reading:
            reading.execute(text("SELECT count(*) FROM feedback"))
            erasure.erase(store, KEY, raw_id=RAW, by=admin, at=NOW)
            with pytest.raises(BackupFailed, match="earshot db scrub"):
                backup.scrub(store, patience=0.2)
        assert found_in_tables(store, MARKERS) == set()
        backup.scrub(store)
    assert MARKERS[0].encode() not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


def test_erasing_again_and_erasing_nobody_are_harmless(store: Store, admin: Person) -> None:
    plant(store)
    erasure.erase(store, KEY, raw_id=RAW, by=admin, at=NOW)
    assert erasure.erase(store, KEY, raw_id=RAW, by=admin, at=NOW).counts == {}
    assert erasure.erase(store, "nobody" * 5, by=admin, at=NOW).counts == {}
    with pytest.raises(ValueError, match="without an id"):
        erasure.erase(store, "", by=admin, at=NOW)
    with store.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM feedback")).scalar_one() == 6


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_x4_only_an_admin_erases(store: Store, admin: Person, role: Role) -> None:
    plant(store)
    person = people.add(store, "Anna", "", role, by=admin, at=NOW)
    with pytest.raises(NotAllowed):
        erasure.erase(store, KEY, raw_id=RAW, by=person, at=NOW)
    assert "segment.text" in found_in_tables(store, MARKERS)
