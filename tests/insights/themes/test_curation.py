"""Protects lasting themes: whatever is done in whatever order, a signal has one theme, old ids lead on, undo is exact."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import insert, select, update

from insights.delivery import outbox
from insights.delivery.rows import signal_id
from insights.delivery.writer import Home, write
from insights.store import Store
from insights.tables import FeedbackRow, LineageMemberRow, LineageRow, SignalRow, ThemeRow
from insights.themes import curation
from insights.themes.curation import CurationError, Decision, Step
from insights.themes.known import live_themes, themes_version
from insights.themes.lineage import Event, resolve
from tests.insights.notes import NOW, analysis, feedback

MACHINE = Decision("machine", "refresh", NOW)
ANNA = Decision("anna", "same thing", NOW)
SIGNALS = 12


def plant(store: Store, number: int = SIGNALS) -> list[int]:
    notes = [analysis(feedback(str(at))) for at in range(number)]
    write(store, notes, [[Home(None, 0.0)]] * number, received_at=NOW)
    return [signal_id(note.feedback.id, note.signals[0]) for note in notes]


def homes(store: Store) -> dict[int, int | None]:
    with store.connect() as connection:
        return {row.id: row.theme_id for row in connection.execute(select(SignalRow.id, SignalRow.theme_id))}


def themes(store: Store) -> dict[int, tuple[Any, ...]]:
    with store.connect() as connection:
        return {row.id: tuple(row) for row in connection.execute(select(ThemeRow.__table__))}


def pin(store: Store, signal: int) -> None:
    with store.begin() as connection:
        connection.execute(update(SignalRow).where(SignalRow.id == signal).values(pinned=True))


def empty(store: Store) -> None:
    with store.begin() as connection:
        connection.execute(update(LineageRow).values(undone_by=None))
        for name in ("lineage_member", "lineage", "outbox", "vector", "signal", "segment", "feedback", "theme"):
            connection.execute(FeedbackRow.metadata.tables[name].delete())


def machine(store: Store) -> type[RuleBasedStateMachine]:
    """The state machine over one store, which each run finds empty."""

    class Themes(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            empty(store)
            self.signals = plant(store)
            self.pinned: dict[int, int | None] = {}
            self.every_id: set[int] = set()
            self.highest = 0

        def draw(self, data: st.DataObject) -> tuple[list[int], list[int]]:
            chosen = data.draw(st.lists(st.sampled_from(self.signals), unique=True, max_size=6))
            return chosen, sorted(self.every_id)

        def one(self, data: st.DataObject) -> int:
            return data.draw(st.sampled_from(sorted(self.every_id)))

        def taken(self, before: tuple[Any, Any], step: Step | None) -> None:
            """A step that was taken can be taken back at once, and everything is as it was; then it is taken again."""
            if step is None:
                assert (homes(store), themes(store)) == before
                return
            if step.event is Event.CREATED:
                assert step.theme_id > self.highest, "ids are never used again"
            self.highest = max(self.highest, step.theme_id, step.other_theme_id or 0)
            self.every_id |= {step.theme_id} | ({step.other_theme_id} if step.other_theme_id else set())

        @rule(data=st.data(), undone=st.booleans())
        def create(self, data: st.DataObject, undone: bool) -> None:
            members, _ = self.draw(data)
            before = homes(store), themes(store)
            try:
                step = curation.create(store, "pain", "Name", members, MACHINE)
            except CurationError:
                return
            self.taken(before, step)
            if undone:
                curation.undo(store, step.lineage_id, MACHINE)
                assert homes(store) == before[0]

        @precondition(lambda self: self.every_id)
        @rule(data=st.data(), undone=st.booleans())
        def change(self, data: st.DataObject, undone: bool) -> None:
            members, _ = self.draw(data)
            verb = data.draw(st.sampled_from(["grow", "merge", "split", "transfer", "rename", "retire"]))
            who = data.draw(st.sampled_from([MACHINE, ANNA]))
            theme, other = self.one(data), self.one(data)
            before = homes(store), themes(store)
            try:
                if verb == "grow":
                    step = curation.grow(store, theme, members, who)
                elif verb == "merge":
                    step = curation.merge(store, theme, other, who)
                elif verb == "split":
                    step = curation.split(store, theme, members, who, name="Part")
                elif verb == "transfer":
                    step = curation.split(store, theme, members, who, into=other)
                elif verb == "rename":
                    step = curation.rename(store, theme, data.draw(st.sampled_from(["A", "B"])), who)
                else:
                    step = curation.retire(store, theme, who)
            except CurationError:
                assert (homes(store), themes(store)) == before, "a refused step changes nothing"
                return
            self.taken(before, step)
            if step is not None and verb == "merge":
                for signal in self.pinned:
                    self.pinned[signal] = homes(store)[signal]
            if step is not None and undone:
                curation.undo(store, step.lineage_id, ANNA)
                assert homes(store) == before[0]
                kept = {key: row for key, row in themes(store).items() if key in before[1]}
                assert kept == before[1]
                for signal in self.pinned:
                    self.pinned[signal] = homes(store)[signal]

        @rule(data=st.data())
        def pin_one(self, data: st.DataObject) -> None:
            signal = data.draw(st.sampled_from(self.signals))
            pin(store, signal)
            self.pinned[signal] = homes(store)[signal]

        @precondition(lambda self: self.every_id)
        @rule(data=st.data())
        def undo_any(self, data: st.DataObject) -> None:
            with store.connect() as connection:
                steps = connection.execute(select(LineageRow.id).order_by(LineageRow.id)).scalars().all()
            before = homes(store), themes(store)
            chosen = data.draw(st.sampled_from(steps))
            try:
                curation.undo(store, chosen, ANNA)
            except CurationError:
                assert (homes(store), themes(store)) == before
                return
            self.pinned = {signal: homes(store)[signal] for signal in self.pinned}
            with pytest.raises(CurationError):
                curation.undo(store, chosen, ANNA)

        @invariant()
        def redirects_end_at_a_theme_that_stands(self) -> None:
            found = themes(store)
            with store.connect() as connection:
                for theme in found:
                    assert resolve(connection, theme) in found
                rows = connection.execute(select(ThemeRow.id, ThemeRow.status, ThemeRow.merged_into)).all()
            assert all((row.status == "merged") == (row.merged_into is not None) for row in rows)

        @invariant()
        def signals_live_where_the_board_can_show_them(self) -> None:
            status = {row[0]: row for row in themes(store).values()}
            with store.connect() as connection:
                merged = set(connection.execute(select(ThemeRow.id).where(ThemeRow.status == "merged")).scalars())
            assert len(homes(store)) == SIGNALS
            assert all(home is None or (home in status and home not in merged) for home in homes(store).values())

        @invariant()
        def what_people_pinned_stays(self) -> None:
            now = homes(store)
            assert all(now[signal] == home for signal, home in self.pinned.items())

        @invariant()
        def lineage_explains_every_home(self) -> None:
            """Replaying the recorded moves from "everything waits" ends where the signals are."""
            replayed: dict[int, int | None] = dict.fromkeys(self.signals)
            member = LineageMemberRow
            with store.connect() as connection:
                wanted = select(member.signal_id, member.from_theme, member.to_theme)
                for row in connection.execute(wanted.order_by(member.lineage_id, member.signal_id)):
                    assert replayed[row.signal_id] == row.from_theme
                    replayed[row.signal_id] = row.to_theme
            assert replayed == homes(store)

    return Themes


def test_any_sequence_of_steps_keeps_the_promises(store: Store) -> None:
    examples = 25 if store.dialect == "sqlite" else 6
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine(store),
        settings=settings(
            max_examples=examples,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )


def test_a_merge_undone_gives_back_its_own_signals_and_keeps_what_came_since(store: Store) -> None:
    signals = plant(store)
    first = curation.create(store, "pain", "First", signals[:3], MACHINE).theme_id
    second = curation.create(store, "pain", "Second", signals[3:6], MACHINE).theme_id
    step = curation.merge(store, second, first, ANNA)
    curation.grow(store, second, signals[6:7], MACHINE)
    curation.undo(store, step.lineage_id, ANNA)
    now = homes(store)
    assert [now[signal] for signal in signals[:7]] == [first] * 3 + [second] * 3 + [first]


def test_later_steps_must_be_undone_first(store: Store) -> None:
    signals = plant(store)
    ids = [curation.create(store, "pain", name, [signals[at]], MACHINE).theme_id for at, name in enumerate("ABC")]
    first = curation.merge(store, ids[0], ids[1], ANNA)
    second = curation.merge(store, ids[1], ids[2], ANNA)
    with pytest.raises(CurationError, match=f"undo them first: {second.lineage_id}"):
        curation.undo(store, first.lineage_id, ANNA)
    curation.undo(store, second.lineage_id, ANNA)
    curation.undo(store, first.lineage_id, ANNA)
    assert [homes(store)[signal] for signal in signals[:3]] == ids


def test_a_name_given_by_a_person_wins(store: Store) -> None:
    signals = plant(store)
    theme = curation.create(store, "pain", "App  does not\nopen", signals, MACHINE).theme_id
    assert live_themes(store)[0].name == "App does not open"
    assert curation.rename(store, theme, "App does not open the bike", MACHINE) is not None
    assert curation.rename(store, theme, "App does not open the bike", MACHINE) is None
    step = curation.rename(store, theme, "Unlocking fails", ANNA)
    assert curation.rename(store, theme, "Something else", MACHINE) is None
    assert [(found.name, found.named_by) for found in live_themes(store)] == [("Unlocking fails", "anna")]
    assert step is not None
    curation.undo(store, step.lineage_id, ANNA)
    assert [(found.name, found.named_by) for found in live_themes(store)] == [("App does not open the bike", "machine")]
    with pytest.raises(CurationError, match="needs a name"):
        curation.rename(store, theme, "  ", ANNA)


def test_the_machine_never_moves_what_a_person_pinned(store: Store) -> None:
    signals = plant(store)
    theme = curation.create(store, "pain", "A", signals[:4], MACHINE).theme_id
    other = curation.create(store, "pain", "B", signals[4:6], MACHINE).theme_id
    pin(store, signals[0])
    step = curation.split(store, theme, signals[:2], MACHINE, name="Part")
    assert (homes(store)[signals[0]], homes(store)[signals[1]]) == (theme, step.other_theme_id)
    with pytest.raises(CurationError, match="a person must merge"):
        curation.merge(store, theme, other, MACHINE)
    curation.merge(store, theme, other, ANNA)
    assert homes(store)[signals[0]] == other


def test_themes_of_two_kinds_are_never_mixed(store: Store) -> None:
    signals = plant(store)
    pain = curation.create(store, "pain", "A", signals[:2], MACHINE).theme_id
    job = curation.create(store, "job", "B", [], MACHINE).theme_id
    with pytest.raises(CurationError):
        curation.create(store, "job", "C", signals[2:], MACHINE)
    with pytest.raises(CurationError):
        curation.merge(store, pain, job, ANNA)
    with pytest.raises(CurationError):
        curation.split(store, pain, signals[:1], ANNA, into=job)
    assert curation.grow(store, job, signals[2:], MACHINE) is None


def test_parents_have_two_levels(store: Store) -> None:
    ids = [curation.create(store, "pain", name, [], MACHINE).theme_id for name in "ABC"]
    curation.arrange(store, {ids[0]: ids[1]})
    with pytest.raises(CurationError):
        curation.arrange(store, {ids[2]: ids[0]})
    with pytest.raises(CurationError):
        curation.arrange(store, {ids[2]: ids[2]})
    with pytest.raises(CurationError):
        curation.arrange(store, {ids[1]: ids[2]})
    curation.arrange(store, {ids[0]: None, ids[2]: ids[0]})
    assert [theme.parent_id for theme in live_themes(store)] == [None, None, ids[0]]


def test_every_step_is_told_through_the_outbox_once_and_in_order(store: Store) -> None:
    signals = plant(store)
    before = themes_version(store)
    first = curation.create(store, "pain", "A", signals[:2], MACHINE).theme_id
    curation.grow(store, first, signals[2:5], MACHINE)
    child = curation.split(store, first, signals[:2], MACHINE, name="Part").other_theme_id
    assert child is not None
    curation.rename(store, child, "Better", ANNA)
    step = curation.merge(store, child, first, ANNA)
    curation.undo(store, step.lineage_id, ANNA)
    curation.retire(store, child, ANNA)
    assert themes_version(store) > before
    told = outbox.waiting(store, 100)
    assert [event.type.removeprefix("theme.") for event in told] == (
        ["created", "grown", "split", "renamed", "merged", "undone", "retired"]
    )
    assert {event.aggregatetype for event in told} == {"theme"}
    assert told[4].payload["other_theme"] == first
    assert told[4].payload["moved"] == 2
    assert len(outbox.waiting(store, 2)) == 2
    assert outbox.mark_published(store, [event.id for event in told[:3]], NOW) == 3
    assert outbox.mark_published(store, [event.id for event in told[:3]], NOW) == 0
    assert outbox.waiting(store, 100) == told[3:]


def test_steps_on_ids_that_never_were_are_refused(store: Store) -> None:
    for attempt in (
        lambda: curation.grow(store, 7, [1], MACHINE),
        lambda: curation.merge(store, 7, 8, ANNA),
        lambda: curation.rename(store, 7, "X", ANNA),
        lambda: curation.undo(store, 7, ANNA),
    ):
        with pytest.raises(CurationError):
            attempt()
    with store.begin() as connection:
        connection.execute(insert(FeedbackRow.metadata.tables["setting"]).values(key="still", value="works"))
