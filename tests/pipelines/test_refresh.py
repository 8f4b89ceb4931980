"""Protects themes that last: ids stay, what people decided stays, policies hold, and every step can be taken back."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select, update

from insights import facts
from insights.board.ranking import ThemeQuery
from insights.board.ranking import themes as board
from insights.delivery.writer import Home
from insights.exclusive import Busy, exclusively
from insights.store import Store
from insights.tables import LineageRow, ProposalRow, SignalRow, ThemeRow
from insights.themes import curation, proposals, standing
from insights.themes.curation import CurationError, Decision
from insights.themes.known import live_themes, signals_of
from insights.themes.lineage import resolve
from insights.themes.proposals import ProposalError, State
from insights.themes.status import STANDING, Status
from nlp.discovery import Communities
from nlp.settings import LanguageSettings
from pipelines import identity, policy, refresh, tree
from pipelines.policy import Policy
from pipelines.refresh import Rules
from tests.pipelines.subjects import ENCODER, NOW, empty, hear, homes, themes

ANNA = Decision("anna", "I know better", NOW)
MACHINE = Decision("machine", "refresh", NOW)
LANGUAGE = LanguageSettings()
ON_SQLITE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
"""Where the engine makes no difference: the questions it is asked are tested on both in tests/insights."""

FIVE = [at % 5 for at in range(60)]


def refreshed(store: Store, **given: Any) -> refresh.Report:
    at = given.pop("at", NOW)
    return refresh.refresh(store, LANGUAGE, clock=lambda: at, **given)


def test_five_subjects_are_five_themes_that_keep_their_ids(store: Store) -> None:
    said = hear(store, FIVE, tag="first")
    report = refreshed(store)
    assert (report.themes, report.signals, report.waiting) == (5, 60, 0)
    before = homes(store)
    for subject in range(5):
        assert len({before[said[at]] for at in range(60) if FIVE[at] == subject}) == 1
    hear(store, FIVE[:20], tag="second", at=NOW + timedelta(days=1))
    again = refreshed(store, at=NOW + timedelta(days=1))
    assert {change.action for change in again.changes} == {"grow"}
    after = homes(store)
    assert {signal: after[signal] for signal in before} == before
    assert again.waiting == 0


def test_ask_changes_nothing_until_somebody_accepts(store: Store) -> None:
    hear(store, FIVE, tag="first")
    report = refreshed(store, rules=Rules(Policy.ASK))
    assert (report.themes, report.proposed, report.changes) == (0, 5, ())
    assert themes(store) == {}
    waiting = proposals.waiting(store)
    assert {proposal.suggestion.action for proposal in waiting} == {"new"}
    assert all(proposal.suggestion.name and proposal.suggestion.customers == 12 for proposal in waiting)
    change = policy.accept(store, waiting[0].id, ANNA)
    assert change is not None
    assert change.moved == 12
    assert [theme.name for theme in live_themes(store)] == [waiting[0].suggestion.name]
    with pytest.raises(ProposalError, match="accepted already"):
        policy.accept(store, waiting[0].id, ANNA)
    policy.reject(store, waiting[1].id, ANNA)
    report = refreshed(store, rules=Rules(Policy.ASK))
    left = proposals.waiting(store)
    assert [proposal.id for proposal in left] == [proposal.id for proposal in waiting[2:]], "rejected stays rejected"
    for step in change.steps:
        curation.undo(store, step, ANNA)
    assert set(homes(store).values()) == {None}


@ON_SQLITE
def test_only_proposing_changes_no_theme_and_does_not_count_as_a_refresh(store: Store) -> None:
    hear(store, FIVE, tag="first")
    refreshed(store)
    before = homes(store), themes(store), facts.recall(store, "identity:pain")
    hear(store, [7] * 12, tag="new")
    report = refreshed(store, only_propose=True)
    assert report.proposed == 1
    after = homes(store)
    assert ({key: after[key] for key in before[0]}, themes(store), facts.recall(store, "identity:pain")) == before


@ON_SQLITE
def test_an_outdated_proposal_says_so_and_changes_nothing(store: Store) -> None:
    said = hear(store, FIVE, tag="first")
    refreshed(store, rules=Rules(Policy.ASK))
    first = proposals.waiting(store)[0]
    curation.create(store, "pain", "Mine", said, ANNA)
    before = homes(store), themes(store)
    assert policy.accept(store, first.id, ANNA) is None
    assert (homes(store), themes(store)) == before
    with store.connect() as connection:
        assert connection.execute(select(ProposalRow.state).where(ProposalRow.id == first.id)).scalar() == "outdated"
    with pytest.raises(ProposalError, match="outdated already"):
        proposals.one(store, first.id)


@ON_SQLITE
def test_what_still_fits_of_a_proposal_is_done(store: Store) -> None:
    hear(store, FIVE, tag="first")
    refreshed(store, rules=Rules(Policy.ASK))
    first = proposals.waiting(store)[0]
    taken = first.suggestion.members[:4]
    other = curation.create(store, "pain", "Mine", taken, ANNA).theme_id
    change = policy.accept(store, first.id, ANNA)
    assert change is not None
    assert change.moved == 8
    assert all(homes(store)[signal] == other for signal in taken)


@ON_SQLITE
def test_safe_leaves_large_changes_to_people(store: Store) -> None:
    said = hear(store, FIVE, tag="first")
    both = curation.create(store, "pain", "Two things at once", [said[at] for at in range(60) if FIVE[at] < 2], MACHINE)
    report = refreshed(store, rules=Rules(Policy.SAFE))
    assert {change.action for change in report.changes} == {"new"}
    (left,) = proposals.waiting(store)
    assert (left.suggestion.action, left.suggestion.theme_id) == ("split", both.theme_id)
    change = policy.accept(store, left.id, ANNA)
    assert change is not None
    assert (change.moved, len(live_themes(store))) == (12, 5)


@ON_SQLITE
def test_an_ordinary_refresh_lets_themes_grow_and_be_born_and_moves_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    hear(store, FIVE * 4, tag="first")
    for _ in range(3):
        refreshed(store)
    monkeypatch.setattr(identity, "ALWAYS_THOROUGH", 0)
    monkeypatch.setattr(refresh, "PER_THEME", 8)
    before = homes(store)
    hear(store, [0, 1, *[8] * 12], tag="new")
    report = refreshed(store)
    assert report.thorough == ()
    assert sorted((change.action, change.moved) for change in report.changes) == [("grow", 1), ("grow", 1), ("new", 12)]
    after = homes(store)
    assert {signal: after[signal] for signal in before} == before
    hear(store, FIVE, tag="many")
    assert refreshed(store).thorough == ("pain",)


def test_two_refreshes_at_once_are_refused(store: Store) -> None:
    with (
        exclusively(store, refresh._WORK),
        pytest.raises(Busy, match="another refresh of themes is running"),
    ):
        refreshed(store)
    refreshed(store)


@ON_SQLITE
def test_a_lock_whose_holder_is_gone_is_free(store: Store) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    with exclusively(store, "work"):
        held = facts.recall(store, "running:work")
    facts.keep(store, "running:work", held | {"process": child})
    with exclusively(store, "work"):
        pass
    facts.keep(store, "running:work", held | {"host": "another machine"})
    with pytest.raises(Busy), exclusively(store, "work"):
        pass
    later = NOW.replace(year=NOW.year + 1)
    with exclusively(store, "work", clock=lambda: later):
        pass


def test_a_silent_theme_fades_and_returns_when_it_is_heard(store: Store) -> None:
    hear(store, FIVE, tag="first")
    refreshed(store)
    later = NOW + timedelta(weeks=9)
    hear(store, [0, 1, 2, 3] * 6, tag="second", at=later)
    report = refreshed(store, at=later)
    assert [change.action for change in report.changes if change.action == "fade"] == ["fade"]
    (faded,) = [theme for theme in live_themes(store) if theme.status is Status.FADED]
    rows = {row.id: row for row in board(store, ThemeQuery(), later.date()).rows}
    assert rows[faded.id].faded
    assert sum(row.notes for row in rows.values()) == 84
    hear(store, [4], tag="third", at=later + timedelta(days=1), homes=[Home(faded.id, 1.0)])
    refreshed(store, at=later + timedelta(days=1))
    assert {theme.status for theme in live_themes(store)} == {Status.LIVE}
    with store.connect() as connection:
        steps = connection.execute(select(LineageRow.event, LineageRow.id).where(LineageRow.theme_id == faded.id))
        events = {row.event: row.id for row in steps}
    assert {"faded", "returned"} <= set(events)
    with pytest.raises(CurationError, match=f"undo them first: {events['returned']}"):
        curation.undo(store, events["faded"], ANNA)
    curation.undo(store, events["returned"], ANNA)
    assert themes(store)[faded.id]["status"] == "faded"


def test_what_people_did_survives_every_refresh(store: Store) -> None:
    said = hear(store, FIVE, tag="first")
    refreshed(store)
    of = [homes(store)[said[at]] for at in range(5)]
    assert None not in of
    curation.merge(store, of[0] or 0, of[1] or 0, ANNA)
    twos = [signal for signal, subject in zip(said, FIVE, strict=True) if subject == 2]
    part = curation.split(store, of[2] or 0, twos[:6], ANNA, name="The better half").other_theme_id
    with store.connect() as connection:
        made = connection.execute(
            select(LineageRow.id).where(LineageRow.theme_id == of[4], LineageRow.event == "created")
        )
        curation.undo(store, made.scalar_one(), ANNA)
    before = homes(store)
    for day in range(1, 4):
        refreshed(store, at=NOW + timedelta(days=day), thorough=True)
        assert homes(store) == before
    assert part in before.values()


@ON_SQLITE
def test_a_merge_that_a_person_took_back_is_not_made_again(store: Store) -> None:
    said = hear(store, FIVE, tag="first")
    ones = [signal for signal, subject in zip(said, FIVE, strict=True) if subject == 1]
    first = curation.create(store, "pain", "One", ones[:8], MACHINE).theme_id
    second = curation.create(store, "pain", "Also one", ones[8:], MACHINE).theme_id
    report = refreshed(store)
    (merged,) = [change for change in report.changes if change.action == "merge"]
    curation.undo(store, merged.steps[0], ANNA)
    before = homes(store)
    assert {before[signal] for signal in ones} == {first, second}
    refreshed(store)
    assert homes(store) == before


@ON_SQLITE
def test_themes_stand_under_lasting_parents(store: Store) -> None:
    twelve = [at % 12 for at in range(144)]
    hear(store, twelve, tag="first", groups=3)
    refreshed(store)
    leaves = {theme.id: theme.parent_id for theme in live_themes(store) if theme.size}
    parents = {theme.id: theme for theme in live_themes(store) if not theme.size}
    assert len(leaves) == 12
    assert set(leaves.values()) == set(parents)
    assert len(parents) == 3
    assert len({theme.name for theme in live_themes(store)}) == 15
    page = board(store, ThemeQuery(page_size=50), NOW.date())
    assert {row.id for row in page.rows} == set(leaves)
    assert {row.parent for row in page.rows} == {parent.name for parent in parents.values()}
    assert dict(page.totals.themes_by_kind) == {"pain": 12}
    moved = next(iter(leaves))
    other = next(parent for parent in parents if parent != leaves[moved])
    curation.arrange(store, {moved: other}, ANNA)
    hear(store, twelve, tag="second", groups=3, at=NOW + timedelta(days=1))
    refreshed(store, at=NOW + timedelta(days=1))
    assert {theme.id: theme.parent_id for theme in live_themes(store) if theme.size} == leaves | {moved: other}


def test_a_tree_does_not_churn_while_a_parents_themes_keep_together() -> None:
    parents: dict[int, int | None] = {1: 10, 2: 10, 3: 10, 4: 20, 5: 20, 6: None, 7: None, 8: None, 10: None, 20: None}
    groups = {1: 0, 2: 0, 3: 1, 4: 1, 5: 1, 6: 0, 7: 2, 8: 2}
    found = tree.arrange(groups, parents, frozenset())
    assert found.placed == {6: 10}, "theme 3 stays though its group is another one now"
    assert found.founded == ((7, 8),)
    torn = tree.arrange({1: 0, 2: 1, 3: 2, 4: 3, 5: 3}, parents, frozenset({2}))
    assert torn.placed == {3: None}, "no group holds half of 10: theme 3 leaves, 2 was put there by a person"


@ON_SQLITE
def test_a_parent_that_lost_all_its_themes_retires(store: Store) -> None:
    said = hear(store, FIVE, tag="first")
    ids = [curation.create(store, "pain", f"T{at}", said[at::5], ANNA).theme_id for at in range(5)]
    parent = curation.create(store, "pain", "Parent", [], MACHINE).theme_id
    curation.arrange(store, {ids[0]: parent, ids[1]: parent, ids[2]: parent}, MACHINE)
    found = signals_of(store, "pain", ENCODER)
    labels = np.array([ids.index(home) for home in found.theme_ids.tolist()])
    apart = Communities(labels, {0: 0, 1: 1, 2: 2, 3: 0, 4: 1}, 1.0, 1.0, 0.5)
    tree.arrange_tree(store, "pain", found, apart, MACHINE)
    stands = {theme.id: theme.parent_id for theme in live_themes(store)}
    assert stands[ids[0]] == parent, "the first group keeps the parent"
    assert stands[ids[3]] == parent
    assert stands[ids[1]] is not None
    assert stands[ids[1]] == stands[ids[4]] != parent
    assert stands[ids[2]] is None
    curation.arrange(store, {ids[0]: stands[ids[1]], ids[3]: None}, ANNA)
    tree.arrange_tree(store, "pain", found, apart, MACHINE)
    assert parent not in {theme.id for theme in live_themes(store)}


def machine(store: Store) -> type[RuleBasedStateMachine]:
    """Arrivals, refreshes under any policy, decisions on proposals, people's edits and undos, over one store."""

    class Life(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            empty(store)
            self.arrivals = 0
            self.highest = 0
            self.pinned: dict[int, int | None] = {}
            self.arrive(list(range(5)) * 4, st_data=None)

        def arrive(self, subjects: list[int], st_data: st.DataObject | None) -> None:
            self.arrivals += 1
            standing_ids = [theme.id for theme in live_themes(store) if theme.size]
            given = []
            if st_data is not None and standing_ids:
                given = [Home(st_data.draw(st.sampled_from([None, *standing_ids])), 0.9) for _ in subjects]
            hear(store, subjects, tag=f"a{self.arrivals}", at=NOW + timedelta(days=20 * self.arrivals), homes=given)

        @rule(data=st.data(), subjects=st.lists(st.integers(0, 6), min_size=1, max_size=6))
        def notes_arrive(self, data: st.DataObject, subjects: list[int]) -> None:
            self.arrive(subjects, data)

        @rule(chosen=st.sampled_from(list(Policy)), thorough=st.booleans(), only=st.booleans())
        def a_refresh_runs(self, chosen: Policy, thorough: bool, only: bool) -> None:
            before = homes(store)
            refreshed(
                store,
                rules=Rules(chosen),
                thorough=thorough,
                only_propose=only,
                at=NOW + timedelta(days=20 * self.arrivals),
            )
            if only or chosen is Policy.ASK:
                tentative = {key for key, row in themes(store).items() if row["status"] == Status.RETIRED}
                moved = {signal for signal in before if homes(store)[signal] != before[signal]}
                assert all(before[signal] in tentative for signal in moved), "nothing moves unasked"

        @rule(data=st.data(), yes=st.booleans())
        def a_proposal_is_decided(self, data: st.DataObject, yes: bool) -> None:
            waiting = proposals.waiting(store)
            if not waiting:
                return
            chosen = data.draw(st.sampled_from(waiting))
            before = homes(store), themes(store)
            if not yes:
                policy.reject(store, chosen.id, ANNA)
                assert (homes(store), themes(store)) == before
                return
            change = policy.accept(store, chosen.id, ANNA)
            if change is None:
                assert (homes(store), themes(store)) == before
                return
            if data.draw(st.booleans()):
                for step in reversed(change.steps):
                    curation.undo(store, step, ANNA)
                assert homes(store) == before[0]
                now = themes(store)
                assert {key: now[key] for key in before[1]} == before[1]
            self.follow_pins()

        @precondition(lambda _: bool(live_themes(store)))
        @rule(data=st.data(), verb=st.sampled_from(["merge", "split", "rename", "retire", "arrange", "pin", "emerge"]))
        def a_person_edits(self, data: st.DataObject, verb: str) -> None:
            ids = [theme.id for theme in live_themes(store)]
            one, other = data.draw(st.sampled_from(ids)), data.draw(st.sampled_from(ids))
            signals = sorted(homes(store))
            some = data.draw(st.lists(st.sampled_from(signals), unique=True, min_size=1, max_size=5))
            before = homes(store), themes(store)
            try:
                if verb == "merge":
                    steps = [curation.merge(store, one, other, ANNA)]
                elif verb == "split":
                    steps = [curation.split(store, one, some, ANNA, name="Part")]
                elif verb == "rename":
                    found = curation.rename(store, one, data.draw(st.sampled_from("AB")), ANNA)
                    steps = [found] if found else []
                elif verb == "retire":
                    steps = [curation.retire(store, one, ANNA)]
                elif verb == "arrange":
                    steps = list(curation.arrange(store, {one: other}, ANNA))
                elif verb == "emerge":
                    waiting = [signal for signal, home in before[0].items() if home is None][:3]
                    steps = [standing.emerge(store, "pain", "Emerging", waiting, MACHINE)]
                else:
                    with store.begin() as connection:
                        connection.execute(update(SignalRow).where(SignalRow.id == some[0]).values(pinned=True))
                    steps = []
            except CurationError:
                assert (homes(store), themes(store)) == before, "a refused step changes nothing"
                return
            if steps and data.draw(st.booleans()):
                for step in reversed(steps):
                    curation.undo(store, step.lineage_id, ANNA)
                now = themes(store)
                assert homes(store) == before[0]
                assert {key: now[key] for key in before[1]} == before[1]
            self.follow_pins(some[0] if verb == "pin" else None)

        @rule(data=st.data())
        def any_step_is_undone(self, data: st.DataObject) -> None:
            with store.connect() as connection:
                steps = connection.execute(select(LineageRow.id).order_by(LineageRow.id)).scalars().all()
            if not steps:
                return
            before = homes(store), themes(store)
            try:
                curation.undo(store, data.draw(st.sampled_from(steps)), ANNA)
            except CurationError:
                assert (homes(store), themes(store)) == before
            self.follow_pins()

        def follow_pins(self, new: int | None = None) -> None:
            """People may move what they pinned; the machine may not."""
            now = homes(store)
            self.pinned = {signal: now[signal] for signal in [*self.pinned, *([new] if new else [])]}

        @invariant()
        def every_signal_is_in_one_leaf_at_most(self) -> None:
            found = themes(store)
            with store.connect() as connection:
                states = {row.id: row for row in connection.execute(select(ThemeRow.id, ThemeRow.status))}
            for home in homes(store).values():
                assert home is None or states[home].status in (*STANDING, "retired")
            assert all(key in found for key in states)

        @invariant()
        def ids_are_never_used_again(self) -> None:
            with store.connect() as connection:
                created = connection.execute(
                    select(LineageRow.theme_id).where(LineageRow.event.in_(["created", "emerged"]))
                )
                ids = created.scalars().all()
            assert len(ids) == len(set(ids))

        @invariant()
        def redirects_end(self) -> None:
            with store.connect() as connection:
                for theme in themes(store):
                    end = resolve(connection, theme)
                    status = connection.execute(select(ThemeRow.status).where(ThemeRow.id == end)).scalar_one()
                    assert status != "merged"

        @invariant()
        def the_tree_has_two_levels(self) -> None:
            parents = {theme.id: theme.parent_id for theme in live_themes(store)}
            for parent in parents.values():
                assert parents.get(parent or 0) is None

        @invariant()
        def what_people_pinned_stays(self) -> None:
            now = homes(store)
            assert all(now[signal] == home for signal, home in self.pinned.items())

        @invariant()
        def proposals_are_in_a_known_state(self) -> None:
            with store.connect() as connection:
                rows = connection.execute(select(ProposalRow.state, ProposalRow.decided_at)).all()
            assert all((State(row.state) is State.WAITING) == (row.decided_at is None) for row in rows)

    return Life


def test_any_life_of_themes_keeps_the_promises(store: Store) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine(store),
        settings=settings(
            max_examples=10 if store.dialect == "sqlite" else 2,
            stateful_step_count=10,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
