"""Protects the desk: what waits comes newest first and to its end, what was judged is gone, blind notes stay blind."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select

from insights.delivery.writer import Home, write
from insights.desk import agreement, inbox
from insights.desk.agreement import kappa, sampled, second_of
from insights.desk.annotations import Judgement, Verdict, annotate
from insights.desk.conversation import conversation
from insights.desk.inbox import DeskQuery
from insights.store import Store
from insights.tables import SignalRow
from insights.themes import curation
from insights.themes.lineage import Decision
from insights.trust import people
from insights.trust.people import Person, Role
from tests.insights.notes import NOW, analysis, feedback

EVERYTHING = DeskQuery()


@pytest.fixture
def crew(store: Store) -> dict[str, Person]:
    admin = people.local(store, "Ada", at=NOW)
    return {name: people.add(store, name, "", Role.AGENT, by=admin, at=NOW) for name in ("Mira", "Tom")}


def hear(store: Store, names: list[str], **fields: str) -> list[str]:
    """Notes, each a minute older than the one before; returns their ids."""
    found = [
        feedback(name, f"Note {name} is broken.", occurred_at=NOW - timedelta(minutes=at), **fields)
        for at, name in enumerate(names)
    ]
    angles = np.linspace(0, 1, len(found))
    notes = [
        analysis(one, vectors=[[np.cos(turn), np.sin(turn), 0.0, 0.0]]) for one, turn in zip(found, angles, strict=True)
    ]
    write(store, notes, [[Home(None, 0.0)]] * len(notes), received_at=NOW)
    return [one.id for one in found]


def signal_of(store: Store, note: str) -> int:
    with store.connect() as connection:
        return connection.execute(select(SignalRow.id).where(SignalRow.feedback_id == note)).scalar_one()


def test_the_newest_comes_first_older_ones_follow_and_all_are_shown_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "WINDOWS", (2, 3))
    ids = hear(store, [str(number) for number in range(30)])
    write(store, [analysis(feedback("silent"), [])], [[]], received_at=NOW)
    seen: list[str] = []
    following = None
    while True:
        page = inbox.inbox(store, "Mira", EVERYTHING, limit=4, after=following)
        seen += [item.feedback_id for item in page.items]
        following = page.following
        if following is None:
            break
    assert seen == ids
    assert inbox.inbox(store, "Mira", EVERYTHING, limit=2, besides=ids[:3]).items[0].feedback_id == ids[3]


def test_filters_narrow_and_reach_behind_the_first_window(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "WINDOWS", (5, 20))
    hear(store, [str(number) for number in range(20)], product="Bikes")
    (rare,) = hear(store, ["rare"], product="App", channel="phone")
    assert [item.feedback_id for item in inbox.inbox(store, "Mira", DeskQuery(products=("App",))).items] == [rare]
    assert inbox.inbox(store, "Mira", DeskQuery(channels=("fax",))).items == ()
    assert len(inbox.inbox(store, "Mira", DeskQuery(kind="pain"), limit=50).items) == 21
    assert inbox.inbox(store, "Mira", DeskQuery(kind="job")).items == ()


def test_what_was_judged_leaves_the_inbox_and_counts_in_the_day(store: Store, crew: dict[str, Person]) -> None:
    ids = hear(store, ["1", "2", "3"])
    said = Judgement(Verdict.ACCEPTED, ids[0], signal_of(store, ids[0]), seconds=3.0)
    annotate(store, said, by=crew["Mira"], at=NOW)
    waiting = inbox.inbox(store, "Tom", EVERYTHING).items
    assert [item.feedback_id for item in waiting if not item.blind] == ids[1:]
    day = inbox.progress(store, "Mira", NOW - timedelta(hours=12))
    assert (day.done, day.seconds, day.left) == (1, 3.0, 2)
    assert inbox.progress(store, "Tom", NOW - timedelta(hours=12)).done == 0


def test_a_conversation_shows_what_was_heard_why_and_what_others_said(store: Store, crew: dict[str, Person]) -> None:
    ids = hear(store, ["1", "2", "3", "4"])
    members = [signal_of(store, note) for note in ids]
    made = curation.create(store, "pain", "Broken", members, Decision("machine", "", NOW))
    seen = conversation(store, ids[0], "Mira")
    assert seen is not None
    (heard,) = seen.suggestions
    assert (heard.theme_id, heard.theme_name, heard.customers, heard.verdict) == (made.theme_id, "Broken", 4, "")
    assert [near.feedback_id for near in heard.near] == ids[1:3]
    annotate(store, Judgement(Verdict.REJECTED, ids[0], members[0]), by=crew["Tom"], at=NOW)
    after = conversation(store, ids[0], "Mira")
    assert after is not None
    assert [(one.verdict, one.who, one.text) for one in after.suggestions] == [("rejected", "Tom", heard.text)]
    assert conversation(store, "no such note", "Mira") is None


def blind_note(store: Store, crew: dict[str, Person]) -> str:
    """A note of the sample; both judge notes, so either may be asked for a second opinion."""
    names = [str(number) for number in range(200)]
    name = next(one for one in names if sampled(feedback(one).id))
    plain = next(one for one in names if not sampled(feedback(one).id))
    note, other = hear(store, [name, plain])
    for person in crew.values():
        annotate(store, Judgement(Verdict.ACCEPTED, other, signal_of(store, other)), by=person, at=NOW)
    return note


def test_a_second_opinion_is_asked_blind_changes_nothing_and_is_compared(store: Store, crew: dict[str, Person]) -> None:
    note = blind_note(store, crew)
    number = signal_of(store, note)
    annotate(store, Judgement(Verdict.REJECTED, note, number), by=crew["Mira"], at=NOW)
    annotate(store, Judgement(Verdict.ADDED, note, kind="job", start=0, end=8), by=crew["Mira"], at=NOW)
    assert [(item.feedback_id, item.blind) for item in inbox.inbox(store, "Tom", EVERYTHING).items] == [(note, True)]
    assert inbox.inbox(store, "Mira", EVERYTHING).items == ()
    seen = conversation(store, note, "Tom")
    assert seen is not None
    assert seen.blind
    assert [(one.signal_id, one.verdict) for one in seen.suggestions] == [(number, "")]
    done = annotate(store, Judgement(Verdict.ACCEPTED, note, number, blind=True), by=crew["Tom"], at=NOW)
    assert (done.applied, done.told) == (False, None)
    assert inbox.inbox(store, "Tom", EVERYTHING).items == ()
    with store.connect() as connection:
        assert connection.execute(select(SignalRow.id).where(SignalRow.id == number)).first() is None
    found = {one.kind: one for one in agreement.agreement(store)}
    assert (found["pain"].second_only, found["pain"].neither, found["job"].first_only) == (1, 1, 1)


def test_kappa_is_cohens() -> None:
    """Sim and Wright, Physical Therapy 85 (2005), table 1: kappa .67."""
    value, low, high = kappa(22, 2, 4, 11)
    assert value == pytest.approx(0.67, abs=0.005)
    assert low is not None
    assert high is not None
    assert low < 0.67 < high <= 1
    assert kappa(0, 0, 0, 9) == (None, None, None)
    assert kappa(0, 0, 0, 0) == (None, None, None)
    assert kappa(5, 0, 0, 5)[0] == 1.0


def test_second_notes_are_shared_out_evenly_and_nobody_gets_their_own() -> None:
    names = ["Ada", "Bea", "Cid", "Dan"]
    drawn = [second_of(f"note {number}", names) for number in range(2_000)]
    assert all(420 < drawn.count(name) < 580 for name in names)
    assert second_of("note", []) is None
    assert second_of("note", ["Ada"]) == "Ada"
    assert 60 < sum(sampled(f"note {number}") for number in range(2_000)) < 140
