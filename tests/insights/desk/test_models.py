"""Protects the model in use: every trial stays readable, and each step back leads to the model before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from insights.desk import models
from insights.desk.models import NothingToReturnTo, Outcome
from insights.store import Store
from tests.insights.notes import NOW


def _tried(store: Store, number: int, data: bytes | None) -> int:
    return models.record(
        store,
        at=NOW + timedelta(days=number),
        who="Ana",
        reason=f"trial {number}",
        recipe_id=f"recipe-{number}",
        learnt_from=200,
        held_back=50,
        old={"pain": 0.5},
        new={"pain": 0.6},
        data=data,
    )


def test_the_last_model_taken_into_use_is_in_use_and_a_trial_that_gained_nothing_is_not(store: Store) -> None:
    assert models.in_use(store) is None
    _tried(store, 1, b"one")
    _tried(store, 2, None)
    assert models.in_use(store) == ("recipe-1", b"one")
    assert [trial.in_use for trial in models.history(store)] == [False, True]
    assert models.history(store)[0].new == {"pain": 0.6}


def test_each_step_back_leads_to_the_model_before_and_at_last_to_the_one_that_ships(store: Store) -> None:
    first, _ = _tried(store, 1, b"one"), _tried(store, 2, b"two")
    assert models.roll_back(store, at=NOW, who="Ben", why="agents complained") == first
    assert models.in_use(store) == ("recipe-1", b"one")
    assert models.roll_back(store, at=NOW, who="Ben") is None
    assert models.in_use(store) is None
    with pytest.raises(NothingToReturnTo):
        models.roll_back(store, at=NOW, who="Ben")
    told = models.history(store)
    assert [trial.outcome for trial in told] == [Outcome.RETURNED, Outcome.RETURNED, Outcome.SWITCHED, Outcome.SWITCHED]
    assert told[1].reason == "agents complained"
    _tried(store, 3, b"three")
    assert models.in_use(store) == ("recipe-3", b"three")
