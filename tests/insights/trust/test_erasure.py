"""X6: after an erasure nothing of the customer is left in any table or in the file, and nothing comes back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from ingest.feedback import Feedback, Origin, Reason, Rejected, Segment, Speaker
from insights.columns import Base
from insights.delivery import dead_letters, outbox
from insights.delivery.rows import signal_id
from insights.delivery.writer import Home, write
from insights.store import Store
from insights.themes import curation
from insights.themes.curation import Decision
from insights.trust import audit, backup, erasure, people
from insights.trust.people import NotAllowed, Person, Role
from tests.insights.notes import NOW, analysis, signal

KEY, RAW = "k" * 32, "cust-4711"
MARKERS = [f"marker{number:02}zq" for number in range(25)]
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
    return small


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
    """Seen to fail without the step for dead letters, for events, and for names of small themes, each."""
    small = plant(store)
    before = found_in_tables(store, [*MARKERS, KEY, RAW])
    assert {
        "feedback.attributes",
        "segment.text",
        "signal.text",
        "signal.customer",
        "theme.name",
        "outbox.payload",
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
        erasure.erase(store, KEY, raw_id=RAW, by=admin, at=NOW)
    backup.scrub(url)
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        for marker in MARKERS:
            assert marker.encode() not in content, (file.name, marker)
            assert marker.encode("utf-16-le") not in content, (file.name, marker)


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
