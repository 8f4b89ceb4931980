"""Protects what was set aside: sent in again whole and once, exported and purged by those who may, all of it audited."""

from __future__ import annotations

import base64

import pytest

from ingest.feedback import Origin, Reason, Rejected
from insights.delivery import dead_letters, outbox
from insights.delivery.writer import write
from insights.store import Store
from insights.trust import audit, people
from insights.trust.people import NotAllowed, Person, Role
from tests.insights.notes import NOW


@pytest.fixture
def admin(store: Store) -> Person:
    return people.local(store, at=NOW)


def set_aside(store: Store, count: int, reason: Reason = Reason.NOT_JSON) -> tuple[int, ...]:
    letters = [
        Rejected(reason, "no", bytes([at % 256, 0, 255]), Origin("notes", 0, at), (("trace", b"\xfe"),))
        for at in range(count)
    ]
    write(store, [], [], letters, received_at=NOW)
    return dead_letters.waiting_ids(store, reason=reason.value)


def test_p7_a_thousand_are_sent_again_once_each_with_their_bytes_and_audited(store: Store, admin: Person) -> None:
    ids = set_aside(store, 1_000)
    assert dead_letters.send_again(store, ids, by=admin, at=NOW) == 1_000
    assert dead_letters.send_again(store, ids, by=admin, at=NOW) == 0
    events = outbox.waiting(store, 2_000)
    assert [base64.b64decode(event.payload["value"]) for event in events] == [
        bytes([at % 256, 0, 255]) for at in range(1_000)
    ]
    assert events[0].payload["headers"] == [["trace", "\xfe"]]
    entries = audit.entries(store, action="dead letter sent again", limit=2_000)
    assert {entry.subject for entry in entries} == {f"dead_letter:{one}" for one in ids}
    assert audit.check(store).broken_at is None
    assert dead_letters.listed(store) == ()


def test_one_reason_is_sent_again_and_the_others_wait(store: Store, admin: Person) -> None:
    set_aside(store, 3)
    letters = [Rejected(Reason.EMPTY, "no", b"", Origin("other", 0, at)) for at in range(2)]
    write(store, [], [], letters, received_at=NOW)
    empty = dead_letters.waiting_ids(store, reason="empty")
    assert dead_letters.send_again(store, empty, by=admin, at=NOW) == 2
    assert dead_letters.counts(store) == (("not_json", 3),)


def test_an_export_holds_everything_and_is_noted(store: Store, admin: Person) -> None:
    ids = set_aside(store, 2)
    first, second = dead_letters.export(store, ids, by=admin, at=NOW)
    assert base64.b64decode(first["payload_base64"]) == b"\x00\x00\xff"
    assert (second["origin"], second["reason"], second["headers"]) == ("notes[0]@1", "not_json", [["trace", "\xfe"]])
    (entry,) = audit.entries(store, action="dead letters exported")
    assert entry.after == {"count": 2}


def test_a_purge_is_for_good_and_noted(store: Store, admin: Person) -> None:
    ids = set_aside(store, 700)
    assert dead_letters.purge(store, ids[:600], by=admin, at=NOW) == 600
    assert dead_letters.waiting_ids(store) == ids[600:]
    assert audit.entries(store, action="dead letters purged")[0].before == {"count": 600}


@pytest.mark.parametrize("role", Role)
def test_x4_who_may_do_what_with_dead_letters(store: Store, admin: Person, role: Role) -> None:
    person = people.add(store, "Anna", "", role, by=admin, at=NOW)
    ids = set_aside(store, 4)
    deeds = {
        lambda: dead_letters.send_again(store, ids[:1], by=person, at=NOW): {Role.PRODUCT_OWNER, Role.TEAM_OWNER, Role.ADMIN},
        lambda: dead_letters.mark_taken_in(store, ids[1:2], by=person, at=NOW): {Role.PRODUCT_OWNER, Role.TEAM_OWNER, Role.ADMIN},
        lambda: dead_letters.export(store, ids[2:], by=person, at=NOW): {Role.ADMIN},
        lambda: dead_letters.purge(store, ids[2:], by=person, at=NOW): {Role.ADMIN},
    }  # fmt: skip
    for deed, may in deeds.items():
        if role in may:
            deed()
        else:
            with pytest.raises(NotAllowed):
                deed()
    if role not in (Role.PRODUCT_OWNER, Role.TEAM_OWNER, Role.ADMIN):
        assert dead_letters.waiting_ids(store) == ids
