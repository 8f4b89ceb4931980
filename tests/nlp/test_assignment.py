"""Protects: a signal joins the theme it plainly belongs to, waits when it does not, and large themes stay affordable."""

from __future__ import annotations

import numpy as np
import pytest

from nlp import assignment
from nlp.assignment import Assigner
from nlp.encoders import Vectors, unit


def around(homes: Vectors, own: np.ndarray, seed: int) -> Vectors:
    rng = np.random.default_rng(seed)
    return unit(homes[own] + 0.5 * rng.normal(size=(len(own), homes.shape[1])) / np.sqrt(homes.shape[1]))


HOMES = unit(np.random.default_rng(0).normal(size=(12, 32)))


def test_known_subjects_join_and_a_new_subject_waits() -> None:
    own = np.arange(200) % 10
    assigner = Assigner(around(HOMES, own, 1), own + 100)
    arrivals = np.arange(120) % 12
    themes, similarity = assigner.assign(around(HOMES, arrivals, 2))
    old = arrivals < 10
    joined = themes[old] >= 0
    assert joined.mean() > 0.5
    assert (themes[old][joined] == arrivals[old][joined] + 100).all()
    assert (themes[~old] == -1).all()
    assert similarity[old].mean() > similarity[~old].mean()


def test_the_order_of_known_rows_does_not_matter() -> None:
    own = np.arange(200) % 10
    known = around(HOMES, own, 1)
    arrivals = around(HOMES, np.arange(60) % 12, 3)
    order = np.random.default_rng(4).permutation(200)
    np.testing.assert_array_equal(
        Assigner(known, own).assign(arrivals)[0], Assigner(known[order], own[order]).assign(arrivals)[0]
    )


def test_prototypes_stand_for_large_themes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assignment, "_PROTOTYPES", 100)
    own = np.arange(2000) % 10
    assigner = Assigner(around(HOMES, own, 1), own)
    assert len(assigner._voters) <= 100
    arrivals = np.arange(100) % 10
    themes, _ = assigner.assign(around(HOMES, arrivals, 5))
    assert (themes[themes >= 0] == arrivals[themes >= 0]).all()
    assert (themes >= 0).mean() > 0.5


def test_without_themes_everything_waits_and_so_does_silence() -> None:
    nothing = Assigner(np.zeros((0, 32), np.float32), np.zeros(0, np.int64))
    assert (nothing.assign(HOMES)[0] == -1).all()
    own = np.arange(200) % 10
    themes, similarity = Assigner(around(HOMES, own, 1), own).assign(np.zeros((2, 32), np.float32))
    assert (themes == -1).all()
    assert (similarity == 0).all()


def test_vectors_of_another_encoder_are_refused() -> None:
    with pytest.raises(ValueError, match="one encoder"):
        Assigner(HOMES, np.arange(12)).assign(np.zeros((1, 31), np.float32))


def test_many_themes_take_in_what_belongs_to_them() -> None:
    """Above 8,192 rows prototypes vote: a new row must not be judged by how near the rows are that made them."""
    rng = np.random.default_rng(8)
    homes = rng.normal(size=(1_500, 96))
    known = np.repeat(np.arange(1_500), 8)
    new = rng.integers(1_500, size=800)
    vectors = unit(homes[known] + 1.0 * rng.normal(size=(len(known), 96)))
    arriving = unit(homes[new] + 1.0 * rng.normal(size=(len(new), 96)))
    found, _ = Assigner(vectors, known).assign(arriving)
    assert (found >= 0).mean() > 0.55
    assert (found[found >= 0] == new[found >= 0]).mean() > 0.97
