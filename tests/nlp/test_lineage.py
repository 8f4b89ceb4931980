"""Protects: proposals move no pinned row, keep to the budget, lead where the evaluation ends, and never redirect in a ring."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.discovery import Communities
from nlp.encoders import Vectors, unit
from nlp.granularity import Labels
from nlp.lineage import Action, IdentityState, Proposal, apply, propose


def vectors_of(n: int, seed: int = 0) -> Vectors:
    return unit(np.random.default_rng(seed).normal(size=(n, 8)))


def fresh_of(labels: list[int] | Labels) -> Communities:
    return Communities(np.asarray(labels, dtype=np.int64), {}, 1.0, 1.0, 0.5)


def actions(proposals: tuple[Proposal, ...]) -> list[Action]:
    return [proposal.action for proposal in proposals]


@st.composite
def refreshes(draw: st.DrawFn) -> tuple[Labels, Communities, np.ndarray, float, bool]:
    n = draw(st.integers(4, 60))
    known = np.array(draw(st.lists(st.integers(-1, 4), min_size=n, max_size=n)), dtype=np.int64)
    fresh = fresh_of(draw(st.lists(st.integers(-1, 5), min_size=n, max_size=n)))
    pinned = np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n))) & (known >= 0)
    return known, fresh, pinned, draw(st.sampled_from([0.0, 0.08, 0.3])), draw(st.booleans())


@given(refreshes())
@settings(max_examples=150, deadline=None)
def test_pins_budget_and_redirects_hold(case: tuple[Labels, Communities, np.ndarray, float, bool]) -> None:
    known, fresh, pinned, budget, provisional = case
    proposals = propose(
        known,
        vectors_of(len(known)),
        fresh,
        pinned=pinned,
        budget=budget,
        provisional=provisional,
        waited=known * 0 + 3,
    )
    after, redirects = apply(known, proposals, next_id=10)
    had = known >= 0
    assert (after[pinned] == known[pinned]).all()
    if not provisional:
        assert (after[had] != known[had]).sum() <= budget * had.sum()
    assert (after[had] >= 0).all()
    for theme in redirects:
        seen = {theme}
        while theme in redirects:
            theme = redirects[theme]
            assert theme not in seen
            seen.add(theme)
    for gone in redirects:
        assert gone not in after


@given(refreshes())
@settings(max_examples=60, deadline=None)
def test_what_members_say_is_true_when_their_turn_comes(
    case: tuple[Labels, Communities, np.ndarray, float, bool],
) -> None:
    known, fresh, pinned, budget, provisional = case
    proposals = propose(known, vectors_of(len(known)), fresh, pinned=pinned, budget=budget, provisional=provisional)
    now = known
    for number, proposal in enumerate(proposals):
        members = list(proposal.members)
        if proposal.action in (Action.NEW, Action.GROW):
            assert (now[members] == -1).all()
        elif proposal.action is Action.MERGE:
            assert members == np.flatnonzero(now == proposal.theme).tolist()
        elif proposal.action is Action.SPLIT:
            assert (now[members] == proposal.theme).all()
        now, _ = apply(now, [proposal], next_id=100 + number)


def test_at_the_start_every_community_becomes_a_theme() -> None:
    known = np.full(9, -1)
    proposals = propose(known, vectors_of(9), fresh_of([0, 0, 0, 0, 1, 1, 1, -1, -1]), provisional=True)
    assert actions(proposals) == [Action.NEW, Action.NEW]
    after, _ = apply(known, proposals, next_id=0)
    np.testing.assert_array_equal(after, [0, 0, 0, 0, 1, 1, 1, -1, -1])


def test_nothing_is_proposed_when_nothing_changed() -> None:
    known = np.repeat([7, 3], 20)
    assert propose(known, vectors_of(40), fresh_of(np.repeat([0, 1], 20))) == ()


def test_two_themes_in_one_community_merge_into_the_larger() -> None:
    known = np.array([4] * 60 + [9] * 4)
    (merge,) = propose(known, vectors_of(64), fresh_of([0] * 64))
    assert (merge.action, merge.theme, merge.target) == (Action.MERGE, 9, 4)
    assert merge.share_visible == 4 / 64


def test_a_pinned_note_keeps_its_theme_from_being_merged_away() -> None:
    known = np.array([4] * 60 + [9] * 4)
    pinned = np.zeros(64, dtype=np.bool_)
    pinned[63] = pinned[0] = True
    assert propose(known, vectors_of(64), fresh_of([0] * 64), pinned=pinned) == ()


def test_a_split_larger_than_the_budget_is_staged_into_one_child() -> None:
    known = np.zeros(100, dtype=np.int64)
    fresh = fresh_of([0] * 80 + [1] * 20)
    ids = 1
    children = set()
    for _ in range(4):
        proposals = propose(known, vectors_of(100), fresh)
        before = known
        known, _ = apply(known, proposals, next_id=ids)
        assert (known != before).sum() <= 8
        children |= set(known[80:].tolist()) - {0}
        ids = int(known.max()) + 1
    assert len(children) == 1
    assert (known[:80] == 0).all()
    assert (known[80:] != 0).all()


def test_waiting_rows_join_the_owner_of_their_community_and_silent_themes_fade() -> None:
    known = np.array([5] * 10 + [-1, -1] + [6] * 10)
    grow, fade = propose(known, vectors_of(22), fresh_of([0] * 12 + [1] * 10), silent=(6, 99))
    assert (grow.action, grow.theme, grow.members, grow.safe) == (Action.GROW, 5, (10, 11), True)
    assert (fade.action, fade.theme) == (Action.FADE, 6)


def test_the_state_survives_json() -> None:
    state = IdentityState()
    for _ in range(4):
        assert state.provisional == (state.refreshes < 3)
        state = state.after(fresh_of([0, 0, 0]))
    kept = json.loads(json.dumps(asdict(state)))
    assert IdentityState(kept["refreshes"], tuple(kept["resolutions"])) == state
