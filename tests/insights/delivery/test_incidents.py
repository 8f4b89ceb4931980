"""Protects incidents: told once, open until seen to, closed by those who may, and in the audit log."""

from __future__ import annotations

import pytest

from ingest.sources import Trouble
from insights.delivery import incidents
from insights.delivery.incidents import IncidentKind
from insights.store import Store
from insights.trust import audit, people
from insights.trust.people import NotAllowed, Role
from tests.insights.notes import NOW


def test_an_incident_stays_one_while_it_is_open(store: Store) -> None:
    first = incidents.record(store, IncidentKind.GAP, "notes[0]", "offsets 3 to 9", NOW)
    assert incidents.record(store, IncidentKind.GAP, "notes[0]", "again", NOW) == first
    assert incidents.record(store, IncidentKind.GAP, "notes[1]", "offsets 1 to 2", NOW) != first
    assert [one.place for one in incidents.unsettled(store)] == ["notes[0]", "notes[1]"]
    incidents.settle(store, IncidentKind.GAP, "notes[0]", NOW)
    assert [one.place for one in incidents.unsettled(store)] == ["notes[1]"]
    assert incidents.record(store, IncidentKind.GAP, "notes[0]", "a new one", NOW) > first
    closed = next(one for one in incidents.history(store) if one.id == first)
    assert (closed.closed_by, closed.closed_at) == (incidents.MACHINE, NOW)


@pytest.mark.parametrize("role", Role)
def test_x4_who_may_close_an_incident(store: Store, role: Role) -> None:
    admin = people.local(store, at=NOW)
    person = people.add(store, "Anna", "", role, by=admin, at=NOW)
    one = incidents.record(store, IncidentKind.RESET, "notes[0]", "ends at 3", NOW)
    if role in (Role.VIEWER, Role.AGENT):
        with pytest.raises(NotAllowed):
            incidents.close(store, one, by=person, at=NOW)
        assert incidents.unsettled(store)
        return
    assert incidents.close(store, one, by=person, at=NOW)
    assert not incidents.close(store, one, by=person, at=NOW)
    assert not incidents.unsettled(store)
    (entry,) = audit.entries(store, subject=f"incident:{one}")
    assert (entry.who, entry.action) == ("Anna", "incident closed")


def test_what_a_source_met_is_kept_and_a_silent_store_stops_nobody(store: Store) -> None:
    incidents.tell(store, Trouble("recreated", "notes", "made again"))
    assert [one.kind for one in incidents.unsettled(store)] == [IncidentKind.RECREATED]
    silent = Store("postgresql://anna:secret@127.0.0.1:1/earshot")
    incidents.tell(silent, Trouble("gap", "notes[0]", "lost"))
